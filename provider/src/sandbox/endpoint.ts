import type { Context } from "hono";
import { z } from "zod";
import { errorBody, type Order } from "./answers";

/** Tokens with which the sandbox plays a part. Every other token may buy. */
const TOKENS: Record<string, { status: 401 | 403; code: string; message: string }> = {
  "sandbox-expired": { status: 401, code: "invalid_token", message: "The token is not valid any more." },
  "sandbox-viewer": {
    status: 403,
    code: "forbidden",
    message: "You do not have permission to access this resource.",
  },
};

/** The page's request body, with messages that name the field. */
const bodySchema = z.object({
  item: z.object({
    type: z.literal("credits"),
    creditType: z.enum(["v0", "gateway", "agent"]),
    amount: z.int().min(1),
  }),
});

export type Refused = { status: 400 | 401 | 403 | 404; body: ReturnType<typeof errorBody> };

/**
 * What the endpoint checks before money is at stake, in its order: who asks, whether they may, for which team,
 * and for what.
 */
export async function readOrder(c: Context, teams: readonly string[] | undefined): Promise<Order | Refused> {
  const refused = refusedToken(c);
  if (refused) return refused;

  const { teamId, slug, source } = c.req.query();
  const team = teamId ?? slug;
  const badTeamId = teamId !== undefined && !teamId.startsWith("team_");
  if (badTeamId || slug === "") {
    const name = badTeamId ? "teamId" : "slug";
    return invalid(`One of the provided values in the request query is invalid: ${name}.`);
  }
  if (team !== undefined && !exists(team, teams)) return noTeam(team);
  const body = bodySchema.safeParse(await c.req.json().catch(() => undefined));
  if (!body.success) {
    const issue = body.error.issues[0];
    return invalid(`Invalid request body: ${issue?.path.join(".") || "(whole)"}: ${issue?.message}`);
  }
  const { creditType, amount } = body.data.item;
  if (team !== undefined && planOf(team) === "hobby" && creditType !== "gateway") {
    const code = creditType === "v0" ? "invalid_v0_subscription" : "invalid_plan";
    return {
      status: 400,
      body: errorBody(code, `The plan of team "${team}" does not allow ${creditType} credits.`),
    };
  }
  return { team: team ?? "(default)", creditType, amount, source: source ?? "api" };
}

/** What `GET /v2/teams/{idOrSlug}` answers: of the documented fields, those that say who may buy what. */
export function readTeam(c: Context, teams: readonly string[] | undefined): Refused | { body: object } {
  const refused = refusedToken(c, "sandbox-viewer");
  if (refused) return refused;
  const team = c.req.param("team") ?? "";
  return exists(team, teams) ? { body: teamBody(c, team) } : noTeam(team);
}

/**
 * What `GET /v2/teams` answers, and `/v1/teams`, by which Vercel's command line looks for its `--scope`. Where any
 * team exists none is listed: that command then asks for the one it was given.
 */
export function listTeams(c: Context, teams: readonly string[] = []): Refused | { body: object } {
  const listed = teams.map((team) => teamBody(c, team));
  const pagination = { count: listed.length, next: null, prev: null };
  return refusedToken(c, "sandbox-viewer") ?? { body: { teams: listed, pagination } };
}

/** What `GET /v2/user` answers, in the documented form for a token that may not see all of it. */
export function readUser(c: Context): Refused | { body: object } {
  const user = {
    limited: true,
    id: USER_ID,
    email: "sandbox@example.com",
    name: null,
    username: "sandbox",
    avatar: null,
    defaultTeamId: null,
  };
  return refusedToken(c, "sandbox-viewer") ?? { body: { user } };
}

const USER_ID = "user_sandbox";

function teamBody(c: Context, team: string) {
  const role = tokenOf(c) === "sandbox-viewer" ? "VIEWER" : "MEMBER";
  const slug = slugOf(team);
  return {
    id: `team_${slug}`,
    slug,
    name: slug,
    avatar: null,
    description: null,
    creatorId: USER_ID,
    stagingPrefix: slug,
    createdAt: 0,
    updatedAt: 0,
    billing: { plan: planOf(team) },
    membership: { role, confirmed: true },
  };
}

/** Whether a key of the AI Gateway or v0 may read a balance. */
export function refusedToken(c: Context, ...welcome: string[]): Refused | undefined {
  const token = tokenOf(c);
  if (token === undefined) {
    return { status: 401, body: errorBody("unauthorized", "The request is not authorized.") };
  }
  const part = welcome.includes(token) ? undefined : TOKENS[token];
  return part && { status: part.status, body: errorBody(part.code, part.message) };
}

function tokenOf(c: Context): string | undefined {
  return /^Bearer (\S+)$/.exec(c.req.header("authorization") ?? "")?.[1];
}

function exists(team: string, teams: readonly string[] | undefined): boolean {
  return teams ? teams.some((one) => slugOf(one) === slugOf(team)) : !/^(team_)?unknown/.test(team);
}

/** A team's id is its slug with `team_` before it. */
function slugOf(team: string): string {
  return team.replace(/^team_/, "");
}

function noTeam(team: string): Refused {
  return { status: 404, body: errorBody("not_found", `There is no team "${team}".`) };
}

/** Teams whose name begins with `hobby` are on that plan; all others on `pro`. */
function planOf(team: string): string {
  return /^(team_)?hobby/.test(team) ? "hobby" : "pro";
}

function invalid(message: string): Refused {
  return { status: 400, body: errorBody("bad_request", message) };
}
