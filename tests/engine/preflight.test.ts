import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { sandboxAndProject, watched } from "../support/stack";

const NOTHING = "Nothing was charged.";

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

describe("a common mistake fails before anything is armed or kept, and a plain re-run is enough afterwards", () => {
  test.each<[string, Record<string, string>, Record<string, unknown>, string[]]>([
    [
      "an expired token",
      { VERCEL_API_TOKEN: "sandbox-expired" },
      {},
      ["Vercel does not accept the token", "https://vercel.com/account/settings/tokens", "VERCEL_API_TOKEN"],
    ],
    [
      "a member whose role may not buy",
      { VERCEL_API_TOKEN: "sandbox-viewer" },
      {},
      ["role VIEWER in team acme, which may not buy", "https://vercel.com/acme/~/settings/members"],
    ],
    [
      "a team that does not exist",
      { VERCEL_TEAM: "unknown-team" },
      {},
      ["There is no team unknown-team", "https://vercel.com/unknown-team/~/settings"],
    ],
    [
      "agent credits on the hobby plan",
      { VERCEL_TEAM: "hobby-team" },
      { creditType: "agent" },
      ["Agent credits need Pro or Enterprise", "https://vercel.com/hobby-team/~/settings/billing"],
    ],
    [
      "v0 credits without a paid plan",
      { VERCEL_TEAM: "hobby-team" },
      { creditType: "v0" },
      ["v0 credits need a paid plan", "https://vercel.com/hobby-team/~/settings/billing"],
    ],
  ])("%s", async (_what, env, args, says) => {
    const { sandbox, project } = await sandboxAndProject(env);
    project.declare({ args });

    const wrong = await project.up("--skip-preview");

    expect(wrong.code).not.toBe(0);
    for (const words of [...says, NOTHING, "run `pulumi up` again"]) expect(wrong.output).toContain(words);
    expect(wrong.output).not.toMatch(/^\s+at /m);
    expect(project.resources().filter(({ urn }) => urn.includes("vercel:"))).toEqual([]);
    expect(sandbox.requests()).toHaveLength(0);

    Object.assign(project.env, { VERCEL_API_TOKEN: "sandbox", VERCEL_TEAM: "acme" });
    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
    expect(sandbox.charges()).toHaveLength(1);
  });

  test("no network", async () => {
    const { sandbox, project } = await sandboxAndProject();
    project.env.VERCEL_API_URL = `http://127.0.0.1:${await closedPort()}`;

    const wrong = await project.up("--skip-preview");

    expect(wrong.code).not.toBe(0);
    expect(wrong.output).toContain("Vercel can't be reached: ");
    expect(wrong.output).toContain(NOTHING);
    expect(project.resources().filter(({ urn }) => urn.includes("vercel:"))).toEqual([]);
    project.env.VERCEL_API_URL = sandbox.url;
    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
    expect(sandbox.charges()).toHaveLength(1);
  });

  test("a mistake found when a higher attempt asks for another order leaves the record as it was", async () => {
    const { sandbox, project } = await sandboxAndProject();
    sandbox.misbehave("cut-before-charge");
    await project.up("--skip-preview");
    const kept = project.outputs();
    project.declare({ args: { attempt: 2 } });
    project.env.VERCEL_API_TOKEN = "sandbox-expired";

    const wrong = await project.up("--skip-preview");

    expect(wrong.code).not.toBe(0);
    expect(wrong.output).toContain("Vercel does not accept the token");
    expect(project.outputs()).toEqual(kept);
    project.env.VERCEL_API_TOKEN = "sandbox";
    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
    expect(sandbox.charges()).toHaveLength(1);
  });
});

test("one check per team and update, however many purchases, and none in a preview or an update that buys nothing", async () => {
  const { sandbox, project } = await watched();
  const purchases = [1, 2, 3].flatMap((n) => [
    { name: `acme-${n}`, args: { amount: 10 } },
    { name: `other-${n}`, args: { amount: 10, team: "other" } },
  ]);
  project.declare(...purchases);

  await project.mustRun("preview");
  expect(sandbox.reads().team).toBe(0);
  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
  expect(sandbox.reads().team).toBe(2);
  expect(sandbox.charges()).toHaveLength(6);
  await project.mustRun("up", "--yes");
  expect(sandbox.reads().team).toBe(2);
});

test("an adoption is not looked at, and neither is a purchase for the token's own team", async () => {
  const { sandbox, project } = await sandboxAndProject({ VERCEL_TEAM: "" });
  project.declare({ name: "adopted", args: { team: "acme", adopt: "pur_1" } }, { name: "own" });

  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });

  expect(sandbox.reads().team).toBe(0);
  expect(sandbox.charges()).toHaveLength(1);
});

test("vercelCredits:preflight off asks for nothing; another value is refused by name", async () => {
  const { sandbox, project } = await sandboxAndProject({ VERCEL_TEAM: "hobby-team" });
  project.config("vercelCredits:preflight", "off");
  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
  expect(sandbox.reads().team).toBe(0);
  expect(sandbox.charges()).toHaveLength(1);

  project.config("vercelCredits:preflight", "maybe");
  project.declare({}, { name: "more" });
  const wrong = await project.preview();
  expect(wrong.output).toContain('vercelCredits:preflight is "maybe", but must be on or off.');
});
