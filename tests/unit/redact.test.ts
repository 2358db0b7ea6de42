import { createServer, type ServerResponse } from "node:http";
import fc from "fast-check";
import { cutTo, printable } from "../../provider/src/domain/messages";
import { redactor } from "../../provider/src/http/redact";
import { request } from "../../provider/src/http/request";
import { listen } from "../support/servers";

const TOKEN = "vcp_5ecret-T0ken/with+all=kinds.of~characters";
const redact = redactor(TOKEN);

const json = (form: (hex: string) => string) =>
  [...TOKEN].map((char) => form(char.charCodeAt(0).toString(16).padStart(2, "0"))).join("");

test.each([
  ["as it is", TOKEN],
  ["percent-encoded where a URL needs it", encodeURIComponent(TOKEN)],
  ["percent-encoded throughout", json((hex) => `%${hex}`)],
  ["escaped throughout", json((hex) => `\\u00${hex.toUpperCase()}`)],
  ["escaped, in JSON within JSON", json((hex) => `\\\\u00${hex}`)],
  ["with escaped slashes", TOKEN.replaceAll("/", "\\/")],
  ["in capitals", TOKEN.toUpperCase()],
])("the token is taken out %s", (_how, token) => {
  expect(redact(`a ${token} b ${token}`)).toBe("a [token] b [token]");
});

test("what is cut off ends in no beginning of the token, wherever and in whatever form it was cut", () => {
  const forms = fc.constantFrom<(char: string) => string>(
    (char) => char,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
    (char) => `\\u00${char.charCodeAt(0).toString(16)}`,
  );
  const written = fc
    .array(forms, { minLength: TOKEN.length, maxLength: TOKEN.length })
    .map((each) => each.map((form, i) => form(TOKEN.charAt(i))).join(""));
  fc.assert(
    fc.property(written, fc.nat(), (token, at) => {
      const cut = token.slice(0, 1 + (at % token.length));
      expect(redact(`before: ${cut}`, true)).toBe("before: [token]");
    }),
    { numRuns: 2000 },
  );
});

test("text that holds no token stays as it is, and a long one of backslashes takes no time", () => {
  const text = `{"purchaseIntent":{"id":"pur_1"}} vcp_5ecre`;
  const started = performance.now();

  expect(redact(text)).toBe(text);
  expect(redact("\\".repeat(1024 * 1024), false)).toHaveLength(1024 * 1024);
  expect(performance.now() - started).toBeLessThan(5000);
});

async function answered(answer: (response: ServerResponse) => void) {
  const port = await listen(createServer((_request, response) => answer(response)));
  const url = new URL(`http://127.0.0.1:${port}`);
  return request({ method: "POST", url, token: TOKEN, body: {}, timeoutSeconds: 10 });
}

test.each([400, 470, 499, 500, 501])(
  "x-vercel-id and retry-after lose the token before they are cut (at %i)",
  async (at) => {
    const text = `${"x".repeat(at)}${TOKEN}`;
    const reply = await answered((response) =>
      response.writeHead(429, { "x-vercel-id": text, "retry-after": text }).end("{}"),
    );

    const whole = `${"x".repeat(at)}[token]`;
    const cut = whole.length > 500 ? `${whole.slice(0, 500)}...` : whole;
    expect(reply).toMatchObject({ requestId: cut, retryAfter: cut });
  },
);

test("a body that is cut within the token keeps no part of it", async () => {
  const reply = await answered((response) => {
    const body = `{"error":{"message":"${TOKEN.slice(0, 20)}`;
    response.writeHead(200, { "content-length": 1000 });
    response.write(body, () => response.socket?.end());
  });

  expect(reply).toMatchObject({ whole: false, body: '{"error":{"message":"[token]' });
});

test("a body that is too large keeps no part of it", async () => {
  const reply = await answered((response) => response.end(`${"x".repeat(1024 * 1024 - 10)}${TOKEN}`));

  expect(reply).toMatchObject({ whole: false, problem: "it is larger than 1 MiB" });
  expect(JSON.stringify(reply)).not.toContain(TOKEN.slice(0, 3));
});

test("the words of an error lose the token, too", async () => {
  const server = createServer();
  const port = await listen(server);
  await new Promise((closed) => server.close(closed));
  const url = new URL(`http://127.0.0.1:${port}`);

  // The address stands for whatever a system's own words repeat.
  const reply = await request({ method: "POST", url, token: "127.0.0.1", body: {}, timeoutSeconds: 10 });

  expect(reply).toEqual({ kind: "unsent", problem: `connect ECONNREFUSED [token]:${port}` });
});

test("printable text is always well-formed, and no longer than it may be", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "\u{1f600}", "\ud83d", "\ude00", "\u202e", "\u{e0001}"),
  });
  fc.assert(
    fc.property(text, fc.nat(60), (any, longest) => {
      const printed = printable(any, longest);
      expect(printed.isWellFormed()).toBe(true);
      expect(printed.length).toBeLessThanOrEqual(longest + 3);
      expect(cutTo(any.toWellFormed(), longest).isWellFormed()).toBe(true);
    }),
    { numRuns: 5000 },
  );
  expect(printable(`${"x".repeat(499)}\u{1f600}`)).toBe(`${"x".repeat(499)}...`);
});
