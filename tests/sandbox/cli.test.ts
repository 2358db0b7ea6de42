import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startSandbox } from "pulumi-vercel-credits/sandbox";

const MAIN = require.resolve("../../provider/dist/cli/main.js");
const running: ChildProcess[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vercel-credits-"));
});

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

function command(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 20_000,
    killSignal: "SIGKILL",
  });
  running.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const ended = once(child, "close").then(([code]) => ({ code, output }));
  return { child, ended, lines: createInterface(child.stdout) };
}

/** Starts the sandbox on a free port, and waits for the line that says where it listens. */
async function sandbox(...args: string[]) {
  const started = command("sandbox", "--port", "0", ...args);
  const [line] = await once(started.lines, "line");
  return { ...started, url: /http:\S+/.exec(line)?.[0] ?? "" };
}

async function buy(url: string, team = "acme") {
  const response = await fetch(`${url}/v1/billing/buy?slug=${encodeURIComponent(team)}`, {
    method: "POST",
    headers: { authorization: "Bearer sandbox" },
    body: JSON.stringify({ item: { type: "credits", creditType: "v0", amount: 30 } }),
  });
  const answer = (await response.json()) as { purchaseIntent: { id: string } };
  return answer.purchaseIntent.id;
}

test("it says what to set, that no money moves, each charge as it happens, and a count when it is interrupted", async () => {
  const { url, child, ended } = await sandbox();
  const id = await buy(url);
  child.kill("SIGINT");
  const { code, output } = await ended;

  expect(code).toBe(0);
  expect(output).toContain("No money moves.");
  expect(output).toContain(`export VERCEL_API_URL=${url}`);
  expect(output).toContain("export VERCEL_API_TOKEN=sandbox");
  expect(output).toContain(`charged $30 of v0 credits to acme (${id})`);
  expect(output).toContain("1 charge, $30 in all");
});

test("charges kept in a file outlive a sandbox that is killed, and a torn last line", async () => {
  const file = join(folder, "charges.jsonl");
  const first = await sandbox("--charges", file);
  const id = await buy(first.url);
  first.child.kill("SIGKILL");
  await first.ended;
  appendFileSync(file, '{"team":"ac');

  const second = await sandbox("--charges", file);
  const charges = await (await fetch(`${second.url}/sandbox/charges`)).json();
  const next = await buy(second.url);
  second.child.kill("SIGKILL");
  await second.ended;
  const third = await sandbox("--charges", file);

  expect(charges).toMatchObject([{ team: "acme", creditType: "v0", amount: 30, intentId: id }]);
  expect(await (await fetch(`${third.url}/sandbox/charges`)).json()).toMatchObject([
    { intentId: id },
    { intentId: next },
  ]);
});

test.each([
  ["", '{"team":"acme"}\n'],
  ["a file of notes\n", "whose last line has no end"],
  ["", "a file of notes without a line's end"],
])("a file that is not the sandbox's own (%j %j) is refused by name, and left as it is", async (...parts) => {
  const file = join(folder, "notes.txt");
  writeFileSync(file, parts.join(""));

  const { code, output } = await command("sandbox", "--port", "0", "--charges", file).ended;

  expect(code).toBe(2);
  expect(output).toBe(
    `pulumi-vercel-credits: can't keep charges in ${file}: line 1 is not a charge of this sandbox\n`,
  );
  expect(readFileSync(file, "utf8")).toBe(parts.join(""));
});

test("each charge is on the disk before its answer leaves, one line each", async () => {
  const file = join(folder, "charges.jsonl");
  const { url } = await sandbox("--charges", file);

  for (const team of ["acme", "ümläut"]) {
    const id = await buy(url, team);
    expect(JSON.parse(readFileSync(file, "utf8").trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
      team,
      intentId: id,
    });
  }
});

test("a team's name is printed, not obeyed: no escape sequence, no line of its own", async () => {
  const { url, child, ended } = await sandbox();
  await buy(url, "\u001b[2Jacme\ncharged $9");
  child.kill("SIGTERM");
  const { code, output } = await ended;

  expect(code).toBe(0);
  expect(output).not.toContain("\u001b");
  expect(output.split("\n").filter((line) => line.includes("charged"))).toHaveLength(1);
});

test("an interrupt ends it though a request still waits for its answer", async () => {
  const { url, child, ended, lines } = await sandbox("--fault", "never-answer");
  const answer = expect(buy(url)).rejects.toThrow();
  for await (const line of lines) if (line.includes("never answers")) break;
  child.kill("SIGINT");

  expect(await ended).toMatchObject({ code: 0, output: expect.stringContaining("1 charge, $30 in all") });
  await answer;
});

test("it misbehaves on the first request where it is told to", async () => {
  const { url } = await sandbox("--fault", "cut-after-charge");

  await expect(buy(url)).rejects.toThrow();
  expect(await (await fetch(`${url}/sandbox/charges`)).json()).toHaveLength(1);
});

test.each<[string, string[], string]>([
  ["a port that is none", ["--port", "many"], "--port many"],
  ["a port out of range", ["--port", "65536"], "--port 65536"],
  ["a fault that is none", ["--fault", "nope"], "--fault nope"],
  [
    "a file that can't be written",
    ["--port", "0", "--charges", "/no/such/folder/charges"],
    "/no/such/folder/charges",
  ],
])("%s ends it with one line and status 2", async (_what, args, words) => {
  const { code, output } = await command("sandbox", ...args).ended;

  expect(code).toBe(2);
  expect(output).toContain(words);
  expect(output.trim().split("\n")).toHaveLength(1);
});

test("a port that is taken ends it with one line and status 2", async () => {
  const other = await startSandbox();
  try {
    const { code, output } = await command("sandbox", "--port", new URL(other.url).port).ended;

    expect(code).toBe(2);
    expect(output).toMatch(/^pulumi-vercel-credits: port \d+ is taken; choose another with --port\n$/);
  } finally {
    await other.close();
  }
});
