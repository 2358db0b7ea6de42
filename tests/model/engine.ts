import type { Inputs } from "../../provider/src/lifecycle/inputs";
import { orderProvider } from "../../provider/src/lifecycle/order";
import { purchaseProvider } from "../../provider/src/lifecycle/purchase";
import { Interrupted, type ProviderProcess } from "./machine";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Resource {
  readonly id: string;
  readonly inputs: Inputs;
  readonly outputs: Inputs;
  /** It was kept although its create or update failed: the next update calls `update`, whatever `diff` says. */
  readonly initErrors?: true;
}

/** A stack's state, and the program that belongs to it. */
export interface Stack {
  program: { creditType: string; amount: number; attempt: number; adopt?: string };
  order?: Resource | undefined;
  purchase?: Resource | undefined;
  /** The purchase is to be replaced by the next update. */
  tainted: boolean;
  /** Purchases that were replaced, and are to be deleted. */
  replaced: Resource[];
}

export interface Command {
  readonly journal: string;
  /** `--replace` of the purchase. */
  readonly replace?: boolean;
  /** An error hook asks for one more call of a failed create or update. */
  readonly again?: boolean;
  /** Another resource fails after the order was filed, and the purchase is never started. */
  readonly stopsBetween?: boolean;
}

export interface Watcher {
  /** Called right before the purchase is created or updated, with the order it stands under. */
  buying(orderId: string): void;
  /** Called right before the order is opened anew. */
  reopening(olds: Inputs, news: Inputs): void;
  /** Called right before another record takes the place of a purchase's. */
  recording(before: Resource, after: Resource): void;
}

/** The rest of a command is not run: a resource failed. */
class Failed extends Error {}

/** `pulumi preview`. True where it succeeded. */
export const preview = (stack: Stack, process: ProviderProcess, command: Command) =>
  ends(async () => {
    await configure(process, command);
    await previewPurchase(stack, process, command, await previewOrder(stack, process));
  });

/** The update of `pulumi up`. True where it succeeded. */
export const update = (stack: Stack, process: ProviderProcess, command: Command, watcher: Watcher) =>
  ends(async () => {
    await configure(process, command);
    const order = await updateOrder(stack, process, watcher);
    if (command.stopsBetween) throw new Failed();
    await updatePurchase(stack, process, command, watcher, order);
    await deleteReplaced(stack, process);
  });

/** `pulumi destroy` of the purchase and its order, unprotected. True where it succeeded. */
export const destroy = (stack: Stack, process: ProviderProcess, command: Command) =>
  ends(async () => {
    await configure(process, command);
    await deleteReplaced(stack, process);
    const { purchase } = stack;
    if (purchase) await process.call(() => deletePurchase(process, purchase));
    await process.save(() => {
      stack.purchase = undefined;
    });
    await process.save(() => {
      stack.order = undefined;
    });
  });

async function ends(command: () => Promise<void>): Promise<boolean> {
  try {
    await command();
    return true;
  } catch (error) {
    if (error instanceof Failed || error instanceof Interrupted) return false;
    throw error;
  }
}

function configure(process: ProviderProcess, { journal }: Command): Promise<void> {
  const get = (key: string) => (key === "vercelCredits:journal" ? journal : undefined);
  return process.call(() => process.run.configure({ config: { get, require: (key) => get(key) ?? "" } }));
}

type Provider = ReturnType<typeof orderProvider>;

async function check(provider: Provider, process: ProviderProcess, olds: Inputs, news: Inputs) {
  const checked = await judged(process, async () => provider.check?.(olds, news));
  if (checked === undefined || checked.failures?.length) throw new Failed();
  return checked.inputs as Inputs;
}

async function changes(provider: Provider, process: ProviderProcess, old: Resource, news: Inputs) {
  return (await judged(process, async () => provider.diff?.(old.id, old.outputs, news)))?.changes === true;
}

/** A call whose failure fails the resource and keeps nothing. */
async function judged<T>(process: ProviderProcess, method: () => Promise<T>): Promise<T> {
  try {
    return await process.call(method);
  } catch (error) {
    throw asFailure(error);
  }
}

function asFailure(error: unknown): Error {
  if (error instanceof Interrupted) return error;
  // A message to a person holds one of the three sentences about money; anything else is a fault of the code.
  if (error instanceof Error && /charged\./.test(error.message)) return new Failed(error.message);
  return new Error("not an error for a person", { cause: error });
}

function programOf({ program }: Stack, isPreview: boolean): Inputs {
  return { ...program, __label: "top-up", ...(isPreview && { __preview: true }) };
}

async function previewOrder(stack: Stack, process: ProviderProcess): Promise<Inputs> {
  const orders = orderProvider(process.run);
  const { order } = stack;
  const news = await check(orders, process, order?.inputs ?? {}, programOf(stack, true));
  const opens = order === undefined || (await changes(orders, process, order, news));
  return opens ? ({ orderId: UNKNOWN, __journal: UNKNOWN } as unknown as Inputs) : order.outputs;
}

async function updateOrder(stack: Stack, process: ProviderProcess, watcher: Watcher): Promise<Inputs> {
  const orders = orderProvider(process.run);
  const { order } = stack;
  const inputs = await check(orders, process, order?.inputs ?? {}, programOf(stack, false));
  let next: Resource;
  if (order === undefined) {
    const { id, outs } = await judged(process, () => orders.create(inputs));
    next = { id: id as string, inputs, outputs: outs as Inputs };
  } else if (await changes(orders, process, order, inputs)) {
    watcher.reopening(order.outputs, inputs);
    const updated = await judged(process, async () => orders.update?.(order.id, order.outputs, inputs));
    next = { id: order.id, inputs, outputs: updated?.outs as Inputs };
  } else {
    next = { ...order, inputs };
  }
  await process.save(() => {
    stack.order = next;
  });
  return next.outputs;
}

async function previewPurchase(stack: Stack, process: ProviderProcess, command: Command, order: Inputs) {
  const purchases = purchaseProvider(process.run);
  const old = replaces(stack, command) ? undefined : stack.purchase;
  const news = await check(purchases, process, old?.inputs ?? {}, underOrder(stack, order, true));
  if (old) await changes(purchases, process, old, news);
}

async function updatePurchase(
  stack: Stack,
  process: ProviderProcess,
  command: Command,
  watcher: Watcher,
  order: Inputs,
) {
  const purchases = purchaseProvider(process.run);
  const replaced = replaces(stack, command) ? stack.purchase : undefined;
  const old = replaced ? undefined : stack.purchase;
  const inputs = await check(purchases, process, old?.inputs ?? {}, underOrder(stack, order, false));
  if (old && !(await changes(purchases, process, old, inputs)) && !old.initErrors) {
    await process.save(() => {
      stack.purchase = { ...old, inputs };
    });
    return;
  }
  watcher.buying(inputs.orderId as string);
  const next = await kept(process, command, inputs, async () => {
    if (old === undefined) return await purchases.create(inputs);
    return { id: old.id, outs: (await purchases.update?.(old.id, old.outputs, inputs))?.outs };
  });
  const before = old ?? replaced;
  if (before) watcher.recording(before, next);
  await process.save(() => {
    if (replaced) stack.replaced.push(replaced);
    stack.purchase = next;
    stack.tainted = false;
  });
  if (next.initErrors) throw new Failed();
}

function underOrder(stack: Stack, { orderId, __journal }: Inputs, isPreview: boolean): Inputs {
  const goal = { ...programOf(stack, isPreview), orderId, __journal };
  return JSON.parse(JSON.stringify(goal));
}

function replaces({ purchase, tainted }: Stack, { replace }: Command): boolean {
  return purchase !== undefined && (tainted || replace === true);
}

/** A create or update as it is kept: whole, or as a partial failure; a plain error keeps nothing. */
async function kept(
  process: ProviderProcess,
  { again }: Command,
  inputs: Inputs,
  method: () => Promise<{ id: string; outs?: Inputs | undefined }>,
): Promise<Resource> {
  for (let calls = 1; ; calls++) {
    try {
      const { id, outs } = await process.call(method);
      return { id, inputs, outputs: outs as Inputs };
    } catch (error) {
      if (again && calls === 1 && !(error instanceof Interrupted)) continue;
      const { id, properties } = error as { id?: string; properties?: Inputs };
      if (id === undefined) throw asFailure(error);
      return { id, inputs, outputs: JSON.parse(JSON.stringify(properties)), initErrors: true };
    }
  }
}

async function deleteReplaced(stack: Stack, process: ProviderProcess) {
  for (const purchase of [...stack.replaced]) {
    await judged(process, () => deletePurchase(process, purchase));
    await process.save(() => {
      stack.replaced = stack.replaced.filter((other) => other !== purchase);
    });
  }
}

async function deletePurchase(process: ProviderProcess, { id, outputs }: Resource): Promise<void> {
  await purchaseProvider(process.run).delete?.(id, outputs);
}
