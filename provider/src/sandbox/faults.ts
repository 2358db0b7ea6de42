import { checkoutSession, errorBody, type Order, orbSubscriptionIntent, purchaseIntent } from "./answers";
import type { Charge } from "./ledger";

/** What goes over the wire. */
export interface Wire {
  /** 200 where absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON where it is no string. */
  readonly body?: unknown;
  /** Where the connection is cut: before anything, within the answer's head, or in the middle of its body. */
  readonly cut?: "at once" | "in the head" | "in the body";
  /** The answer waits so long, in milliseconds; `Infinity` never answers. */
  readonly wait?: number;
}

/** What can be said about a fault when it is ordered. */
export interface FaultOptions {
  /** How many of the next requests it is for. Default: 1. */
  readonly times?: number;
  /** For `status` and `answer`: the HTTP status to answer. Default: 500 and 200. */
  readonly status?: number;
  /** For `status` and `answer`: charge first. Default: false. */
  readonly charge?: boolean;
  /** For `answer`: the body, a text as it is, or a value that is sent as JSON. Default: nothing. */
  readonly body?: unknown;
  /** For `answer`: headers besides, or instead of, those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For `status`: Vercel's error code. */
  readonly code?: string;
  /** For `rate-limit`: seconds in Retry-After. Default: 1. */
  readonly retryAfter?: number;
  /** For `slow`: how long the answer waits, in milliseconds. Default: 2000. */
  readonly milliseconds?: number;
}

/** What a fault leaves behind, for the page, which lists them so. */
export const GROUPS = {
  nothing: "Nothing is charged",
  "in doubt": "Charged, and the answer doesn't say so",
  answered: "Charged, and answered otherwise than usual",
  "as told": "Nothing is charged, unless POST /sandbox/next says so",
} as const;

interface Misbehaviour {
  /** For people: the command's help and the page. */
  readonly says: string;
  readonly group: keyof typeof GROUPS;
  readonly charges: boolean;
  /** The option `charge` decides whether it charges. */
  readonly asTold?: true;
  answer(order: Order, charge: Charge | undefined, options: FaultOptions, authorization: string): Wire;
}

const bought = (order: Order, charge: Charge | undefined, status = "succeeded") =>
  purchaseIntent(order, status, charge?.intentId);

function charging(says: string, answer: Misbehaviour["answer"]): Misbehaviour {
  return { says, group: "answered", charges: true, answer };
}

function inDoubt(says: string, answer: Misbehaviour["answer"]): Misbehaviour {
  return { says, group: "in doubt", charges: true, answer };
}

function asTold(says: string, answer: Misbehaviour["answer"]): Misbehaviour {
  return { says, group: "as told", charges: false, asTold: true, answer };
}

function harmless(says: string, answer: Misbehaviour["answer"]): Misbehaviour {
  return { says, group: "nothing", charges: false, answer };
}

/** Every way in which the sandbox can misbehave on a request that it would otherwise have served. */
const faults = {
  decline: harmless("the card is declined (402 payment_failed)", () => ({
    status: 402,
    body: errorBody("payment_failed", "Your card was declined."),
  })),
  "rate-limit": harmless(
    "too many requests (429 with Retry-After)",
    (_order, _charge, { retryAfter = 1 }) => ({
      status: 429,
      headers: { "retry-after": String(retryAfter) },
      body: errorBody("rate_limited", "Too many requests."),
    }),
  ),
  "cut-before-charge": harmless("the connection is cut, nothing is charged", () => ({ cut: "at once" })),
  "cut-after-charge": inDoubt("the connection is cut after the charge", () => ({ cut: "at once" })),
  "cut-in-head": inDoubt("the connection is cut within the answer's head", () => ({ cut: "in the head" })),
  "cut-in-body": inDoubt("the connection is cut in the middle of the answer", (order, charge) => ({
    cut: "in the body",
    body: bought(order, charge),
  })),
  "500-after-charge": inDoubt("500 after the charge", () => ({
    status: 500,
    body: errorBody("internal_server_error", "An unexpected error occurred."),
  })),
  "502-after-charge": inDoubt("502 with HTML after the charge", () => ({
    status: 502,
    body: "<h1>Bad gateway</h1>",
  })),
  "complete-failed": inDoubt("402 purchase_complete_failed, after the charge", () => ({
    status: 402,
    body: errorBody("purchase_complete_failed", "The purchase could not be completed."),
  })),
  status: asTold(
    "any status, with or without a charge",
    (_order, _charge, { status = 500, code = "some_error" }) => ({
      status,
      body: errorBody(code, `The sandbox was told to answer ${status}.`),
    }),
  ),
  answer: asTold(
    "any status, headers and body, with or without a charge",
    (_order, _charge, { status = 200, headers = {}, body = "" }) => ({ status, headers, body }),
  ),
  slow: charging("the answer takes its time", (order, charge, { milliseconds = 2000 }) => ({
    wait: milliseconds,
    body: bought(order, charge),
  })),
  "never-answer": inDoubt("charges, and never answers", () => ({ wait: Number.POSITIVE_INFINITY })),
  redirect: harmless("a redirect to itself (307)", () => ({
    status: 307,
    headers: { location: "/v1/billing/buy" },
  })),
  garbage: inDoubt("200 with HTML", () => ({ body: "<!doctype html><title>Hello</title>" })),
  empty: inDoubt("200 with nothing", () => ({ body: "" })),
  oversized: inDoubt("200 with more than 1 MiB", (order, charge) => ({
    body: { ...bought(order, charge), padding: "x".repeat(1024 * 1024) },
  })),
  pending: charging("an intent that is pending", (order, charge) => ({
    body: bought(order, charge, "pending"),
  })),
  failed: harmless("an intent that failed", (order) => ({ body: purchaseIntent(order, "failed") })),
  checkout: harmless("a checkout session", () => ({ body: checkoutSession() })),
  orb: charging("a subscription intent", (order, charge) => ({
    body: charge && orbSubscriptionIntent(order, charge),
  })),
  "unknown-status": charging("an intent status that is new", (order, charge) => ({
    body: bought(order, charge, "processing"),
  })),
  "unknown-kind": charging("a kind of intent that is new", (order, charge) => ({
    body: { invoiceIntent: bought(order, charge).purchaseIntent },
  })),
  "extra-fields": charging("fields that are new", (order, charge) => ({
    body: { ...bought(order, charge), version: 2, notes: [{ deep: { deeper: null } }] },
  })),
  "missing-optional": charging("nothing but id and status", (_order, charge) => ({
    body: { purchaseIntent: { id: charge?.intentId, status: "succeeded" } },
  })),
  "no-status": charging("an intent without a status", (_order, charge) => ({
    body: { purchaseIntent: { id: charge?.intentId } },
  })),
  "money-as-number": charging("money as JSON numbers", (order, charge) => ({
    body: JSON.stringify(bought(order, charge)).replace(/"total":"([^"]*)"/, '"total":$1'),
  })),
  "escape-sequences": charging("escape sequences in the texts", (order, charge) => {
    const { purchaseIntent: intent } = bought(order, charge);
    const nasty = "\u001b[2J\u001b]0;owned\u0007\u202e\r\n";
    return {
      body: { purchaseIntent: { ...intent, ownerId: `team_${nasty}`, total: `${intent.total}${nasty}` } },
    };
  }),
  "echo-token": harmless("a refusal that repeats the token", (_order, _charge, _options, authorization) => ({
    status: 400,
    headers: { "x-vercel-id": `local1::${authorization}` },
    body: errorBody("bad_request", `No such thing: ${authorization}`),
  })),
} satisfies Record<string, Misbehaviour>;

/** The name of a misbehaviour; the sandbox's page says what each does. */
export type Fault = keyof typeof faults;

export const FAULTS: { readonly [F in Fault]: Misbehaviour } = faults;
