import { readFileSync } from "node:fs";
import fc from "fast-check";
import { type MonthBudget, monthLine, readMonthLine } from "../../provider/src/domain/month-budget";
import { markdownOf } from "../../provider/src/review/markdown";
import { type Given, review } from "../../provider/src/review/review";

const MONTH: MonthBudget = {
  month: "2026-11",
  isSandbox: false,
  used: 300,
  uncertain: 0,
  planned: 150,
  limit: 1000,
};

/** A preview of the real engine that buys for $150, in which the provider says how the month stands. */
function preview(budgets: readonly Partial<MonthBudget>[], project = "p", journal?: string): Given {
  const digest = JSON.parse(readFileSync("tests/review/previews/buy.json", "utf8"));
  const diagnostics = budgets.map((one) => ({
    message: `${monthLine({ ...MONTH, ...one })}\n\n`,
    severity: "info",
  }));
  const config = { ...digest.config, ...(journal && { "vercelCredits:journal": journal }) };
  const text = JSON.stringify({ ...digest, config, diagnostics }).replaceAll("::test::", `::${project}::`);
  return { text, of: { project, stack: "dev" } };
}

test("the line of a month is read back as it was written", () => {
  const dollars = fc.integer({ min: 0, max: 10_000_000 });
  fc.assert(
    fc.property(
      fc.record({
        month: fc
          .tuple(fc.integer({ min: 2026, max: 2099 }), fc.integer({ min: 1, max: 12 }))
          .map(([year, month]) => `${year}-${String(month).padStart(2, "0")}`),
        isSandbox: fc.boolean(),
        used: dollars,
        uncertain: dollars,
        planned: dollars,
        limit: dollars,
      }),
      (budget) => expect(readMonthLine(`\u001b[1m${monthLine(budget)}`)).toEqual(budget),
    ),
  );
});

test("the comment says what the month has used, this change, and what is left", () => {
  const result = review([preview([{ planned: 100 }, {}])]);

  expect(result.passes).toBe(true);
  expect(markdownOf(result)).toContain(
    "\n📅 November 2026 (UTC): $300.00 used, $150.00 in this change, $550.00 of $1,000.00 left.\n",
  );
});

test("several stacks with one journal share the month: together they may go over it, where each alone does not", () => {
  const result = review([preview([{ used: 600 }], "a"), preview([{ used: 600, planned: 300 }], "b")]);

  expect(result.passes).toBe(false);
  expect(markdownOf(result)).toContain("❌ **Over the month's budget**, by $50.00");
});

test("stacks with journals of their own don't", () => {
  const result = review([
    preview([{ used: 600 }], "a", "s3://one/x"),
    preview([{ used: 600, planned: 300 }], "b", "s3://two/x"),
  ]);

  expect(result.passes).toBe(true);
  expect(result.months).toHaveLength(2);
});

test("a line that a program prints itself hides none of the provider's", () => {
  const result = review([preview([{ used: 1200 }, { used: 0, planned: 0 }])]);

  expect(result.passes).toBe(false);
});

test("under a limit, a preview that could not read the journal doesn't pass: nobody knows what the month has used", () => {
  const unread = preview([]);
  const digest = JSON.parse(unread.text);
  const text = JSON.stringify({
    ...digest,
    config: { ...digest.config, "vercelCredits:maxAmountPerMonth": "1000" },
  });

  const result = review([{ ...unread, text }]);

  expect(result.passes).toBe(false);
  expect(markdownOf(result)).toContain("❌ **What the month has used isn't known**");
});

test("a line that only looks like ours hides none, either", () => {
  const forged = "📅 November 2026 (UTC): $. used, $0.00 in this update, $0.00 of $250.00 left.";
  const { text, of } = preview([{ used: 1200 }]);
  const digest = JSON.parse(text);
  digest.diagnostics.unshift({ message: forged, severity: "info" });

  expect(review([{ text: JSON.stringify(digest), of }]).passes).toBe(false);
});

test("one journal is one, with or without a slash and parameters", () => {
  const result = review([
    preview([{ used: 600 }], "a", "s3://one/x"),
    preview([{ used: 600, planned: 300 }], "b", "s3://one/x/?region=eu-central-1"),
  ]);

  expect(result.passes).toBe(false);
});
