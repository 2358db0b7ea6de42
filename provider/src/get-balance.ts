import * as pulumi from "@pulumi/pulumi";
import type { Balance, GatewayBalance, V0Balance } from "./balances/balance";
import { NOTHING_CHARGED } from "./domain/messages";
import { programError } from "./program-error";
import type { BalanceType } from "./settings";

/**
 * The AI Gateway credits that are left, for conditions and outputs.
 *
 * ```ts
 * export const left = getGatewayBalanceOutput().balance; // "95.50"
 * ```
 *
 * It is asked whenever the program runs, so in previews, too, and isn't kept in the state. The key decides whose
 * balance it is: it must be a key of the team that buys. Needs `AI_GATEWAY_API_KEY` in the environment; without it,
 * or where the balance can't be read within 10 seconds, it fails with one line that says so.
 *
 * A purchase that depends on a balance is still declared by the program at every run: a condition that becomes false
 * later removes it from the program, which its protection stops. Prefer an output, or a check before a plan.
 *
 * Source: `GET https://ai-gateway.vercel.sh/v1/credits`, `{"balance","total_used"}`.
 */
export function getGatewayBalance(): Promise<GatewayBalance> {
  return read("gateway", "getGatewayBalance");
}

/** `getGatewayBalance`, as an output. */
export function getGatewayBalanceOutput(): pulumi.Output<GatewayBalance> {
  return pulumi.output(getGatewayBalance());
}

/**
 * The v0 credits that were bought and are left, for conditions and outputs; see `getGatewayBalance`. Needs
 * `V0_API_KEY` in the environment.
 *
 * Source: `GET https://api.v0.dev/v1/user/billing`, `data.onDemand`, best effort: v0 may leave out the blocks.
 */
export function getV0Balance(): Promise<V0Balance> {
  return read("v0", "getV0Balance");
}

/** `getV0Balance`, as an output. */
export function getV0BalanceOutput(): pulumi.Output<V0Balance> {
  return pulumi.output(getV0Balance());
}

async function read<T extends BalanceType>(creditType: T, name: string): Promise<Balance<T>> {
  // Loaded where it is asked for, so that other programs don't pay for the HTTP client.
  const [{ readBalance }, { request }, { BALANCES, Settings }] = await Promise.all([
    import("./balances/balance.js"),
    import("./http/request.js"),
    import("./settings.js"),
  ]);
  try {
    const source = new Settings(configured).balanceSource(creditType);
    if (source === undefined) throw new Error(`set ${BALANCES[creditType].key} in the environment`);
    return await readBalance(creditType, source, request);
  } catch (error) {
    throw programError(`${name}: ${(error as Error).message}. ${NOTHING_CHARGED}`);
  }
}

function configured(key: string): string | undefined {
  const [namespace, name = ""] = key.split(":");
  return new pulumi.Config(namespace).get(name);
}
