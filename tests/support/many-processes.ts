import type { Sandbox } from "pulumi-vercel-credits/sandbox";
import { declared, type ProviderProcess, type Result, resource } from "./provider-process";
import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED } from "./sentences";

/** A purchase that is the same one in every process. */
export const ARGUMENTS = declared({ amount: 1, __resource: resource("credits") });

/** The first half of a purchase, as an update does it. */
export async function opened(provider: ProviderProcess, args = ARGUMENTS): Promise<Result> {
  const order = await provider.create("order", args);
  expect(order.error).toBeUndefined();
  return order;
}

/** The second half. */
export function buyUnder(
  provider: ProviderProcess,
  { properties }: Result,
  args = ARGUMENTS,
): Promise<Result> {
  return provider.create("purchase", {
    ...args,
    orderId: properties?.orderId,
    __journal: properties?.__journal,
  });
}

/** As the engine does it in a later update: the order first, and then the purchase, which is not on record. */
export async function recover(provider: ProviderProcess, order: Result, args = ARGUMENTS): Promise<Result> {
  const updated = await provider.update("order", order.id ?? "", order.properties ?? {}, args);
  return updated.error === undefined ? buyUnder(provider, updated, args) : updated;
}

type Start = () => Promise<ProviderProcess>;

/** Processes that share nothing but the journal, as on many machines with one store. */
export async function startMany(count: number, start: Start): Promise<ProviderProcess[]> {
  const processes: ProviderProcess[] = [];
  // Two at a time, because a machine with few cores starts no more.
  while (processes.length < count) processes.push(...(await Promise.all([start(), start()])));
  return processes;
}

/** At most one of them sends, and the others say which. */
export async function reachOneOrderAtOnce(count: number, sandbox: Sandbox, start: Start): Promise<void> {
  const first = await start();
  const order = await opened(first);
  const refusedArgs = { ...ARGUMENTS, __resource: resource("refused") };
  const refusedOrder = await opened(first, refusedArgs);
  sandbox.misbehave("decline");
  expect(await buyUnder(first, refusedOrder, refusedArgs)).toMatchObject({
    properties: { outcome: "refused" },
  });
  await first.stop();
  const processes = await startMany(count, start);
  const inAll = (act: (provider: ProviderProcess) => Promise<Result>) => Promise.all(processes.map(act));

  // It was never sent, so it goes on by itself.
  sandbox.misbehave("slow", { milliseconds: 500 });
  const results = await inAll((provider) => recover(provider, order));
  expect(sandbox.requests()).toHaveLength(2);
  const [charge] = sandbox.charges();
  const bought = results.filter(({ error }) => error === undefined);
  expect(bought).toMatchObject([{ properties: { outcome: "bought", intentId: charge?.intentId } }]);
  const winner = bought[0]?.properties?.orderId;
  for (const { error } of results.filter((result) => !bought.includes(result))) {
    expect(error).toContain(`${winner}`);
    expect([MAYBE_CHARGED, CHARGED].filter((sentence) => error?.includes(sentence))).toHaveLength(1);
  }

  // It was refused, so only a person's word sends another.
  const recorded = await inAll((provider) => recover(provider, refusedOrder, refusedArgs));
  expect(sandbox.requests()).toHaveLength(2);
  expect(new Set(recorded.map(({ properties }) => properties?.outcome))).toEqual(new Set(["refused"]));
  for (const { error } of recorded) expect(error).toContain(NOTHING_CHARGED);

  const again = await inAll((provider) => recover(provider, refusedOrder, { ...refusedArgs, attempt: 2 }));
  expect(sandbox.requests()).toHaveLength(3);
  expect(again.filter(({ properties }) => properties?.outcome === "bought")).toHaveLength(1);
}
