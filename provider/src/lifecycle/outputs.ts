import { present } from "../domain/objects";
import { MEANING, type Outcome, statusOf } from "../domain/outcome";
import type { Result } from "../domain/result";
import { reasonOf, type WordingContext } from "../domain/wording";
import { type OrderReference, sandboxOfOrder } from "../state/order-reference";
import type { PurchaseRecord } from "../state/purchase-record";
import type { KnownArguments, PurchaseState } from "../state/purchase-state";
import { type Declaration, knownOr, type Properties, repeated } from "./inputs";
import { asJson } from "./partial-failure";

/** What goes on record of one order. */
export interface Entry {
  readonly order: OrderReference;
  readonly result: Pick<Result, "status" | "receipt" | "cause"> & { readonly outcome: Outcome };
  /** What was ordered, where that is not what the program says now. */
  readonly ordered?: KnownArguments | undefined;
  readonly record?: Partial<PurchaseRecord> | undefined;
  readonly reason?: string | undefined;
}

/** The outputs of a purchase: every argument as it was used, what came of it, and what later rules need. */
export function outputsOf(
  declaration: Declaration,
  news: Properties,
  olds: Properties | undefined,
  { order, result, ordered, record, reason }: Entry,
): Properties {
  const { outcome, status, receipt, cause } = result;
  const { team: _team, ...inputs } = repeated(news);
  const team = ordered === undefined ? knownOr(declaration.arguments.team) : ordered.team;
  const { creditType, amount, attempt } = ordered ?? {};
  return asJson({
    ...inputs,
    ...present({ team, creditType, amount, attempt }),
    ...receipt,
    ...present({ sandbox: sandboxOfOrder(order) }),
    orderId: order.orderId,
    outcome,
    status: statusOf(outcome, status),
    ...(reason !== undefined && { reason }),
    ...earlierAttempts(olds, order.orderId),
    __record: {
      order,
      ...(cause && { cause }),
      ...(declaration.teamIsDefault && { teamIsDefault: true }),
      ...record,
    },
  });
}

/** What the attempts before this one learned, without their whole answers. Kept, but not shown. */
function earlierAttempts(olds: Properties | undefined, orderId: string): Properties {
  if (olds === undefined) return {};
  const { __earlierAttempts, __provider, __label, __journal, __resource, answer, summary, source, ...last } =
    olds;
  const earlier = Array.isArray(__earlierAttempts) ? __earlierAttempts : [];
  if (olds.orderId === orderId) return earlier.length > 0 ? { __earlierAttempts: earlier } : {};
  return { __earlierAttempts: [...earlier, last] };
}

/** What the words about a purchase need to know of it. */
export function contextOf(
  args: KnownArguments,
  when: WordingContext["when"],
  isJournaled: boolean,
  sandbox?: string,
): WordingContext {
  return {
    team: args.team,
    attempt: args.attempt ?? 1,
    creditType: args.creditType as WordingContext["creditType"],
    amount: args.amount ?? 0,
    when,
    journaled: isJournaled,
    sandbox,
  };
}

/** What a purchase that is on record says each time, where `pulumi up` fails with it. */
export function standingReason(state: PurchaseState, isUnjournaled = false): string | undefined {
  const { outcome, receipt, cause, order } = state;
  if (MEANING[outcome].up === "succeeds" || outcome === "adopted" || outcome === "withdrawn")
    return undefined;
  return reasonOf(
    { outcome, receipt, cause },
    contextOf(state.arguments, "later", order?.journal !== undefined && !isUnjournaled, state.sandbox),
  );
}
