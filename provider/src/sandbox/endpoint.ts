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

type Refused = { status: 400 | 401 | 403 | 404; body: ReturnType<typeof errorBody> };

/**
 * What the endpoint checks before money is at stake, in its order: who asks, whether they may, for which team,
 * and for what.
 */
export async function readOrder(c: Context, teams: string[] | undefined): Promise<Order | Refused> {
  const token = /^Bearer (\S+)$/.exec(c.req.header("authorization") ?? "")?.[1];
  if (token === undefined) {
    return { status: 401, body: errorBody("unauthorized", "The request is not authorized.") };
  }
  const part = TOKENS[token];
  if (part) return { status: part.status, body: errorBody(part.code, part.message) };

  const { teamId, slug, source } = c.req.query();
  const team = teamId ?? slug;
  const badTeamId = teamId !== undefined && !teamId.startsWith("team_");
  if (badTeamId || slug === "") {
    const name = badTeamId ? "teamId" : "slug";
    return invalid(`One of the provided values in the request query is invalid: ${name}.`);
  }
  if (team !== undefined && (teams ? !teams.includes(team) : /^(team_)?unknown/.test(team))) {
    return { status: 404, body: errorBody("not_found", `There is no team "${team}".`) };
  }
  const body = bodySchema.safeParse(await c.req.json().catch(() => undefined));
  if (!body.success) {
    const issue = body.error.issues[0];
    return invalid(`Invalid request body: ${issue?.path.join(".") || "(whole)"}: ${issue?.message}`);
  }
  const { creditType, amount } = body.data.item;
  return { team: team ?? "(default)", creditType, amount, source: source ?? "api" };
}

function invalid(message: string): Refused {
  return { status: 400, body: errorBody("bad_request", message) };
}
