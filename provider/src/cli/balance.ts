import Big from "big.js";
import Table from "cli-table3";
import {
  BALANCE_NAMES,
  type Balance,
  type GatewayBalance,
  readBalance,
  type V0Balance,
} from "../balances/balance";
import { printable } from "../domain/messages";
import { dollarsText } from "../domain/money";
import { request } from "../http/request";
import { BALANCES, type BalanceType, Settings } from "../settings";
import { PLAIN } from "./table";

interface Options {
  readonly json?: boolean;
  /** Dollars. */
  readonly warnBelow?: string;
}

/**
 * `pulumi-vercel-credits balance`: what is left, for each key that is set. Exits with 1 where one can't be read, or is
 * below what `--warn-below` names.
 */
export async function balance({ json, warnBelow }: Options): Promise<void> {
  const least = warnBelow === undefined ? undefined : dollarsOf(warnBelow);
  const settings = new Settings(() => undefined);
  const read: Partial<Record<BalanceType, Balance>> = {};
  const types = Object.keys(BALANCES) as BalanceType[];
  const sources = types
    .map((creditType) => settings.balanceSource(creditType))
    .filter((one) => one !== undefined);
  if (sources.length === 0) {
    throw new Error(
      "set AI_GATEWAY_API_KEY or V0_API_KEY to read its balance; Agent credits have none to read",
    );
  }
  const warn = (what: string) => {
    console.error(`pulumi-vercel-credits: ${what}`);
    process.exitCode = 1;
  };
  // How a pipeline passes a secret that it doesn't have: nothing is known of that balance.
  const empty = types.filter((creditType) => process.env[BALANCES[creditType].key]?.trim() === "");
  for (const creditType of least === undefined ? [] : empty) {
    warn(
      `the ${BALANCE_NAMES[creditType]} balance can't be read: ${BALANCES[creditType].key} is set, and empty`,
    );
  }
  for (const source of sources) {
    const { creditType } = source;
    try {
      const one = await readBalance(creditType, source, request);
      read[creditType] = one;
      if (least !== undefined && new Big(one.balance).lt(least)) {
        const left = dollarsText(one.balance);
        warn(`the ${BALANCE_NAMES[creditType]} balance is ${left}, below ${dollarsText(least)}`);
      }
    } catch (error) {
      warn((error as Error).message);
    }
  }
  if (json) return console.log(JSON.stringify(read, undefined, 2));
  const table = new Table({ head: ["credits", "left", ""], ...PLAIN, colAligns: ["left", "right", "left"] });
  for (const [creditType, one] of Object.entries(read) as [BalanceType, Balance][]) {
    table.push([BALANCE_NAMES[creditType], dollarsText(one.balance), detailOf(one)]);
  }
  if (table.length > 0) console.log(table.toString());
  if (settings.sandbox !== undefined)
    console.log(`Read from the sandbox ${settings.sandbox}, not from Vercel.`);
}

function dollarsOf(text: string): string {
  if (/^\d{1,12}(\.\d{1,6})?$/.test(text)) return text;
  throw new Error(`--warn-below ${printable(text, 100)} is not an amount in dollars, such as 20`);
}

function detailOf(one: Balance): string {
  if ("totalUsed" in one) return `${dollarsText((one as GatewayBalance).totalUsed)} used so far`;
  const { blocks } = one as V0Balance;
  return blocks === undefined ? "" : `${blocks.length} bought`;
}
