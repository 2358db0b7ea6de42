import http from "node:http";
import { ProviderProcess } from "../support/provider-process";
import { listen } from "../support/servers";

let provider: ProviderProcess;

async function start(url: string) {
  provider = await ProviderProcess.start({
    "vercel:apiUrl": url,
    "vercel:apiToken": "sandbox",
    "vercelCredits:preflight": "on",
  });
}

afterEach(() => provider.stop());

describe("an answer that can't be understood never blocks a purchase: it is noted, and the purchase goes on", () => {
  test.each([
    ["an error of Vercel's own", 409, '{"error":{"code":"conflict","message":"x"}}'],
    ["no content", 204, ""],
    ["401 of something else", 401, "<h1>Unauthorized</h1>"],
    ["403 of a proxy", 403, "Forbidden"],
    ["404 without Vercel's shape", 404, "{}"],
    ["a role and a plan that are new", 200, '{"billing":{"plan":"ultra"},"membership":{"role":"TREASURER"}}'],
    ["roles of which one may buy", 200, '{"membership":{"role":"VIEWER","teamRoles":["VIEWER","BILLING"]}}'],
    ["words where there should be objects", 200, '{"billing":"pro","membership":7,"slug":[]}'],
    ["nothing of what is asked", 200, "{}"],
    ["a list", 200, "[]"],
  ])("%s", async (_what, status, body) => {
    const asked: unknown[] = [];
    const port = await listen(
      http.createServer((request, response) => {
        asked.push(request.method);
        if (request.method === "GET") response.writeHead(status).end(body);
        else response.end('{"purchaseIntent":{"id":"pur_1","status":"succeeded"}}');
      }),
    );
    await start(`http://127.0.0.1:${port}`);

    expect(await provider.buy({ creditType: "agent" })).toMatchObject({
      properties: { outcome: "bought" },
    });
    expect(asked).toEqual(["GET", "POST"]);
  });
});

test("the check is GET /v2/teams/{team} with the same token, and follows no redirect", async () => {
  const asked: unknown[] = [];
  const port = await listen(
    http.createServer((request, response) => {
      asked.push([request.method, request.url, request.headers.authorization]);
      if (request.method === "GET") response.writeHead(302, { location: "/elsewhere" }).end();
      else response.end('{"purchaseIntent":{"id":"pur_1","status":"succeeded"}}');
    }),
  );
  await start(`http://127.0.0.1:${port}/base`);

  await provider.buy({ team: "a/b?c" });

  expect(asked).toEqual([
    ["GET", "/base/v2/teams/a%2Fb%3Fc", "Bearer sandbox"],
    ["POST", "/base/v1/billing/buy?source=pulumi&slug=a%2Fb%3Fc", "Bearer sandbox"],
  ]);
});

test("a refusal that repeats the token does not show it", async () => {
  const token = "vcp_secret-token";
  const port = await listen(
    http.createServer((request, response) =>
      response
        .writeHead(403)
        .end(`{"error":{"code":"forbidden","message":"${request.headers.authorization}"}}`),
    ),
  );
  provider = await ProviderProcess.start({
    "vercel:apiUrl": `http://127.0.0.1:${port}`,
    "vercel:apiToken": token,
    "vercelCredits:preflight": "on",
  });

  const { error, id } = await provider.buy();

  expect(error).toContain("The token gives no access to team acme");
  expect(error).toContain("Nothing was charged.");
  expect(error).not.toContain(token);
  expect(id).toBeUndefined();
});
