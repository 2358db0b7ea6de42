import http from "node:http";
import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import { command } from "../support/command";
import { listen } from "../support/servers";

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

describe("balance", () => {
  const keys = { AI_GATEWAY_API_KEY: "key", V0_API_KEY: "key" };
  const balance = (env: Record<string, string>, ...flags: string[]) =>
    command(["balance", ...flags], { VERCEL_API_URL: sandbox.url, ...env });

  test("shows what is left for each key that is set, with exact decimals", async () => {
    sandbox.use("gateway", "0.1");
    sandbox.use("gateway", "0.2");

    const { status, stdout } = await balance(keys, "--json");

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      gateway: { balance: "-0.30", totalUsed: "0.30" },
      v0: { balance: "0", blocks: [] },
    });
    expect(await balance({ V0_API_KEY: "key" })).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/v0 +\$0\.00/),
    });
  });

  test("says which key is missing, and which balance can't be read and why", async () => {
    expect(await balance({})).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("set AI_GATEWAY_API_KEY or V0_API_KEY"),
    });
    const refused = await balance({ ...keys, AI_GATEWAY_API_KEY: "sandbox-expired" });
    expect(refused).toMatchObject({ status: 1, stdout: expect.stringMatching(/v0 +\$0\.00/) });
    expect(refused.stderr).toMatch(
      /the AI Gateway balance can't be read: .* answered 401, The token is not valid any more; set AI_GATEWAY_API_KEY/,
    );
    sandbox.misbehaveOn("v0-balance", "garbage");
    expect(await balance(keys)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("answered something else"),
    });
  });

  test("--warn-below passes only where every balance is read and is as high, to the cent", async () => {
    for (const creditType of ["gateway", "v0"]) {
      await fetch(`${sandbox.url}/v1/billing/buy`, {
        method: "POST",
        headers: { authorization: "Bearer sandbox" },
        body: JSON.stringify({ item: { type: "credits", creditType, amount: 20 } }),
      });
    }
    expect(await balance(keys, "--warn-below", "20")).toMatchObject({ status: 0, stderr: "" });

    sandbox.use("v0", "0.01");
    const below = await balance(keys, "--warn-below", "20", "--json");
    expect(below).toMatchObject({
      status: 1,
      stderr: "pulumi-vercel-credits: the v0 balance is $19.99, below $20.00\n",
    });
    expect(JSON.parse(below.stdout)).toMatchObject({
      gateway: { balance: "20.00" },
      v0: { balance: "19.99" },
    });
    expect(await balance(keys, "--warn-below", "19.99")).toMatchObject({ status: 0, stderr: "" });

    sandbox.misbehaveOn("gateway-balance", "garbage");
    expect(await balance({ AI_GATEWAY_API_KEY: "key" }, "--warn-below", "1")).toMatchObject({ status: 1 });
    const missing = { AI_GATEWAY_API_KEY: "key", V0_API_KEY: "" };
    expect(await balance(missing, "--warn-below", "1")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("V0_API_KEY is set, and empty"),
    });
    expect(await balance(missing)).toMatchObject({ status: 0 });
    expect(await balance({}, "--warn-below", "1")).toMatchObject({ status: 2 });
  });

  test.each(["", "-1", "$20"])("--warn-below %j is wrong usage", async (amount) => {
    expect(await balance(keys, `--warn-below=${amount}`)).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("is not an amount in dollars"),
    });
  });

  test("a block whose date can't be understood is shown without it", async () => {
    const blocks = [{ originalBalance: 5, currentBalance: 5, effectiveDate: "soon", expirationDate: 1e300 }];
    const body = JSON.stringify({ data: { onDemand: { balance: 5, blocks } } });
    const port = await listen(http.createServer((_request, response) => response.end(body)));

    const { status, stdout } = await balance(
      { V0_API_KEY: "key", VERCEL_API_URL: `http://127.0.0.1:${port}` },
      "--json",
    );

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      v0: { balance: "5", blocks: [{ originalBalance: "5", currentBalance: "5" }] },
    });
  });
});
