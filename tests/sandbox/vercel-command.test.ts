import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import { IS_WHOLE } from "../support/whole";

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

/** Asks as Vercel's command line does: whose token it is, then which team its `--scope` names. */
async function get(path: string, token = "sandbox") {
  const response = await fetch(`${sandbox.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, answer: await response.json() };
}

test("what `vercel buy credits` asks before it buys is answered: the user, the teams, and the team by its slug", async () => {
  expect(await get("/v2/user")).toMatchObject({
    status: 200,
    answer: { user: { limited: true, id: "user_sandbox", username: "sandbox" } },
  });
  expect(await get("/v1/teams")).toEqual({
    status: 200,
    answer: { teams: [], pagination: { count: 0, next: null, prev: null } },
  });
  expect(await get("/teams/acme")).toMatchObject({ status: 200, answer: { id: "team_acme", slug: "acme" } });
  expect(sandbox.requests()).toHaveLength(0);
});

test("teams that were named are listed, and can be bought for by the id that the list gives", async () => {
  await sandbox.close();
  sandbox = await startSandbox({ teams: ["acme"] });

  expect((await get("/v2/teams")).answer).toMatchObject({ teams: [{ id: "team_acme", slug: "acme" }] });
  expect((await get("/teams/team_acme")).status).toBe(200);
  expect((await get("/teams/other")).status).toBe(404);
});

test.each(["/v2/user", "/v1/teams", "/teams/acme"])(
  "%s is not for a token that has expired",
  async (path) => {
    expect((await get(path, "sandbox-expired")).status).toBe(401);
    expect((await get(path, "sandbox-viewer")).status).toBe(200);
  },
);

(IS_WHOLE ? test : test.skip)(
  "the real `vercel buy credits` buys from the sandbox: four charges for one order where the answer is lost",
  async () => {
    const only = ["tools/compare.mts", "--only", "vercel buy"];
    const { stdout } = await promisify(execFile)(process.execPath, only, { timeout: 8 * 60_000 });

    const [, , row = ""] = stdout.trim().split("\n");
    expect(row.split("|").map((cell) => cell.trim())).toEqual([
      "",
      expect.stringContaining("`vercel buy credits`"),
      ...new Array(3).fill("4 charges, says to try again later"),
      "exit 0, says purchased",
      "",
    ]);
  },
  9 * 60_000,
);
