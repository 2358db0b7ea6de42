import { z } from "zod";
import { readAnswer } from "../charge/answer";
import { printable, settingsPage } from "../domain/messages";
import type { CreditType } from "../domain/order-arguments";
import { jsonOf } from "../http/json";
import type { Reply, Request } from "../http/request";
import { type Endpoint, pathOf } from "../settings";

/** What a preflight check says of buying for a team. */
export type Preflight =
  /** Nothing can be bought for it: a sentence, and what to do. */
  | { readonly kind: "stop"; readonly why: string; readonly firstDo: string }
  /** Nothing that could be understood, which never stops a purchase. */
  | { readonly kind: "unclear"; readonly what: string }
  | { readonly kind: "team"; readonly name: string; readonly team: Team };

type Team = z.infer<typeof teamSchema>;

/** No money is at stake in it, and an update waits for it. */
const LONGEST_CHECK_SECONDS = 10;

/** What is read of a team; all else is ignored, and nothing is required. */
const word = z.string().optional().catch(undefined);
const teamSchema = z.looseObject({
  slug: word,
  billing: z.looseObject({ plan: word }).optional().catch(undefined),
  membership: z
    .looseObject({ role: word, teamRoles: z.array(z.string()).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/**
 * `GET /v2/teams/{idOrSlug}` with the token that would buy, so that the common mistakes are found before an order is
 * opened. Source: Vercel's page "Get a Team".
 */
export async function preflight(
  team: string,
  { apiUrl, token }: Endpoint,
  ask: (request: Request) => Promise<Reply>,
): Promise<Preflight> {
  const url = pathOf(apiUrl, `/v2/teams/${encodeURIComponent(team)}`);
  return read(await ask({ method: "GET", url, token, timeoutSeconds: LONGEST_CHECK_SECONDS }), team);
}

function read(reply: Reply, team: string): Preflight {
  const name = printable(team, 100);
  if (reply.kind === "unsent") {
    return {
      kind: "stop",
      why: `Vercel can't be reached: ${reply.problem}.`,
      firstDo: "Fix the connection",
    };
  }
  if (reply.kind === "lost") return { kind: "unclear", what: reply.problem };
  const { httpStatus, body } = reply;
  if (httpStatus >= 400 && httpStatus < 500) return readRefusal(reply, name);
  if (httpStatus !== 200) return { kind: "unclear", what: `Vercel answered ${httpStatus}` };
  const parsed = teamSchema.safeParse(jsonOf(body));
  return parsed.success && reply.whole
    ? { kind: "team", name, team: parsed.data }
    : { kind: "unclear", what: "Vercel's answer can't be read" };
}

/** Only what is Vercel's own refusal, by its shape, is taken for one. */
function readRefusal({ httpStatus, body }: { httpStatus: number; body: string }, team: string): Preflight {
  const { code, message } = readAnswer(body).parts.error ?? {};
  const advice = ADVICE[httpStatus];
  if (code === undefined || advice === undefined) {
    return { kind: "unclear", what: `Vercel answered ${httpStatus}` };
  }
  const words = [code, message].filter(Boolean).join(": ").replace(/\.$/, "");
  const { why, firstDo } = advice(team);
  return { kind: "stop", why: `${why} (Vercel answered ${httpStatus}, ${words}).`, firstDo };
}

const TOKENS_PAGE = "https://vercel.com/account/settings/tokens";
const SET_TOKEN = "(vercel:apiToken or VERCEL_API_TOKEN)";

const ADVICE: Record<number, (team: string) => { why: string; firstDo: string }> = {
  401: (team) => ({
    why: "Vercel does not accept the token",
    firstDo:
      `Make a new one on ${TOKENS_PAGE} with access to team ${team} (${settingsPage(team, "/members")} lists its ` +
      `members) and set it ${SET_TOKEN}`,
  }),
  403: (team) => ({
    why: `The token gives no access to team ${team}: it is wrong or expired, or limited to another team, or its member is not in this one`,
    firstDo: `Set a token ${SET_TOKEN} of a member (${settingsPage(team, "/members")}), made on ${TOKENS_PAGE}`,
  }),
  404: (team) => ({
    why: `There is no team ${team}, or the token's member is not in it`,
    firstDo: `Compare the team (argument team, vercel:team or VERCEL_TEAM) with the slug in the address of its dashboard, vercel.com/<slug>, or its id (${settingsPage(team, "")})`,
  }),
};

/** Roles that certainly may not buy; the page names those that may. A role that is new is left to the endpoint. */
const MAY_NOT_BUY = ["VIEWER", "VIEWER_FOR_PLUS", "CONTRIBUTOR"];

/** Plans that certainly don't allow a credit type. */
const NOT_ON: Partial<Record<CreditType, { plan: string; needs: string }>> = {
  agent: { plan: "hobby", needs: "Agent credits need Pro or Enterprise" },
  v0: { plan: "hobby", needs: "v0 credits need a paid plan" },
};

/** Why these credits can't be bought for the team, and what to do first, or undefined where it may go on. */
export function whyNot(
  check: Preflight,
  creditType: CreditType,
): { why: string; firstDo: string } | undefined {
  if (check.kind === "stop") return check;
  if (check.kind === "unclear") return undefined;
  const { name, team } = check;
  const slug = team.slug ?? name;
  const { role, teamRoles = [] } = team.membership ?? {};
  const roles = [role, ...teamRoles].filter((one) => one !== undefined);
  if (roles.length > 0 && roles.every((one) => MAY_NOT_BUY.includes(one.toUpperCase()))) {
    return {
      why: `The token's member has the role ${printable(roles.join(", "))} in team ${name}, which may not buy.`,
      firstDo:
        "Have the role changed to Owner, Member, Developer, Security or Billing, or use the token of someone who " +
        `has one (${settingsPage(slug, "/members")})`,
    };
  }
  const { plan } = team.billing ?? {};
  const not = NOT_ON[creditType];
  if (not !== undefined && plan?.toLowerCase() === not.plan) {
    return {
      why: `${not.needs}, and team ${name} is on the plan ${printable(plan)}.`,
      firstDo: `Change its plan (${settingsPage(slug, "/billing")}), or, if these credits are under another plan, set vercelCredits:preflight to off`,
    };
  }
  return undefined;
}
