import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Answer, gatedServer, hostileServer, http, says, saysForever } from "../support/hostile";
import { CHARGED, expectReadable, MAYBE_CHARGED, NOTHING_CHARGED, sentencesOf } from "../support/sentences";
import { ended, newProject, providerOf, sandboxAndProject, watch } from "../support/stack";

/** How the engine keeps what a server answered. Every other answer: `tests/process/`, on a model of the engine. */

const OK = "HTTP/1.1 200 OK\r\n";
const intent = (fields: string) => `{"purchaseIntent":{"id":"pur_1","status":"succeeded",${fields}}}`;
const NASTY = "\\u001b[2J\\u001b]0;owned\\u0007\\u202e\\r\\n| <img src=x> @team `$(reboot)`";

/** Peak memory of a provider process that bought without trouble, with some room; see `npm run bench`. */
const MOST_MEMORY_KIB = 320 * 1024;

test.each<[string, Answer, string, string]>([
  [
    "cut in its body",
    says(`${OK}content-length: 99\r\n\r\n${intent('"a":1').slice(0, 40)}`),
    "unknown",
    MAYBE_CHARGED,
  ],
  [
    "without an end",
    saysForever(`${OK}transfer-encoding: chunked\r\n\r\n`, `100000\r\n${" ".repeat(1024 * 1024)}\r\n`),
    "unknown",
    MAYBE_CHARGED,
  ],
  [
    "large, deep, and full of escape sequences",
    says(
      http(
        intent(
          [
            `"ownerId":"${NASTY}"`,
            `"deep":${"[".repeat(1000)}${"]".repeat(1000)}`,
            `"__proto__":{"status":"failed"}`,
            ...Array.from({ length: 10_000 }, (_, n) => `"k${n}":1`),
          ].join(),
        ),
      ),
    ),
    "bought",
    CHARGED,
  ],
  [
    "with half a character, for which the engine would wait for ever",
    // A cut at 500 falls between the two halves of the emoji; the other text has half of one from the start.
    says(
      http(
        `{"error":{"code":"bad_request","message":"${"n".repeat(499)}💳 and more","half":"\\ud83d"}}`,
        "",
        "400 Bad",
      ),
    ),
    "refused",
    NOTHING_CHARGED,
  ],
])(
  "an answer that is %s: it is kept, and no second request is sent",
  async (_what, answer, outcome, sentence) => {
    const { url, arrived } = await hostileServer({ buying: answer, reading: says(http("{}")) });
    const project = await newProject({ VERCEL_API_URL: url });
    watch(project);
    project.declare({});

    const first = await project.up("--skip-preview");
    const kept = project.outputs();
    const second = await project.up("--skip-preview");

    expect([first.code, second.code]).not.toContain(null); // killed, because it hung
    expect(sentencesOf(first)).toEqual([sentence]);
    expect(kept).toMatchObject({ outcome });
    expect(JSON.stringify(kept)).toBe(JSON.stringify(kept).toWellFormed());
    expect(second.code === 0).toBe(outcome === "bought");
    expect(project.outputs()).toEqual(kept);
    for (const run of [first, second]) expectReadable(run);
    expect(first.output).not.toContain("\u202e");
    expect(arrived.buying).toBe(1);
    expect(Math.max(...project.read("memory").trim().split("\n").map(Number))).toBeLessThan(MOST_MEMORY_KIB);
  },
);

test("a status that is a word of ours, and a kill before the state is saved: it is pending, and not bought again", async () => {
  const body = JSON.stringify({ purchaseIntent: { id: "pur_1", status: "refused" } });
  const { url, arrived, whenRequested, answerNow } = await gatedServer(says(http(body)));
  const project = await newProject({ VERCEL_API_URL: url });
  watch(project);
  project.declare({});
  const up = project.start("up", "--yes", "--skip-preview");
  await whenRequested;
  const provider = providerOf(project);
  project.killAlone(up.process);
  answerNow();
  await up.ended;
  expect(await ended(provider)).toBe(true);
  await project.unlock();

  const first = await project.up("--skip-preview");
  const second = await project.up("--skip-preview");

  expect(first.code).toBe(0);
  expect(sentencesOf(first)).toEqual([MAYBE_CHARGED]);
  expect(second).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
  expect(project.outputs()).toMatchObject({ outcome: "pending", status: "refused", intentId: "pur_1" });
  expect(arrived.buying).toBe(1);
});

test("no part of a token that a server repeats is written anywhere, also where a text was cut within it", async () => {
  const token = "tok_Recognisable7f3a91QwErTyUiOp";
  const text = `${"x".repeat(480)}${token}, and more`;
  const { sandbox, project } = await sandboxAndProject({ VERCEL_API_TOKEN: token });
  sandbox.misbehave("answer", { status: 400, body: { error: { code: "bad_request", message: text } } });

  const run = await project.up("--skip-preview");

  expect(sandbox.requests()).toHaveLength(1);
  const part = token.slice(0, 14);
  expect(run.output).not.toContain(part);
  const files = readdirSync(project.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(files.some((file) => file.includes("/journal/"))).toBe(true);
  expect(files.filter((file) => readFileSync(file).includes(part))).toEqual([]);
});
