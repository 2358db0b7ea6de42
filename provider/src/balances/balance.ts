import Big from "big.js";
import { z } from "zod";
import { printable } from "../domain/messages";
import { jsonOf } from "../http/json";
import type { Reply, Request } from "../http/request";
import { BALANCES, type BalanceSource, type BalanceType } from "../settings";

/** The AI Gateway credits of the team whose key is asked with. Decimal strings, in US dollars. */
export interface GatewayBalance {
  /** What is left. */
  readonly balance: string;
  /** What was used since the beginning. */
  readonly totalUsed: string;
}

/** v0 credits that were bought, as lists and decimal strings, in US dollars. */
export interface V0Balance {
  /** What is left of all that was bought. */
  readonly balance: string;
  /** What was bought, one block for each purchase, as far as v0 tells; absent where it doesn't. */
  readonly blocks?: readonly V0Block[];
}

/** One purchase of v0 credits. */
export interface V0Block {
  /** What was bought: dollars, an exact decimal string. */
  readonly originalBalance: string;
  /** What is left of it: dollars, an exact decimal string. */
  readonly currentBalance: string;
  /** ISO 8601. */
  readonly effectiveDate?: string | undefined;
  /** ISO 8601; v0 credits expire after a year. */
  readonly expirationDate?: string | undefined;
}

export type Balance<T extends BalanceType = BalanceType> = { gateway: GatewayBalance; v0: V0Balance }[T];

/** For people. */
export const BALANCE_NAMES: Record<BalanceType, string> = { gateway: "AI Gateway", v0: "v0" };

/** No money is at stake in it. */
const LONGEST_READ_SECONDS = 10;

/** Money as answered: a plain decimal as it is, another number (`1e3`) written out. */
const decimal = z.union([z.string(), z.number().transform(String)]).transform((text, context) => {
  if (/^-?\d{1,30}(\.\d{1,30})?$/.test(text)) return text;
  if (/^-?\d{1,30}(\.\d{1,30})?e[+-]?\d{1,2}$/i.test(text)) return new Big(text).toFixed();
  context.addIssue({ code: "custom", message: "no amount" });
  return z.NEVER;
});

/** As v0 answers: a number of milliseconds; or a date. */
const date = z
  .union([z.number(), z.string()])
  .pipe(z.coerce.date())
  .transform((value) => value.toISOString())
  .optional()
  .catch(undefined);

const SCHEMAS: { [T in BalanceType]: z.ZodType<Balance<T>> } = {
  /** Source: the AI Gateway's page, `{"balance":"95.50","total_used":"4.50"}`. */
  gateway: z
    .looseObject({ balance: decimal, total_used: decimal })
    .transform(({ balance, total_used }) => ({ balance, totalUsed: total_used })),
  /** Source: the v0 API's page "Get Billing", best effort. */
  v0: z
    .looseObject({
      data: z.looseObject({
        onDemand: z.looseObject({
          balance: decimal,
          blocks: z
            .array(
              z.looseObject({
                originalBalance: decimal,
                currentBalance: decimal,
                effectiveDate: date,
                expirationDate: date,
              }),
            )
            .optional()
            .catch(undefined),
        }),
      }),
    })
    .transform(({ data: { onDemand } }) => ({
      balance: onDemand.balance,
      ...(onDemand.blocks && { blocks: onDemand.blocks.map(asBlock) }),
    })),
};

function asBlock({ originalBalance, currentBalance, effectiveDate, expirationDate }: V0Block): V0Block {
  return {
    originalBalance,
    currentBalance,
    ...(effectiveDate !== undefined && { effectiveDate }),
    ...(expirationDate !== undefined && { expirationDate }),
  };
}

/** Reads a balance. Throws an Error in words where it can't be read. */
export async function readBalance<T extends BalanceType>(
  creditType: T,
  { url, key }: BalanceSource,
  ask: (request: Request) => Promise<Reply>,
): Promise<Balance<T>> {
  const reply = await ask({ method: "GET", url, token: key, timeoutSeconds: LONGEST_READ_SECONDS });
  const cannot = `the ${BALANCE_NAMES[creditType]} balance can't be read`;
  if (reply.kind !== "answer") throw new Error(`${cannot}: ${reply.problem}`);
  if (reply.httpStatus !== 200) {
    const mend = [401, 403].includes(reply.httpStatus)
      ? `; set ${BALANCES[creditType].key} to a key that may`
      : "";
    throw new Error(`${cannot}: ${url.host} answered ${reply.httpStatus}${wordsOf(reply.body)}${mend}`);
  }
  const parsed = reply.whole ? SCHEMAS[creditType].safeParse(jsonOf(reply.body)) : undefined;
  if (parsed?.success) return parsed.data as Balance<T>;
  throw new Error(`${cannot}: ${url.host} answered something else`);
}

const errorSchema = z.looseObject({ error: z.looseObject({ message: z.string() }) });

function wordsOf(body: string): string {
  const error = errorSchema.safeParse(jsonOf(body));
  return error.success ? `, ${printable(error.data.error.message, 200).replace(/\.$/, "")}` : "";
}
