import http from "node:http";
import { type Part, partOf, single } from "../part";
import { startProvider } from "../provider-process";
import { expectReadable, NOTHING_CHARGED } from "../sentences";
import { listen } from "../servers";
import { newModel, sandboxAndModel, sandboxLater } from "../stack";

const start = (port: number, path = "") =>
  startProvider(`http://127.0.0.1:${port}${path}`, { "vercelCredits:preflight": "on" });

export function testPreflight(part: Part): void {
  describe("an answer that can't be understood never blocks a purchase: it is noted, and the purchase goes on", () => {
    test.each(
      partOf(part, 3, [
        ["an error of Vercel's own", 409, '{"error":{"code":"conflict","message":"x"}}'],
        ["no content", 204, ""],
        ["401 of something else", 401, "<h1>Unauthorized</h1>"],
        ["403 of a proxy", 403, "Forbidden"],
        ["404 without Vercel's shape", 404, "{}"],
        [
          "a role and a plan that are new",
          200,
          '{"billing":{"plan":"ultra"},"membership":{"role":"TREASURER"}}',
        ],
        [
          "roles of which one may buy",
          200,
          '{"membership":{"role":"VIEWER","teamRoles":["VIEWER","BILLING"]}}',
        ],
        ["words where there should be objects", 200, '{"billing":"pro","membership":7,"slug":[]}'],
        ["nothing of what is asked", 200, "{}"],
        ["a list", 200, "[]"],
      ]),
    )("%s", async (_what, status, body) => {
      const asked: unknown[] = [];
      const port = await listen(
        http.createServer((request, response) => {
          asked.push(request.method);
          if (request.method === "GET") response.writeHead(status).end(body);
          else response.end('{"purchaseIntent":{"id":"pur_1","status":"succeeded"}}');
        }),
      );
      const provider = await start(port);

      expect(await provider.buy({ creditType: "agent" })).toMatchObject({
        properties: { outcome: "bought" },
      });
      expect(asked).toEqual(["GET", "POST"]);
    });
  });

  single(part)("the check is GET /v2/teams/{team} with the same token, and follows no redirect", async () => {
    const asked: unknown[] = [];
    const port = await listen(
      http.createServer((request, response) => {
        asked.push([request.method, request.url, request.headers.authorization]);
        if (request.method === "GET") response.writeHead(302, { location: "/elsewhere" }).end();
        else response.end('{"purchaseIntent":{"id":"pur_1","status":"succeeded"}}');
      }),
    );
    const provider = await start(port, "/base");

    await provider.buy({ team: "a/b?c" });

    expect(asked).toEqual([
      ["GET", "/base/v2/teams/a%2Fb%3Fc", "Bearer tok_1"],
      ["POST", "/base/v1/billing/buy?source=pulumi&slug=a%2Fb%3Fc", "Bearer tok_1"],
    ]);
  });

  single(part)("a refusal that repeats the token does not show it", async () => {
    const port = await listen(
      http.createServer((request, response) =>
        response
          .writeHead(403)
          .end(`{"error":{"code":"forbidden","message":"${request.headers.authorization}"}}`),
      ),
    );
    const provider = await start(port);

    const { error, id } = await provider.buy();

    expect(error).toContain("The token gives no access to team acme");
    expect(error).toContain(NOTHING_CHARGED);
    expect(error).not.toContain("tok_1");
    expect(id).toBeUndefined();
  });

  describe("a common mistake fails before anything is armed or kept, and a plain re-run is enough afterwards", () => {
    test.each<[string, Record<string, string>, Record<string, unknown>, string[]]>(
      partOf<[string, Record<string, string>, Record<string, unknown>, string[]]>(part, 3, [
        [
          "an expired token",
          { VERCEL_API_TOKEN: "sandbox-expired" },
          {},
          [
            "Vercel does not accept the token",
            "https://vercel.com/account/settings/tokens",
            "VERCEL_API_TOKEN",
          ],
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
      ]),
    )("%s", async (_what, env, args, says) => {
      const { sandbox, project } = await sandboxAndModel(env);
      project.declare({ args });

      const wrong = await project.up("--skip-preview");

      expect(wrong.code).not.toBe(0);
      for (const words of [...says, NOTHING_CHARGED, "run `pulumi up` again"])
        expect(wrong.output).toContain(words);
      expectReadable(wrong);
      expect(project.resources()).toEqual([]);
      expect(sandbox.requests()).toHaveLength(0);

      Object.assign(project.env, { VERCEL_API_TOKEN: "sandbox", VERCEL_TEAM: "acme" });
      expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
      expect(sandbox.charges()).toHaveLength(1);
    });

    single(part)("no network", async () => {
      const later = await sandboxLater();
      const project = newModel({ VERCEL_API_URL: later.url });

      const wrong = await project.up("--skip-preview");

      expect(wrong.code).not.toBe(0);
      expect(wrong.output).toContain("Vercel can't be reached: ");
      expect(wrong.output).toContain(NOTHING_CHARGED);
      expect(project.resources()).toEqual([]);
      const sandbox = await later.open();
      expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
      expect(sandbox.charges()).toHaveLength(1);
    });

    single(part)(
      "a mistake found when a higher attempt asks for another order leaves the record as it was",
      async () => {
        const { sandbox, project } = await sandboxAndModel();
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
      },
    );
  });

  single(part)(
    "one check per team and update, however many purchases, and none in a preview or an update that buys nothing",
    async () => {
      const { sandbox, project } = await sandboxAndModel();
      const purchases = [1, 2, 3].flatMap((n) => [
        { name: `acme-${n}`, args: { amount: 10 } },
        { name: `other-${n}`, args: { amount: 10, team: "other" } },
      ]);
      project.declare(...purchases);

      expect(await project.preview()).toMatchObject({ code: 0 });
      expect(sandbox.reads().team).toBe(0);
      expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
      expect(sandbox.reads().team).toBe(2);
      expect(sandbox.charges()).toHaveLength(6);
      expect(await project.up()).toMatchObject({ code: 0 });
      expect(sandbox.reads().team).toBe(2);
    },
  );

  single(part)(
    "an adoption is not looked at, and neither is a purchase for the token's own team",
    async () => {
      const { sandbox, project } = await sandboxAndModel({ VERCEL_TEAM: "" });
      project.declare({ name: "adopted", args: { team: "acme", adopt: "pur_1" } }, { name: "own" });

      expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });

      expect(sandbox.reads().team).toBe(0);
      expect(sandbox.charges()).toHaveLength(1);
    },
  );

  single(part)("vercelCredits:preflight off asks for nothing; another value is refused by name", async () => {
    const { sandbox, project } = await sandboxAndModel({ VERCEL_TEAM: "hobby-team" });
    project.config("vercelCredits:preflight", "off");
    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
    expect(sandbox.reads().team).toBe(0);
    expect(sandbox.charges()).toHaveLength(1);

    project.config("vercelCredits:preflight", "maybe");
    project.declare({}, { name: "more" });
    const wrong = await project.preview();
    expect(wrong.output).toContain('vercelCredits:preflight is "maybe", but must be on or off.');
  });
}
