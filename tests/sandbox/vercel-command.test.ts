import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";

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
