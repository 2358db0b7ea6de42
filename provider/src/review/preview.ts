import { z } from "zod";
import { type MonthBudget, readMonthLine } from "../domain/month-budget";
import { partsOfUrn } from "../domain/urn";

/** One resource of a preview, as far as it is looked at here. */
export interface Step {
  /** What the engine would do: `create`, `update`, `same`, `delete`, `create-replacement`, ... */
  readonly op: string;
  readonly urn: string;
  readonly olds: State | undefined;
  readonly news: State | undefined;
}

type State = z.infer<typeof stateSchema>;

/** What Pulumi shows for a value that is known only during the update. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** Which stack a preview is of. Empty where it doesn't say: without changes it lists no step, unless asked to with --show-sames. */
export interface StackName {
  readonly project: string;
  readonly stack: string;
}

export interface Preview extends StackName {
  readonly steps: readonly Step[];
  /** The stack's configuration, as far as the preview tells it; secrets are masked by Pulumi. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What the preview says of the month's budget. */
  readonly months: readonly MonthBudget[];
  /** How many unchanged resources were left out (`pulumi preview --json` lists them only with `--show-sames`). */
  readonly leftOut: number;
}

/** What was read is no complete preview, so nothing can be said about money. */
export class Unusable extends Error {
  /** What failed, in Pulumi's words, where it says so. */
  constructor(
    message: string,
    readonly problems: readonly string[] = [],
    readonly of?: StackName,
  ) {
    super(message);
  }
}

const values = z.record(z.string(), z.unknown()).nullish();
const stateSchema = z.object({ inputs: values, outputs: values });
const state = stateSchema.nullish().transform((value) => value ?? undefined);

const digestSchema = z.object({
  config: values,
  steps: z.array(z.object({ op: z.string(), urn: z.string(), oldState: state, newState: state })),
  diagnostics: z.array(z.object({ message: z.string(), severity: z.string() })).nullish(),
  changeSummary: z.record(z.string(), z.number()).nullish(),
  maybeCorrupt: z.boolean().nullish(),
});

/** The events that matter, of those in a stream; each line has one. */
const eventSchema = z.object({
  preludeEvent: z.object({ config: values }).optional(),
  resourcePreEvent: z
    .object({ metadata: z.object({ op: z.string(), urn: z.string(), old: state, new: state }) })
    .optional(),
  diagnosticEvent: z.object({ message: z.string(), severity: z.string() }).optional(),
  policyEvent: z
    .object({
      message: z.string(),
      policyName: z.string().nullish(),
      policyPackName: z.string().nullish(),
      enforcementLevel: z.string().nullish(),
    })
    .optional(),
  summaryEvent: z
    .object({
      maybeCorrupt: z.boolean().nullish(),
      isPreview: z.boolean().nullish(),
      result: z.string().nullish(),
      resourceChanges: z.record(z.string(), z.number()).nullish(),
    })
    .optional(),
});

/** Reads what `pulumi preview --json` printed, or a stream of engine events, one JSON object a line. */
export function readPreview(text: string): Preview {
  const trimmed = text.trim();
  if (trimmed === "")
    throw new Unusable(
      "it is empty: Pulumi printed no preview, and said why elsewhere, such as in the job's log",
    );
  const digest = parseJson(trimmed);
  if (digest !== undefined && typeof digest === "object" && digest !== null && "steps" in digest)
    return readDigest(digest);
  return readStream(trimmed);
}

function readDigest(json: unknown): Preview {
  const digest = checked(digestSchema, json);
  const of = stackOf(digest.steps);
  refuseErrors(digest.diagnostics ?? [], [], of);
  if (digest.maybeCorrupt) throw new Unusable("Pulumi says that it may be corrupt", [], of);
  if (!digest.changeSummary)
    throw new Unusable("it has no summary of changes, so it did not come to its end", [], of);
  const steps = digest.steps.map(({ op, urn, oldState, newState }) => ({
    op,
    urn,
    olds: oldState,
    news: newState,
  }));
  const months = monthsIn(digest.diagnostics ?? []);
  return complete({ ...of, steps, config: digest.config ?? {}, months }, digest.changeSummary);
}

function readStream(text: string): Preview {
  const events = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, i) => {
      const json = parseJson(line);
      if (json === undefined) throw new Unusable(whyNoEvent(text, i));
      return checked(eventSchema, json);
    });
  const summary = events.findLast(({ summaryEvent }) => summaryEvent)?.summaryEvent;
  const diagnostics = events.flatMap(({ diagnosticEvent }) => diagnosticEvent ?? []);
  const metadata = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);
  const of = stackOf(metadata);
  refuseErrors(
    diagnostics,
    events.flatMap(({ policyEvent }) => policyEvent ?? []),
    of,
  );
  if (summary === undefined) throw new Unusable("it has no summary, so it did not come to its end", [], of);
  if (summary.maybeCorrupt) throw new Unusable("Pulumi says that it may be corrupt", [], of);
  if (summary.isPreview === false)
    throw new Unusable("it is the record of an update, not of a preview", [], of);
  if (summary.result && summary.result !== "succeeded")
    throw new Unusable(`the preview ${summary.result}`, [], of);
  const steps = metadata.map(({ op, urn, old, new: news }) => ({ op, urn, olds: old, news }));
  const config = events.find(({ preludeEvent }) => preludeEvent)?.preludeEvent?.config;
  const months = monthsIn(diagnostics);
  return complete({ ...of, steps, config: config ?? {}, months }, summary.resourceChanges ?? {});
}

function whyNoEvent(text: string, line: number): string {
  if (line > 0) return `line ${line + 1} is not JSON, so it was cut off or mixed up`;
  return text.startsWith("{")
    ? "it begins as what `pulumi preview --json` prints, and was cut off or mixed up with something else"
    : "it is not what `pulumi preview --json` prints (is --json missing?)";
}

/** Every change that is counted must be there; what is missing could be a purchase. */
function complete(read: Omit<Preview, "leftOut">, counted: Record<string, number>): Preview {
  const { steps, project, stack } = read;
  for (const [op, count] of Object.entries(counted)) {
    const found = steps.filter((step) => step.op === op).length;
    if (found < count && op !== "same")
      throw new Unusable(`it counts ${count} "${op}" and lists ${found}, so it was cut`, [], {
        project,
        stack,
      });
  }
  const sames = steps.filter(({ op }) => op === "same").length;
  return { ...read, leftOut: Math.max(0, (counted.same ?? 0) - sames) };
}

/** Our own lines among those that a preview prints. A program can print one, too, which hides none of ours. */
function monthsIn(diagnostics: readonly { readonly message: string }[]): MonthBudget[] {
  return diagnostics
    .flatMap(({ message }) => message.split("\n"))
    .flatMap((line) => readMonthLine(line) ?? []);
}

function stackOf(steps: readonly { readonly urn: string }[]): StackName {
  const { stack = "", project = "" } = partsOfUrn(steps[0]?.urn ?? "");
  return { stack, project };
}

type Event = z.infer<typeof eventSchema>;

/** Pulumi ends with this alone where a policy stops a preview; only its stream of events says which. */
const FAILED = "preview failed";
const BY_A_POLICY =
  "preview failed (that is all that this preview says, as where a policy stops it: run `pulumi preview` to see which)";

function refuseErrors(
  diagnostics: readonly NonNullable<Event["diagnosticEvent"]>[],
  policies: readonly NonNullable<Event["policyEvent"]>[],
  of: StackName,
): void {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  const said = errors.map(({ message }) => message.trim().replace(/^error: /, ""));
  const stopped = policies.filter(({ enforcementLevel }) => enforcementLevel !== "advisory");
  const problems = [
    ...stopped.map((one) => `policy ${one.policyName} (${one.policyPackName}): ${one.message.trim()}`),
    ...said.filter((message) => message !== FAILED),
  ];
  if (problems.length === 0) problems.push(BY_A_POLICY);
  throw new Unusable("the preview failed", problems, of);
}

function checked<T extends z.ZodType>(schema: T, json: unknown): z.infer<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Unusable(
    `it is not what Pulumi prints: ${z.prettifyError(parsed.error).replaceAll(/\s+/g, " ")}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
