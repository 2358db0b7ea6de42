import Table from "cli-table3";
import {
  BALANCE_NAMES,
  type Balance,
  type GatewayBalance,
  readBalance,
  type V0Balance,
} from "../balances/balance";
import { dollarsText } from "../domain/money";
import { request } from "../http/request";
import { BALANCES, type BalanceType, Settings } from "../settings";
import { PLAIN } from "./table";

/** `pulumi-vercel-credits balance`: what is left, for each key that is set. Exits with 1 where one can't be read. */
export async function balance({ json }: { readonly json?: boolean }): Promise<void> {
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
  for (const source of sources) {
    try {
      read[source.creditType] = await readBalance(source.creditType, source, request);
    } catch (error) {
      console.error(`pulumi-vercel-credits: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
  if (json) return console.log(JSON.stringify(read, undefined, 2));
  const table = new Table({ head: ["credits", "left", ""], ...PLAIN, colAligns: ["left", "right", "left"] });
  for (const [creditType, one] of Object.entries(read) as [BalanceType, Balance][]) {
    table.push([BALANCE_NAMES[creditType], dollarsText(one.balance), detailOf(one)]);
  }
  if (table.length > 0) console.log(table.toString());
}

function detailOf(one: Balance): string {
  if ("totalUsed" in one) return `${dollarsText((one as GatewayBalance).totalUsed)} used so far`;
  const { blocks } = one as V0Balance;
  return blocks === undefined ? "" : `${blocks.length} bought`;
}
