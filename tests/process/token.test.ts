import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { startProvider } from "../support/provider-process";
import { listen } from "../support/servers";
import { sandboxAndModel } from "../support/stack";

const TOKEN = "tok_Recognisable7f3a91QwErTyUiOp";
/** What would still be the token to whoever reads it. */
const PART = TOKEN.slice(0, 14);

/** Holds the token across the place where texts are cut, so that a cut leaves its first half. */
const across = (length: number) => `${"x".repeat(length - 20)}${TOKEN}, and more`;

const error = (message: string, code = "bad_request") => ({ error: { code, message } });

/** The token is taken out of a text before it is cut, escaped, or otherwise changed: part of a token is a token. */
describe("no part of the token is kept, wherever a server repeats it", () => {
  type Answer = { status: number; body: unknown; headers?: Record<string, string> };
  test.each<[string, Answer]>([
    [
      "in x-vercel-id",
      { status: 400, body: error("No."), headers: { "x-vercel-id": across(500).replace(",", "") } },
    ],
    [
      "escaped in JSON",
      { status: 400, body: `{"error":{"code":"bad_request","message":"\\u0074${TOKEN.slice(1)}"}}` },
    ],
    ["in the message of an error", { status: 400, body: error(across(500)) }],
    ["in the code of an error", { status: 409, body: error("No.", across(500)) }],
    [
      "in an intent's fields",
      { status: 200, body: { purchaseIntent: { id: across(500), status: "failed" } } },
    ],
    ["in a page that isn't JSON", { status: 403, body: across(16 * 1024) }],
    ["in a page that isn't JSON, at another length", { status: 403, body: across(500) }],
    ["in a name of a field", { status: 400, body: { ...error("No."), [across(500)]: TOKEN } }],
  ])("%s", async (_what, answer) => {
    const { sandbox, project } = await sandboxAndModel({ VERCEL_API_TOKEN: TOKEN });
    sandbox.misbehave("answer", answer);

    const run = await project.up("--skip-preview");

    expect(sandbox.requests()).toHaveLength(1);
    expect(run.output + JSON.stringify(project.resources())).not.toContain(PART);
    const files = readdirSync(project.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.some((file) => file.includes("/journal/"))).toBe(true);
    expect(files.filter((file) => readFileSync(file).includes(PART))).toEqual([]);
  });
});

test("why an answer was cut off is said without the token", async () => {
  const port = await listen(
    createServer((_request, response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write("{", () => response.socket?.destroy());
    }),
  );
  // A word of the system's own error, which stands for whatever such a text repeats.
  const provider = await startProvider(`http://127.0.0.1:${port}`, { "vercel:apiToken": "aborted" });

  const { error, properties } = await provider.buy();

  expect(error).toContain("cut off ([token]");
  expect(JSON.stringify(properties)).not.toContain("aborted");
});
