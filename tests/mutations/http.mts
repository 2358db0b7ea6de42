import type { Mutation } from "./mutation.mts";

/** What leaves this machine, and whether it did; what comes back without the token. */
export const HTTP: readonly Mutation[] = [
  {
    broken: "a redirect is not followed",
    file: "http/request.ts",
    text: "maxRedirects: 0,",
    replacement: "maxRedirects: 5,",
    caughtBy: "process/connection.test.ts",
    named: "follows no redirect",
  },
  {
    broken: "once the connection stands, the request may have left",
    file: "http/connection.ts",
    text: "this.#mayCarryRequest = true;",
    replacement: "",
    caughtBy: "unit/buy.test.ts",
    named: "a repeat that is lost",
  },
  {
    broken: "a certificate that is refused means that no byte of the request left",
    file: "http/connection.ts",
    text: 'url.protocol === "https:" ? "secureConnect" : "connect"',
    replacement: '"connect"',
    caughtBy: "process/secure-connection.test.ts",
    named: "signed by nobody",
  },
  {
    broken: "whether the request may still leave is asked when the connection stands",
    file: "http/connection.ts",
    text: "if (!mayStillSend()) {",
    replacement: "if (false) {",
    caughtBy: "unit/buy.test.ts",
    named: "may not be sent any more",
  },
  {
    broken: "an answer that repeats the token is kept without it",
    file: "http/request.ts",
    text: "body: redact(received, !whole),",
    replacement: "body: received,",
    caughtBy: "unit/redact.test.ts",
  },
  {
    broken: "what is cut off ends in no beginning of the token",
    file: "http/request.ts",
    text: "body: redact(received, !whole),",
    replacement: "body: redact(received),",
    caughtBy: "unit/redact.test.ts",
  },
  {
    broken: "the token is taken out also where JSON or a URL writes it otherwise",
    file: "http/redact.ts",
    text: "const forms = [...token].map(formsOf);",
    replacement: 'const forms = [...token].map((char) => char.replace(/\\W/, "\\\\$&"));',
    caughtBy: "unit/redact.test.ts",
  },
  {
    broken: "an answer over 1 MiB is not read on, and is not whole",
    file: "http/request.ts",
    text: 'problem = "it is larger than 1 MiB";',
    replacement: "",
    caughtBy: "unit/redact.test.ts",
  },
  {
    broken: "money is never a JavaScript number: its digits stay as answered",
    file: "http/json.ts",
    text: "String(value) !== digits ? digits : value",
    replacement: "String(value) !== digits ? value : value",
    caughtBy: "unit/answer.test.ts",
  },
];
