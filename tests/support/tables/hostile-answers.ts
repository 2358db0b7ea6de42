import nodeHttp from "node:http";
import type { Socket } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import {
  type Answer,
  drips,
  hostileServer,
  http,
  says,
  saysForever,
  saysThenResets,
  saysThenWaits,
} from "../hostile";
import { type Part, partOf, single } from "../part";
import { startProvider } from "../provider-process";
import { CHARGED, expectReadable, MAYBE_CHARGED, sentencesOf } from "../sentences";
import { listen } from "../servers";
import { newModel, watch } from "../stack";

const INTENT = { id: "pur_1", status: "succeeded", total: "100.00", currency: "usd" };
const BOUGHT = JSON.stringify({ purchaseIntent: INTENT });
const OK = "HTTP/1.1 200 OK\r\n";
const MIB = 1024 * 1024;

/** Peak memory of a provider process that bought without trouble, with some room; see `npm run bench`. */
const MOST_MEMORY_KIB = 320 * 1024;

function projectFor(url: string, config: Record<string, string> = {}) {
  const project = newModel({ VERCEL_API_URL: url });
  watch(project);
  for (const [key, value] of Object.entries({ "vercelCredits:timeoutSeconds": "20", ...config })) {
    project.config(key, value);
  }
  return project;
}

interface Expected {
  outcome: string;
  sentence: string;
  config?: Record<string, string>;
  /** The preflight check gets the same answer, unless it is one to wait for. */
  reading?: Answer;
}

/**
 * An update against a server that answers so: one request, the right sentence, the outcome kept, nothing hung. Where something
 * of the answer is kept, a second update has to live with it; without, it is like any other (`outcomes.test.ts`).
 */
async function tryOut(buying: Answer, { outcome, sentence, config, reading = buying }: Expected) {
  const { url, arrived } = await hostileServer({ buying, reading });
  const project = projectFor(url, config);

  const first = await project.up("--skip-preview");
  const kept = project.outputs();
  const runs = [first];

  expect(kept).toMatchObject({ outcome });
  expect(sentencesOf(first)).toEqual([sentence]);
  if (kept?.answer !== undefined) {
    const second = await project.up("--skip-preview");
    runs.push(second);
    if (outcome === "unknown") expect(second.code).not.toBe(0);
    else expect(second).toMatchObject({ code: 0, output: expect.stringContaining("3 unchanged") });
  }
  expect(arrived.buying).toBe(1);
  expect(project.outputs()).toEqual(kept);
  for (const run of runs) {
    expectReadable(run);
    expect(run.output.length).toBeLessThan(20_000);
  }
  expect(JSON.stringify(kept).length).toBeLessThan(3 * MIB);
  expect(Math.max(...project.read("memory").trim().split("\n").map(Number))).toBeLessThan(MOST_MEMORY_KIB);
  return { kept, first };
}

const unknown = { outcome: "unknown", sentence: MAYBE_CHARGED };
const bought = { outcome: "bought", sentence: CHARGED };
const pending = { outcome: "pending", sentence: MAYBE_CHARGED };
const slow = {
  ...unknown,
  config: { "vercelCredits:timeoutSeconds": "0.5" },
  reading: says(http("{}")),
};

export function testHostileAnswers(part: Part): void {
  describe("an answer that is cut is unknown wherever it is cut, and bought once it is whole", () => {
    test.each<[string, Answer, Expected]>(
      partOf<[string, Answer, Expected]>(part, 8, [
        ["reset before it", (socket) => socket.resetAndDestroy(), unknown],
        ["closed before it", (socket) => socket.end(), unknown],
        ["in the status line", says("HTTP/1.1 20"), unknown],
        ["in a header", says(`${OK}content-le`), unknown],
        ["after the headers", says(`${OK}content-length: 50\r\n\r\n`), unknown],
        ["in the body", says(`${OK}content-length: 99\r\n\r\n${BOUGHT.slice(0, 40)}`), unknown],
        [
          "in the body, with a reset",
          saysThenResets(`${OK}content-length: 99\r\n\r\n${BOUGHT.slice(0, 40)}`),
          unknown,
        ],
        [
          "before the last chunk",
          says(`${OK}transfer-encoding: chunked\r\n\r\n${BOUGHT.length.toString(16)}\r\n${BOUGHT}\r\n`),
          unknown,
        ],
        ["after the body", says(http(BOUGHT)), bought],
        ["after the body, with a reset", saysThenResets(`${http(BOUGHT)}`), bought],
        ["after the body, and never closed", saysThenWaits(`${http(BOUGHT)}`), bought],
      ]),
    )("%s", async (_where, answer, expected) => {
      await tryOut(answer, expected);
    });
  });

  describe("an answer that does not end in time is unknown", () => {
    test.each<[string, Answer]>(
      partOf<[string, Answer]>(part, 8, [
        ["nothing at all", () => {}],
        ["a status line without an end", saysThenWaits("HTTP/1.1 200")],
        ["headers without an end", saysThenWaits(`${OK}content-type: text/plain\r\n`)],
        ["a body without an end", saysThenWaits(`${OK}content-length: 99\r\n\r\n{`)],
        ["headers that drip", drips("x")],
        [
          "a body that drips",
          (socket) => {
            socket.write(`${OK}content-length: 9999\r\n\r\n`);
            drips(" ")(socket);
          },
        ],
        [
          "a switch to another protocol (101)",
          saysThenWaits("HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
        ],
        ["interim answers for ever", drips("HTTP/1.1 100 Continue\r\n\r\n")],
      ]),
    )("%s", async (_what, answer) => {
      await tryOut(answer, slow);
    });
  });

  describe("what breaks HTTP is unknown, and what HTTP allows is read", () => {
    const chunked = `${OK}transfer-encoding: chunked\r\n\r\n`;
    test.each<[string, Answer, Expected]>(
      partOf<[string, Answer, Expected]>(part, 8, [
        ["chunk sizes that are no numbers", says(`${chunked}zz\r\n${BOUGHT}\r\n0\r\n\r\n`), unknown],
        ["a chunk of 2^64 bytes", says(`${chunked}ffffffffffffffff\r\n${BOUGHT}\r\n0\r\n\r\n`), unknown],
        ["a negative chunk", says(`${chunked}-5\r\n${BOUGHT}\r\n0\r\n\r\n`), unknown],
        ["a length that is too long", says(`${OK}content-length: 5000\r\n\r\n${BOUGHT}`), unknown],
        ["a length that is too short", says(`${OK}content-length: 20\r\n\r\n${BOUGHT}`), unknown],
        ["a length that is no number", says(`${OK}content-length: many\r\n\r\n${BOUGHT}`), unknown],
        ["two lengths", says(`${OK}content-length: 5\r\ncontent-length: 6\r\n\r\n${BOUGHT}`), unknown],
        [
          "a length and chunks",
          says(`${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n${BOUGHT}`),
          unknown,
        ],
        ["64 KiB of headers", says(`${OK}x: ${"y".repeat(65_536)}\r\n\r\n${BOUGHT}`), unknown],
        ["no HTTP at all", says(BOUGHT), unknown],
        ["a version of HTTP that doesn't exist", says(`HTTP/9.9 200 OK\r\n\r\n${BOUGHT}`), unknown],
        ["another protocol", says("SSH-2.0-OpenSSH_9.9\r\n"), unknown],
        [
          "HTTP/2 on a connection for HTTP/1.1",
          says(Buffer.from("000012040000000000000300000064", "hex")),
          unknown,
        ],
        ["status 000", says(http(BOUGHT, "", "000 Nothing")), unknown],
        ["status 600", says(http(BOUGHT, "", "600 Much")), unknown],
        ["status 999", says(http(BOUGHT, "", "999 More")), unknown],
        ["no content (204)", says("HTTP/1.1 204 No Content\r\n\r\n"), unknown],
        ["a part of it (206) that is no JSON", says(http(BOUGHT.slice(5), "", "206 Partial")), unknown],
        ["HTTP/1.0 without a length", says(`HTTP/1.0 200 OK\r\n\r\n${BOUGHT}`), bought],
        [
          "interim answers before it",
          says("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n", http(BOUGHT)),
          bought,
        ],
        [
          "chunks with extensions and trailers",
          says(`${chunked}${BOUGHT.length.toString(16)};a=b\r\n${BOUGHT}\r\n0\r\nx: y\r\n\r\n`),
          bought,
        ],
        [
          "a second answer behind it",
          says(http(BOUGHT), http('{"error":{"code":"x"}}', "", "402 No")),
          bought,
        ],
        ["the wrong content type", says(http(BOUGHT, "content-type: text/html\r\n")), bought],
        [
          "compressed, though not asked for",
          says(http(gzipSync(BOUGHT), "content-encoding: gzip\r\n")),
          bought,
        ],
        ["compressed otherwise", says(http(brotliCompressSync(BOUGHT), "content-encoding: br\r\n")), bought],
        ["said to be compressed, and is not", says(http(BOUGHT, "content-encoding: gzip\r\n")), unknown],
        ["compressed in an unknown way", says(http(gzipSync(BOUGHT), "content-encoding: zpaq\r\n")), unknown],
      ]),
    )("%s", async (_what, answer, expected) => {
      await tryOut(answer, expected);
    });
  });

  describe("an answer that is too large is unknown, and takes no memory", () => {
    test.each<[string, Answer]>(
      partOf<[string, Answer]>(part, 8, [
        ["one byte over 1 MiB", says(http("x".repeat(MIB + 1)))],
        ["a server error of 900 KB", says(http(JSON.stringify({ x: "y".repeat(900_000) }), "", "500 Oh"))],
        [
          "1 GiB, as its length says",
          saysForever(`${OK}content-length: ${1024 * MIB}\r\n\r\n`, Buffer.alloc(MIB, " ")),
        ],
        [
          "chunks without an end",
          saysForever(`${OK}transfer-encoding: chunked\r\n\r\n`, `100000\r\n${" ".repeat(MIB)}\r\n`),
        ],
        [
          "1 GiB that was compressed to 1 MiB",
          says(http(gzipSync(Buffer.alloc(1024 * MIB), { level: 9 }), "content-encoding: gzip\r\n")),
        ],
        ["headers without an end", saysForever(OK, `x: ${"y".repeat(1000)}\r\n`)],
      ]),
    )("%s", async (_what, answer) => {
      await tryOut(answer, unknown);
    });
  });

  describe("JSON that is strange", () => {
    const intent = (fields: string) => `{"purchaseIntent":{"id":"pur_1","status":"succeeded",${fields}}}`;
    const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    const NASTY = "\\u001b[2J\\u001b]0;owned\\u0007\\u202e\\r\\n| <img src=x> @team `$(reboot)`";

    test.each<[string, string | Buffer, Expected, Record<string, unknown>]>(
      partOf<[string, string | Buffer, Expected, Record<string, unknown>]>(part, 8, [
        [
          "invalid UTF-8 in a text",
          Buffer.from(intent('"ownerId":"team_\xff\xfe"'), "latin1"),
          bought,
          { ownerId: "team_\ufffd\ufffd" },
        ],
        ["a byte order mark", `\ufeff${BOUGHT}`, bought, { intentId: "pur_1" }],
        ["UTF-16", Buffer.from(BOUGHT, "utf16le"), unknown, {}],
        ["half a surrogate pair", intent('"ownerId":"\\ud800"'), bought, { ownerId: "\ufffd" }],
        ["a new field, nested 1,000 deep", intent(`"new":${nested(1000)}`), bought, { intentId: "pur_1" }],
        ["nested 100,000 deep", intent(`"new":${nested(100_000)}`), unknown, {}],
        [
          "the same key twice: the last counts, as everywhere",
          intent('"id":"pur_2"'),
          bought,
          { intentId: "pur_2" },
        ],
        [
          "__proto__ and constructor as keys",
          intent('"__proto__":{"status":"failed","polluted":1},"constructor":{"prototype":{"polluted":1}}'),
          bought,
          { intentId: "pur_1" },
        ],
        [
          "money as numbers that JavaScript can't hold",
          intent('"total":12345678901234567890.12,"tax":1e400,"refund":-0.10'),
          bought,
          { total: "12345678901234567890.12", tax: "1e400", refund: "-0.10" },
        ],
        [
          "escape sequences and Markdown in every text",
          `{"purchaseIntent":{"id":"${NASTY}","status":"succeeded","total":"${NASTY}","currency":"${NASTY}","ownerId":"${NASTY}"}}`,
          bought,
          { intentId: expect.stringContaining("owned") },
        ],
        [
          "a status that is new",
          '{"purchaseIntent":{"id":"pur_1","status":"processing"}}',
          pending,
          { status: "processing" },
        ],
        [
          "a status that is no text",
          '{"purchaseIntent":{"id":"pur_1","status":{"a":1}}}',
          unknown,
          { intentId: "pur_1" },
        ],
        [
          "a kind that is new",
          '{"invoiceIntent":{"id":"inv_1","status":"succeeded"}}',
          pending,
          { intentKind: "invoiceIntent", intentId: "inv_1", status: "succeeded" },
        ],
        ["a list", `[${BOUGHT}]`, unknown, {}],
        ["null", "null", unknown, {}],
        ["two documents", `${BOUGHT}${BOUGHT}`, unknown, {}],
        [
          "900 KiB of a new field",
          intent(`"new":"${"x".repeat(900 * 1024)}"`),
          bought,
          { intentId: "pur_1" },
        ],
        [
          "10,000 keys",
          intent(Array.from({ length: 10_000 }, (_, n) => `"k${n}":1`).join()),
          bought,
          { intentId: "pur_1" },
        ],
      ]),
    )("%s", async (_what, body, expected, outputs) => {
      const { kept, first } = await tryOut(says(http(body)), expected);
      expect(kept).toMatchObject(outputs);
      expect(kept).toHaveProperty("answer");
      expect(first.output).not.toContain("\u202e");
    });
  });

  test.each(partOf(part, 8, [301, 302, 303, 307, 308]))(
    "a redirect (%s) to another host is not followed, so the token stays",
    async (status) => {
      const other = await hostileServer({ buying: says(http(BOUGHT)), reading: says(http(BOUGHT)) });
      const elsewhere = says(http("", `location: ${other.url}/v1/billing/buy\r\n`, `${status} Elsewhere`));
      await tryOut(elsewhere, unknown);
      expect(other.arrived).toEqual({ buying: 0, reading: 0 });
    },
  );

  single(part)(
    "no connection is used again: what an earlier answer left behind reaches no later purchase",
    async () => {
      let count = 0;
      const refusal = http('{"error":{"code":"payment_failed"}}', "connection: keep-alive\r\n", "402 No");
      const buying = (socket: Socket) => {
        if (count++ > 0) return says(http(BOUGHT))(socket);
        socket.write(Buffer.concat([refusal, http('{"error":{"code":"left behind"}}', "", "403 No")]));
      };
      const { url, arrived } = await hostileServer({ buying, reading: says(http("{}")) });
      const provider = await startProvider(url);

      expect(await provider.buy()).toMatchObject({ properties: { outcome: "refused" } });
      expect(await provider.buy()).toMatchObject({ properties: { outcome: "bought" } });
      expect(arrived.buying).toBe(2);
    },
  );

  single(part)("IPv6 is bought from", async () => {
    const arrived: unknown[] = [];
    const server = nodeHttp.createServer((request, response) => {
      arrived.push(request.method);
      response.end(request.method === "POST" ? BOUGHT : "{}");
    });
    const project = projectFor(`http://[::1]:${await listen(server, "::1")}`);

    expect(await project.up("--skip-preview")).toMatchObject({
      code: 0,
      output: expect.stringContaining(CHARGED),
    });
    expect(arrived).toEqual(["GET", "POST"]);
  });
}
