import { MEANING, type Outcome } from "../domain/outcome";
import { partsOfUrn } from "../domain/urn";
import { type PurchaseState, readPurchase } from "../state/purchase-state";
import { isUnknown, type Preview, type Step } from "./preview";

/** What a merge would do with one purchase, the dangerous ones first. */
export const KINDS = [
  "buy again",
  "buy",
  "may buy",
  "unresolved",
  "refused",
  "forget",
  "adopt",
  "withdraw",
  "recover",
] as const;
/**
 * - `buy`, `buy again`: a request is sent.
 * - `may buy`: the journal decides that in the update, and the preview could not read it.
 * - `unresolved`, `refused`: `pulumi up` is known to fail, and nothing is bought; a person has to settle it.
 * - `recover`: the journal has its outcome, which is recorded.
 */
export type Kind = (typeof KINDS)[number];

export interface Operation {
  readonly kind: Kind;
  /** The purchase's name in the program. */
  readonly resource: string;
  readonly team: string | undefined;
  readonly creditType: string | undefined;
  /** Whole US dollars; undefined where the preview doesn't know, or hides it. */
  readonly amount: number | undefined;
  /** The address, where it is one of this machine: no money moves there. */
  readonly sandbox: string | undefined;
  /** For `buy again`: the attempt. For the others: what is on record. */
  readonly note: string | undefined;
}

export const charges = ({ kind }: Operation) => kind === "buy" || kind === "buy again";
export const mayCharge = ({ kind }: Operation) => kind === "may buy";
const charging = (kind: Kind) => kind === "buy" || kind === "buy again" || kind === "may buy";
export const fails = ({ kind }: Operation) => kind === "unresolved" || kind === "refused";

/** What the stack has bought already, as far as the preview lists it. */
export interface Bought {
  readonly purchases: number;
  /** Of those whose amount the preview shows. */
  readonly dollars: bigint;
  /** How many have an amount that is secret, so that it is not in the sum. */
  readonly hidden: number;
  /** How many were made at an address of this machine. They are not among the others. */
  readonly atSandbox: number;
  /** True where unchanged resources were left out, so that there may be more. */
  readonly isPartial: boolean;
}

const TYPE = "::pulumi-nodejs:dynamic/vercel:CreditPurchase::";

/** By what our own provider is found, under whatever type a program may have put it. */
const PROVIDER = /pulumi-vercel-credits\/lifecycle"\)\.purchase\b/;

const isPurchase = ({ urn, olds, news }: Step) =>
  urn.includes(TYPE) ||
  urn.includes(`$${TYPE.slice(2)}`) ||
  [olds, news].some((state) => PROVIDER.test(`${state?.inputs?.__provider}`));

export function operationsOf(preview: Preview): Operation[] {
  return stepOfEach(preview)
    .flatMap((step) => operationOf(step) ?? [])
    .toSorted(
      (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.resource.localeCompare(b.resource, "en"),
    );
}

/**
 * The step of each purchase that says what happens to it. A replacement is one step of a document and three of a stream;
 * and a record that an earlier replacement left behind is deleted beside the live one, whatever happens to that.
 */
function stepOfEach({ steps }: Preview): Step[] {
  const ofEach = Map.groupBy(steps.filter(isPurchase), ({ urn }) => urn);
  return [...ofEach.values()].flatMap(
    (ofOne) => ofOne.toSorted((a, b) => rankOf(a) - rankOf(b)).at(-1) ?? [],
  );
}

/** The step that says most has the highest rank. */
function rankOf(step: Step): number {
  if (isDelete(step)) return 0;
  if (isRead(step)) return 1;
  return RANKS[step.op] ?? 3;
}

const RANKS: Record<string, number> = { same: 2, replace: 4, "create-replacement": 5 };

const isDelete = ({ op }: Step) =>
  op.startsWith("delete") || op.startsWith("discard") || op === "remove-pending-replace";

const isRead = ({ op }: Step) => op === "refresh" || op.startsWith("read");

function operationOf(step: Step): Operation | undefined {
  const { olds, news } = step;
  const before = olds && readPurchase(olds.outputs ?? {});
  const kind = kindOf(step, before);
  if (kind === undefined) return undefined;
  const inputs = (isDelete(step) ? (olds?.outputs ?? olds?.inputs) : news?.inputs) ?? {};
  const { amount, team, creditType } = inputs;
  return {
    kind,
    resource: partsOfUrn(step.urn).name,
    team: shown(team),
    creditType: shown(creditType),
    amount: typeof amount === "number" && Number.isSafeInteger(amount) && amount > 0 ? amount : undefined,
    note: noteOf(kind, inputs, before && recordOf(before)),
    sandbox: charging(kind) ? shown(inputs.__sandbox) : before?.sandbox,
  };
}

function shown(value: unknown): string | undefined {
  if (isUnknown(value)) return "(not known yet)";
  return typeof value === "string" ? value : undefined;
}

function noteOf(kind: Kind, inputs: Record<string, unknown>, record: string | undefined): string | undefined {
  if (kind === "adopt") return shown(inputs.adopt);
  if (kind !== "buy again") return record;
  const attempt = typeof inputs.attempt === "number" ? inputs.attempt : "not known yet";
  return `attempt ${attempt}${record === undefined ? "" : `, on record: ${record}`}`;
}

/** What is on record, for people: Vercel's word where it says the same as the outcome, else both. */
function recordOf({ outcome, altered, status, receipt }: PurchaseState): string {
  if (altered !== undefined) return `the record was altered: ${altered}`;
  const saysTheSame = status === outcome || (status === "succeeded" && outcome === "bought");
  const word = saysTheSame || status === undefined ? (status ?? outcome) : `${outcome} (status: ${status})`;
  return [word, receipt.intentId].filter((part) => part !== undefined).join(" ");
}

/** By the outcome on record, whether an order is opened, and what the provider found in the journal; by nothing else. */
function kindOf(step: Step, before: PurchaseState | undefined): Kind | undefined {
  if (isRead(step)) return undefined;
  const inOrder = before === undefined || (before.altered === undefined && succeeds(before.outcome));
  if (step.op === "same") return inOrder ? undefined : whatFails(before);
  if (before?.altered !== undefined) return "unresolved";
  if (isDelete(step))
    return before && MEANING[before.outcome].destroy === "forgets" ? "forget" : "unresolved";
  const inputs = step.news?.inputs;
  if (!inputs) return "unresolved";
  if (inputs.__forecast === "fails") return "unresolved";
  if (inputs.__forecast === "records") return "recover";
  if (isKnownText(inputs.adopt)) return "adopt";
  if (inputs.withdraw === true) return "withdraw";
  if (!isOrderId(inputs.orderId)) return ofNewOrder(inputs, before);
  // Under an order of an earlier run: what the journal couldn't tell the preview, it may tell the update.
  const isCreated = before === undefined || step.op !== "update";
  if (isCreated || inputs.__forecast !== undefined) return "may buy";
  const isOfRecord = [before.order?.orderId, step.olds?.outputs?.orderId].includes(inputs.orderId as string);
  return isOfRecord ? ofKeptOrder(inputs, before) : ofLaterOrder(inputs, before);
}

/** The order's id is not known exactly where an order will be opened, and so a request can be sent. */
function ofNewOrder(inputs: Record<string, unknown>, before: PurchaseState | undefined): Kind {
  if (before === undefined) return inputs.attempt === 1 ? "buy" : "buy again";
  if (!mayBeSent(inputs, before)) return "unresolved";
  const isFirst = !isRaised(inputs, before) && before.earlierAttempts.length === 0;
  return isFirst ? "buy" : "buy again";
}

/** The order was opened after the outcome on record, by a run that did not come to its end. */
function ofLaterOrder(inputs: Record<string, unknown>, before: PurchaseState): Kind {
  return mayBeSent(inputs, before) ? "may buy" : "unresolved";
}

/** The order is the one that the outcome on record belongs to. */
function ofKeptOrder(inputs: Record<string, unknown>, before: PurchaseState): Kind | undefined {
  if (before.outcome === "notSent") return "may buy";
  if (!succeeds(before.outcome)) return whatFails(before);
  // A higher attempt without a new order: something stops it.
  return isRaised(inputs, before) ? "unresolved" : undefined;
}

/** Whether the outcome on record, or a person's word about it, allows another request. */
function mayBeSent(inputs: Record<string, unknown>, before: PurchaseState): boolean {
  const { anotherRequest } = MEANING[before.outcome];
  if (anotherRequest === "never") return false;
  return anotherRequest === "by itself" || isRaised(inputs, before);
}

/** An attempt that isn't known, or is secret, may turn out to be higher. */
function isRaised({ attempt }: Record<string, unknown>, before: PurchaseState): boolean {
  return typeof attempt !== "number" || attempt > (before.arguments.attempt ?? 1);
}

function succeeds(outcome: Outcome): boolean {
  return MEANING[outcome].up === "succeeds";
}

/** What can still charge is not forgotten, and is unresolved; the rest did not buy. */
function whatFails({ outcome }: PurchaseState): Kind {
  return MEANING[outcome].destroy === "refuses" ? "unresolved" : "refused";
}

/** Pulumi masks a secret, so that what isn't known yet looks the same as what is. */
const SECRET = "[secret]";

function isKnownText(value: unknown): boolean {
  return typeof value === "string" && !isUnknown(value) && value !== SECRET;
}

function isOrderId(value: unknown): boolean {
  return typeof value === "string" && value.startsWith("order_");
}

/** Purchases made with this stack and still on record. Adopted ones were charged elsewhere, and aren't counted. */
export function boughtAlready(preview: Preview): Bought {
  const all = stepOfEach(preview)
    .map(({ olds }) => readPurchase(olds?.outputs ?? {}))
    .filter(({ outcome }) => MEANING[outcome].receipts === "total");
  const made = all.filter(({ sandbox }) => sandbox === undefined);
  const amounts = made.map(({ arguments: { amount } }) => amount).filter((amount) => isWhole(amount));
  return {
    purchases: made.length,
    dollars: amounts.reduce((sum, amount) => sum + BigInt(amount), 0n),
    hidden: made.length - amounts.length,
    atSandbox: all.length - made.length,
    isPartial: preview.leftOut > 0,
  };
}

function isWhole(amount: number | undefined): amount is number {
  return amount !== undefined && Number.isSafeInteger(amount);
}
