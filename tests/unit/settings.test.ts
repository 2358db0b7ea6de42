import { pathOf, Settings } from "../../provider/src/settings";
import { NOTHING_CHARGED } from "../support/sentences";

const settings = (config: Record<string, string> = {}, env: Record<string, string> = {}) =>
  new Settings((key) => config[key], env);

describe("the token", () => {
  test("comes from the stack's configuration, then VERCEL_API_TOKEN, then VERCEL_TOKEN", () => {
    const env = { VERCEL_API_TOKEN: "second", VERCEL_TOKEN: "third" };

    expect(settings({ "vercel:apiToken": "first" }, env).token).toBe("first");
    expect(settings({}, env).token).toBe("second");
    expect(settings({}, { VERCEL_TOKEN: "third" }).token).toBe("third");
  });

  test.each(["", "  ", "two words", "line\nbreak", "schlüssel"])(
    "%j is refused, and not repeated",
    (token) => {
      const attempt = () => settings({ "vercel:apiToken": token }).token;

      expect(attempt).toThrow(NOTHING_CHARGED);
      if (token.trim()) expect(attempt).not.toThrow(token);
    },
  );
});

describe("the address the token is sent to", () => {
  test.each([
    "https://api.vercel.com",
    "https://proxy.example/vercel/",
    "http://127.0.0.1:4010",
    "http://localhost:1",
    "http://[::1]:1",
  ])("%s is allowed", (url) => {
    expect(settings({ "vercel:apiUrl": url }).apiUrl.href).toContain(url);
  });

  test.each([
    "http://api.vercel.com",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "ftp://127.0.0.1",
    "https://user:pass@api.vercel.com",
    "https://api.vercel.com/?x=1",
    "https://api.vercel.com/#x",
    "https://api.vercel.com/?",
    "https://api.vercel.com/#",
    "https://127.0.0.1//api.vercel.com",
    "http://127.0.0.1:9//elsewhere:80",
    "api.vercel.com",
  ])("%s is refused by name", (url) => {
    const attempt = () => settings({ "vercel:apiUrl": url }).apiUrl;

    expect(attempt).toThrow(/vercel:apiUrl .*Nothing was charged\./);
    expect(attempt).not.toThrow("pass@");
  });
});

test.each(["vercelCredits:maxAmount", "vercelCredits:maxAmountPerUpdate", "vercelCredits:timeoutSeconds"])(
  "%s that is no number is refused by name",
  (key) => {
    for (const value of ["", "ten", "-1", "NaN", "Infinity", "1e999"]) {
      const broken = settings({ [key]: value });
      expect(() => [broken.maxAmount, broken.maxAmountPerUpdate, broken.timeoutSeconds]).toThrow(key);
    }
  },
);

test("the caps are 1000 dollars and the time-out 120 seconds where nothing is configured", () => {
  const { maxAmount, maxAmountPerUpdate, timeoutSeconds } = settings();

  expect({ maxAmount, maxAmountPerUpdate, timeoutSeconds }).toEqual({
    maxAmount: 1000,
    maxAmountPerUpdate: 1000,
    timeoutSeconds: 120,
  });
});

test("the preflight check is on unless it is switched off, and any other word is refused by name", () => {
  const key = "vercelCredits:preflight";

  expect(settings().preflight).toBe(true);
  expect(settings({ [key]: "on" }).preflight).toBe(true);
  expect(settings({ [key]: "off" }).preflight).toBe(false);
  for (const word of ["", "false", "OFF"]) expect(() => settings({ [key]: word }).preflight).toThrow(key);
});

test("nothing may be bought while Pulumi writes no checkpoints: a crash could buy it twice", () => {
  const without = settings({ "vercel:apiToken": "token" }, { PULUMI_SKIP_CHECKPOINTS: "true" });

  expect(() => without.endpoint()).toThrow("PULUMI_SKIP_CHECKPOINTS is set");
  expect(settings({ "vercel:apiToken": "token" }).endpoint().token).toBe("token");
});

describe("the month's budget", () => {
  const month = "vercelCredits:maxAmountPerMonth";

  test("is none by default, and a number of dollars", () => {
    expect(settings().maxAmountPerMonth).toBeUndefined();
    expect(settings({ [month]: "250" }).maxAmountPerMonth).toBe(250);
    expect(() => settings({ [month]: "much" }).maxAmountPerMonth).toThrow("must be a number of US dollars");
  });

  test("is refused without a journal: nothing else knows what the month has charged", () => {
    const without = settings({ [month]: "250", "vercelCredits:journal": "off" });

    expect(() => without.maxAmountPerMonth).toThrow("the journal is off");
    expect(() => without.refuseUnusable()).toThrow(NOTHING_CHARGED);
  });
});

test("a path is put below an address, and never read as another one", () => {
  expect(pathOf(new URL("http://127.0.0.1:1/base/"), "/v1").href).toBe("http://127.0.0.1:1/base/v1");
  expect(pathOf(new URL("http://127.0.0.1:1//elsewhere"), "/v1").host).toBe("127.0.0.1:1");
});
