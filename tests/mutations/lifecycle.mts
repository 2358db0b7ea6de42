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

/** What the real provider process does with an order and a purchase. */
const process = (
  file: string,
  broken: string,
  text: string,
  replacement: string,
  named: string,
): Mutation => ({
  ...{ broken, file: `lifecycle/${file}`, text, replacement, named },
  caughtBy: "process/lifecycle.test.ts",
});
const KEPT: readonly Mutation[] = [
  process(
    "outputs.ts",
    "what is kept of an attempt that failed is complete",
    "    ...inputs,\n    ...present({ team, creditType, amount, attempt }),",
    "    ...present({ team, creditType, amount, attempt }),",
    "kept with every argument",
  ),
  process(
    "outputs.ts",
    "a purchase keeps the order that it was made under",
    "      order,\n      ...(cause && { cause }),",
    "      ...(cause && { cause }),",
    "kept with every argument",
  ),
  process(
    "forgetting.ts",
    "what is in doubt is not forgotten by a destroy",
    'MEANING[outcome].destroy === "refuses" || state.altered',
    "state.altered",
    "a destroy after cut-after-charge",
  ),
  process(
    "order.ts",
    "an order is not deleted while nobody knows how its purchase ended",
    "    throw new Refusal(\n      `The order of",
    "    if (run) return;\n    throw new Refusal(\n      `The order of",
    "an order is not deleted",
  ),
  process(
    "purchase.ts",
    "a new order is no permission: another may have been sent for the same attempt",
    'if (action.kind !== "buy" || !mayRepeatAttempt(run, state, declaration, action.attempt)) return action;',
    "if (action) return action;",
    "may have been used already",
  ),
  process(
    "order.ts",
    "an order that the journal can't hold is not opened",
    "return { outs: {}, problem: unreachable(run.settings.journal, error) };",
    "void error;",
    "a journal that can't be written",
  ),
  process(
    "order.ts",
    "an update over its cap is refused in the preview",
    "const over = run.plan(keyOf(declaration), wanted(declaration));\n      if (over)",
    "const over = run.plan(keyOf(declaration), wanted(declaration));\n      if (over && !run.isPreview)",
    "the sum of an update",
  ),
  process(
    "purchase.ts",
    "what was made at a sandbox stops where Vercel's address is configured",
    "if (isElsewhere) {\n",
    "if (false) {\n",
    "what was made at a sandbox",
  ),
  process(
    "persons-word.ts",
    "withdraw is refused where the journal knows that it was bought",
    'from.known.result.outcome === "bought") {\n    throw',
    "false) {\n    throw",
    "withdraw is refused",
  ),
  {
    broken: "nothing is opened with checkpoints switched off",
    file: "settings.ts",
    text: "if (this.env.PULUMI_SKIP_CHECKPOINTS) {",
    replacement: "if (false) {",
    caughtBy: "unit/settings.test.ts",
  },
  {
    broken: "the token goes to https addresses alone, and to http ones of this machine",
    file: "settings.ts",
    text: 'url?.protocol === "http:" && isLoopback(url.hostname)',
    replacement: 'url?.protocol === "http:"',
    caughtBy: "unit/settings.test.ts",
  },
  {
    broken: "an order that says something else than the purchase sends nothing",
    file: "lifecycle/recording.ts",
    text: "if (JSON.stringify(order.arguments) !== JSON.stringify(wanted)) {",
    replacement: "if (false) {",
    caughtBy: "process/connection.test.ts",
    named: "refuses an order that says something else",
  },
  {
    broken: "an answer that is kept is bounded, so that the engine's call doesn't fail",
    file: "lifecycle/partial-failure.ts",
    text: "if (answer.length <= LARGEST_ANSWER_BYTES) return outputs;",
    replacement: "if (answer) return outputs;",
    caughtBy: "unit/partial-failure.test.ts",
  },
  {
    broken: "half a character never reaches the engine, whose call would not end",
    file: "lifecycle/partial-failure.ts",
    text: 'typeof value === "string" ? value.toWellFormed() : value',
    replacement: "value",
    caughtBy: "unit/partial-failure.test.ts",
  },
  {
    broken: "what may have charged at Vercel is not forgotten as tried at the sandbox",
    file: "lifecycle/forgetting.ts",
    text: "state.earlierAttempts.every((one) => one.sandbox !== undefined || cannotCharge(one.outcome));",
    replacement: "true;",
    caughtBy: "unit/forgetting.test.ts",
  },
  {
    broken: "an open checkout at Vercel is not forgotten as tried at the sandbox",
    file: "domain/outcome.ts",
    text: ' && MEANING[outcome].destroy === "forgets";',
    replacement: ";",
    caughtBy: "unit/forgetting.test.ts",
  },
  {
    broken: "forgetting names the orders of the earlier attempts, too",
    file: "lifecycle/forgetting.ts",
    text: "for (const { orderId } of orders) await journal?.forget(orderId);",
    replacement: "if (order) await journal?.forget(order.orderId);",
    caughtBy: "unit/forgetting.test.ts",
  },
  {
    broken: "while another process may be sending, a purchase that was bought is said to be charged",
    file: "lifecycle/previews.ts",
    text: 'return outcome === "bought" ? CHARGED : MAYBE_CHARGED;',
    replacement: "return outcome ? MAYBE_CHARGED : CHARGED;",
    caughtBy: "unit/previews.test.ts",
  },
  {
    broken: "the preflight check is on where nothing is configured",
    file: "settings.ts",
    text: 'this.config("vercelCredits:preflight")?.trim() ?? "on";',
    replacement: 'this.config("vercelCredits:preflight")?.trim() ?? "off";',
    caughtBy: "unit/settings.test.ts",
  },
  {
    broken: "an engine that has ended is seen to be gone",
    file: "lifecycle/engine.ts",
    text: 'end(error.code === "ECONNREFUSED")',
    replacement: "end(false)",
    caughtBy: "unit/engine-key.test.ts",
    named: "is gone once",
  },
];

/** What relies on an order never having been sent closes it first; and what else the journal holds an order by. */
const CLOSED: readonly Mutation[] = [
  {
    broken: "an order that was never sent is closed before it is deleted",
    file: "lifecycle/order.ts",
    text: 'if (known.kind === "neverSent" && (await run.journal?.close(last as OrderReference))) return;',
    replacement: 'if (known.kind === "neverSent") return;',
    caughtBy: "process/in-doubt/order-delete.test.ts",
    named: "never sent, it goes",
  },
  {
    broken: "an order is not deleted while its checkout session can be paid",
    file: "lifecycle/order.ts",
    text: "if (cannotCharge(known.result.outcome) || isSettled) return;",
    replacement: 'if (cannotCharge(known.result.outcome) || known.result.outcome === "checkout") return;',
    caughtBy: "process/in-doubt/order-delete.test.ts",
    named: "while its checkout session",
  },
  {
    broken: "adopt and withdraw close an order that was never sent",
    file: "lifecycle/persons-word.ts",
    text: "if ((await run.journal?.close(one, { isUnneeded: true })) !== false) continue;",
    replacement: "if (run) continue;",
    caughtBy: "process/in-doubt/never-sent.test.ts",
    named: "closes an order",
  },
  {
    broken: "a destroy closes the order of a purchase that was never sent",
    file: "lifecycle/forgetting.ts",
    text: "const isUnsent = order?.journal !== undefined && !MEANING[outcome].requestLeft;",
    replacement: "const isUnsent = false;",
    caughtBy: "process/journal.test.ts",
    named: "a destroy closes its order",
  },
  {
    broken: "a completion that is missing is written by the next update",
    file: "lifecycle/purchase.ts",
    text: "const isOwed = state.completionMissing && run.journal !== undefined;",
    replacement: "const isOwed = false;",
    caughtBy: "process/journal.test.ts",
    named: "the next update writes the completion",
  },
  {
    broken: "the preview of a higher attempt after a checkout says that the old session can still be paid",
    file: "lifecycle/previews.ts",
    text: 'if ((state.settled ?? state.outcome) === "checkout")',
    replacement: "if (false)",
    caughtBy: "process/outcomes.test.ts",
    named: "checkout: a higher attempt",
  },
  {
    broken: "so it does after a checkout that was withdrawn",
    file: "lifecycle/previews.ts",
    text: '(state.settled ?? state.outcome) === "checkout"',
    replacement: 'state.outcome === "checkout"',
    caughtBy: "process/in-doubt/settled-in-journal.test.ts",
    named: "recorded as withdrawn by the next update",
  },
];

export const LIFECYCLE: readonly Mutation[] = [...ASKED, ...KNOWN, ...KEPT, ...CLOSED];
