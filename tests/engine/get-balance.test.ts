import { expectReadable } from "../support/sentences";
import { sandboxAndProject } from "../support/stack";

const PROGRAM = `
const { getGatewayBalance, getGatewayBalanceOutput, getV0BalanceOutput, CreditPurchase } = require("pulumi-vercel-credits");
module.exports = async () => {
  const { balance } = await getGatewayBalance();
  if (Number(balance) < 50) new CreditPurchase("first", { creditType: "gateway", amount: 80 }, { protect: false });
  return { before: balance, gateway: getGatewayBalanceOutput().totalUsed, v0: getV0BalanceOutput().blocks.apply((blocks) => blocks.length) };
};`;

test("a program reads balances in conditions and outputs, and a purchase moves them", async () => {
  const { sandbox, project } = await sandboxAndProject(
    { AI_GATEWAY_API_KEY: "key", V0_API_KEY: "key" },
    { program: PROGRAM },
  );
  const outputs = async () => JSON.parse((await project.mustRun("stack", "output", "--json")).output);

  await project.mustRun("up", "--yes", "--skip-preview");
  expect(await outputs()).toEqual({ before: "0.00", gateway: "0.00", v0: 0 });
  expect(sandbox.charges()).toHaveLength(1);

  sandbox.use("gateway", "12.50");
  await project.mustRun("preview");
  const reads = sandbox.reads()["gateway-balance"];
  expect(reads).toBeGreaterThan(0);
  await project.mustRun("up", "--yes", "--skip-preview");
  expect(await outputs()).toEqual({ before: "67.50", gateway: "12.50", v0: 0 });
  expect(sandbox.charges()).toHaveLength(1);
});

/** Everything else that a server can answer: `tests/process/read-faults.test.ts`. */
test.each<[string, Record<string, string>, string]>([
  ["no key", {}, "getGatewayBalance: set AI_GATEWAY_API_KEY in the environment. Nothing was charged."],
  ["a key that is refused", { AI_GATEWAY_API_KEY: "sandbox-expired" }, "answered 401"],
])("%s is one clear line, not a stack trace", async (_what, env, says) => {
  const { sandbox, project } = await sandboxAndProject(env, { program: PROGRAM });

  const run = await project.preview();

  expect(run.code).not.toBe(0);
  expect(run.output).toContain(says);
  expectReadable(run);
  expect(sandbox.charges()).toHaveLength(0);
});

test("an output of a balance that can't be read is one clear line, too", async () => {
  const { sandbox, project } = await sandboxAndProject(
    { V0_API_KEY: "key" },
    { program: `exports.left = require("pulumi-vercel-credits").getV0BalanceOutput().balance;` },
  );
  sandbox.misbehaveOn("v0-balance", "cut-in-body");

  const run = await project.preview();

  expect(run.code).not.toBe(0);
  expect(run.output).toMatch(/Balance: the .* balance can't be read: .*[^.]\. Nothing was charged\./);
  expectReadable(run);
});
