/** The engine's word for what is known only during the update. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the state has of one resource. */
export interface Resource {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** It was kept although its create or update failed: the next update calls `update`, whatever `diff` says. */
  readonly initErrors?: true;
}

export type Properties = Record<string, unknown>;
export type Half = "order" | "purchase";

/** The calls of one update to the provider of a resource. Whoever makes one says what becomes of its failure: by throwing. */
export interface Calls {
  /** What is to be kept as its inputs. */
  check(half: Half, olds: Properties, goal: Properties): Promise<Properties>;
  /** Whether it is to be updated. */
  diff(half: Half, old: Resource, inputs: Properties): Promise<boolean>;
  /** As it is kept, also where it failed. */
  create(half: Half, inputs: Properties): Promise<Resource>;
  update(half: Half, old: Resource, inputs: Properties): Promise<Resource>;
}

export interface Judged {
  readonly inputs: Properties;
  readonly operation: Operation;
}

export type Operation = "created" | "updated" | "unchanged";

/** What the engine would do with a resource that a program declares: the judging half of a step, and all of a preview's. */
export async function judge(
  calls: Calls,
  half: Half,
  old: Resource | undefined,
  goal: Properties,
): Promise<Judged> {
  const inputs = await calls.check(half, old?.inputs ?? {}, goal);
  if (old === undefined) return { inputs, operation: "created" };
  const changes = await calls.diff(half, old, inputs);
  return { inputs, operation: changes || old.initErrors ? "updated" : "unchanged" };
}

/** The other half: create, update, or only the new inputs. */
export async function carryOut(
  calls: Calls,
  half: Half,
  old: Resource | undefined,
  { inputs, operation }: Judged,
): Promise<Resource> {
  if (old === undefined) return calls.create(half, inputs);
  return operation === "updated" ? calls.update(half, old, inputs) : { ...old, inputs };
}
