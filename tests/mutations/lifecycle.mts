import type { Mutation } from "./mutation.mts";

const of =
  (file: string, caughtBy: string) =>
  (broken: string, text: string, replacement: string, named?: string) => ({
    ...{ broken, file: `lifecycle/${file}`, text, replacement, caughtBy },
    ...(named !== undefined && { named }),
  });
const decision = of("decision.ts", "unit/decision.test.ts");
const findings = of("findings.ts", "unit/decision.test.ts");
const steps = of("order-steps.ts", "unit/decision.test.ts");
const inputs = of("inputs.ts", "unit/inputs.test.ts");

/** What a program may ask of a purchase on record, by its outcome. */
const ASKED: readonly Mutation[] = [
  decision("lowering the attempt is refused", "if (attempt < recorded)", "if (false)"),
  decision(
    "a higher attempt is refused after a purchase that was made",
    "if (raised && isFinal) {",
    "if (false) {",
  ),
  decision(
    "an attempt that was set before its end was known is not used",
    "if (raised && attempt <= (state.stoppedAttempt ?? 0)) {",
    "if (false) {",
  ),
  decision(
    "adopt is refused where it contradicts an id that Vercel gave",
    "!vercelIds.includes(id) && !raised",
    "!vercelIds.includes(id) && false",
  ),
  decision("withdraw is refused after bought", "if (isFinal && !isPersonsWord) {", "if (false) {"),
  decision(
    "withdraw is refused after adopted where a request of ours left",
    "state.vercelIds.length === 0 && !requestLeft;",
    "state.vercelIds.length === 0;",
  ),
  decision(
    "what was ordered is final once money may have moved",
    'if (changed.length === 0 || changes === "freely") return;',
    'if (changed.length === 0 || changes !== "never") return;',
  ),
  decision(
    "a record that was changed by hand is not relied on",
    "if (state.altered !== undefined) {",
    "if (false) {",
  ),
  inputs(
    "adopt and withdraw together are refused",
    "const both = adopt !== undefined && withdraw !== undefined;",
    "const both = false;",
  ),
  inputs("an amount is a whole number", "amount: z.int(", "amount: z.number("),
];

/** What is done with what the journal knows. */
const KNOWN: readonly Mutation[] = [
  findings(
    "a late charge is recorded, whatever was said meanwhile",
    'return state.outcome === "bought" ? wish : record;',
    "return wish;",
  ),
  findings(
    "while a lease runs nothing is recorded",
    'if (onRecord.kind === "inDoubt" && onRecord.lease) return',
    "if (false) return",
  ),
  findings(
    "while the lease of a newer order runs nothing is recorded",
    'if (known.kind === "inDoubt" && known.lease) return { kind: "wait", lease: known.lease, wish };',
    "",
  ),
  findings(
    "only what both say was never sent goes on by itself",
    'if (MEANING[state.outcome].anotherRequest !== "by itself") return false;',
    "",
  ),
  findings(
    "a newer order of which nothing is known is in doubt",
    '(known.kind === "nothing" && mayHaveBeenSent(order, state));',
    "false;",
  ),
  findings(
    "a completion bought, pending or checkout stops a higher attempt",
    "if (stopsHigherAttempt(known, wish)) return record;",
    "",
  ),
  steps(
    "a checkout session stops a higher attempt",
    '["bought", "pending", "checkout"]',
    '["bought", "pending"]',
  ),
];

export const LIFECYCLE: readonly Mutation[] = [...ASKED, ...KNOWN];
