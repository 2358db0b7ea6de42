import {
  isOutcome,
  MEANING,
  OUTCOMES,
  type Outcome,
  sentenceOf,
  statusOf,
  type VercelWord,
} from "../../provider/src/domain/outcome";

/** The contract's table "Outcomes", word for word, less the column of the month's budget's conditions. */
const CONTRACT = `
| \`bought\` | charged | The card was charged. | succeeds / no change | never | final | forgets | in the sum | counts |
| \`pending\` | in doubt | The card may have been charged. | succeeds with a warning / no change | higher \`attempt\` | only with it | forgets, with the sentence | apart | counts |
| \`checkout\` | not yet; can be paid at its URL | Nothing was charged., from the next run on and after a withdrawal: The card may have been charged. | fails, kept / fails the same way | higher \`attempt\`, with a line that the old session can still be paid | only with it | refused | apart | counts to the month's end, whatever is said of it |
| \`failed\` | not charged | Nothing was charged. | fails, kept / fails the same way | higher \`attempt\` | free with it | forgets | not listed as charged | no |
| \`refused\` | not charged | Nothing was charged. | fails, kept / fails the same way | higher \`attempt\` | free with it | forgets | same | no |
| \`notSent\` | not charged | Nothing was charged. | fails, kept / **goes on by itself** where the journal has it, else fails the same way | by itself, under a new order, where the journal has it; else higher \`attempt\` | free | forgets | same | no |
| \`unknown\` | in doubt | The card may have been charged. | fails, kept / fails the same way | higher \`attempt\` | only with it | refused | apart | counts |
| \`adopted\` | charged, as a person says | This run sent nothing. The card was charged. | succeeds / no change | never | final | forgets | apart | counts where a request of ours left |
| \`withdrawn\` | not charged, as a person says | Nothing was charged. | succeeds / no change | higher \`attempt\` | free with it | forgets | same as \`failed\` | no |
`;

const rows = CONTRACT.trim()
  .split("\n")
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

/** The word of ours that a cell of the contract begins with. */
function read<T>(
  cell: string | undefined,
  words: readonly (readonly [beginning: string, T])[],
): T | undefined {
  return words.find(([beginning]) => cell?.startsWith(beginning))?.[1];
}

test("the table of outcomes is the contract's", () => {
  const table = Object.fromEntries(
    rows.map(([outcome, money, , up, another, changes, destroy, receipts, budget]) => [
      outcome?.replaceAll("`", ""),
      {
        money: read(money, [
          ["charged", "charged"],
          ["in doubt", "in doubt"],
          ["not", "not charged"],
        ]),
        up: read(up, [
          ["succeeds", "succeeds"],
          ["fails", "fails"],
        ]),
        anotherRequest: read(another, [
          ["never", "never"],
          ["higher `attempt`", "higher attempt"],
          ["by itself", "by itself"],
        ]),
        changes: read(changes, [
          ["final", "never"],
          ["only with it", "with a higher attempt, which is a person's word"],
          ["free", "freely"],
        ]),
        destroy: read(destroy, [
          ["forgets", "forgets"],
          ["refused", "refuses"],
        ]),
        receipts: read(receipts, [
          ["in the sum", "total"],
          ["apart", "apart"],
          ["not listed", "not charged"],
          ["same", "not charged"],
        ]),
        counts: read(budget, [
          ["counts", true],
          ["no", false],
        ]),
      },
    ]),
  );

  const meaning = Object.fromEntries(
    Object.entries(MEANING).map(([outcome, { requestLeft: _, ...row }]) => [outcome, row]),
  );
  expect(meaning).toEqual(table);
  expect(Object.keys(table)).toEqual([...OUTCOMES]);
});

test.each(rows)("the sentence of %s is the contract's: %s", (outcome, _money, cell = "") => {
  const of = (when: "now" | "later") => sentenceOf(outcome?.replaceAll("`", "") as Outcome, when);
  const [now, later = now] = cell.replace("This run sent nothing. ", "").split(/(?<=\.), .*: /);

  expect([of("now"), of("later")]).toEqual([now, later]);
});

test("a checkout session that was withdrawn may have been paid", () => {
  expect(sentenceOf("withdrawn", "later", "checkout")).toBe("The card may have been charged.");
  expect(sentenceOf("adopted", "later", "checkout")).toBe("The card was charged.");
  expect(sentenceOf("withdrawn", "later", "unknown")).toBe("Nothing was charged.");
});

test("whether a request left is told of every outcome that an attempt can have", () => {
  expect(OUTCOMES.filter((outcome) => MEANING[outcome].requestLeft)).toEqual([
    "bought",
    "pending",
    "checkout",
    "failed",
    "refused",
    "unknown",
  ]);
});

test("the set is closed", () => {
  expect(OUTCOMES.every(isOutcome)).toBe(true);
  expect(["succeeded", "", "Bought", "toString", undefined, null, 1].some(isOutcome)).toBe(false);
});

test("status is Vercel's word where it gave one, and a person's word always", () => {
  const refused = "refused" as VercelWord;

  expect(statusOf("pending", refused)).toBe("refused");
  expect(statusOf("unknown", undefined)).toBe("unknown");
  expect(statusOf("adopted", refused)).toBe("adopted");
  expect(statusOf("withdrawn", refused)).toBe("withdrawn");
});
