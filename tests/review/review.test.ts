import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { marked, type Tokens } from "marked";
import { markdownOf } from "../../provider/src/review/markdown";
import { review } from "../../provider/src/review/review";
import { reviewed } from "../support/reviewed.mts";

const PREVIEWS = "tests/review/previews";
const NAMES = readdirSync(PREVIEWS).flatMap((file) => /^(.*)\.md$/.exec(file)?.[1] ?? []);

const read = (file: string) => readFileSync(join(PREVIEWS, file), "utf8");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vercel-credits-review-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Of one preview. */
const reviewOf = (text: string, budget?: string) => review([{ text }], budget);

/** Why a preview is not complete; undefined where it is. */
const whyNot = (text: string) => reviewOf(text).failed[0]?.why;

/** The same, as a file to review. */
function file(text: string): string {
  const path = join(folder, "preview.json");
  writeFileSync(path, text);
  return path;
}

describe("the comment of a preview that the real engine made", () => {
  test("there are previews", () => expect(NAMES.length).toBeGreaterThan(10));

  test.each(NAMES)("%s", (name) => {
    expect(reviewed(join(PREVIEWS, `${name}.json`))).toBe(read(`${name}.md`));
  });

  test.each(NAMES.filter((name) => !name.startsWith("failed")))("%s, as a stream of events", (name) => {
    expect(reviewed(join(PREVIEWS, `${name}.jsonl`))).toBe(read(`${name}.md`));
  });
});

describe("what is not a complete preview is refused, never shown as $0", () => {
  const stream = read("buy.jsonl").trimEnd();
  const lines = stream.split("\n");

  test("a stream cut after any of its lines", () => {
    for (let kept = 0; kept < lines.length; kept++) {
      const text = lines.slice(0, kept).join("\n");
      const hasSummary = text.includes('"summaryEvent"');
      if (!hasSummary) expect(whyNot(text)).toBeDefined();
      else expect(reviewOf(text).verdict.total).toBe(150n);
    }
  });

  test("a stream that lost a line about a resource", () => {
    const purchases = lines.filter(
      (line) => line.includes("resourcePreEvent") && line.includes('"op":"create"'),
    );
    expect(purchases.length).toBeGreaterThan(1);
    for (const lost of purchases) {
      expect(whyNot(lines.filter((line) => line !== lost).join("\n"))).toContain("so it was cut");
    }
  });

  test("a document cut anywhere", () => {
    const document = read("buy.json").trimEnd();
    for (let length = 0; length < document.length; length += 97) {
      expect(whyNot(document.slice(0, length))).toBeDefined();
    }
  });

  test("one that may be corrupt, failed, or is an update's", () => {
    const summary = JSON.parse(lines.find((line) => line.includes("summaryEvent")) ?? "");
    const withSummary = (more: object) =>
      [...lines, JSON.stringify({ ...summary, summaryEvent: { ...summary.summaryEvent, ...more } })].join(
        "\n",
      );
    expect(whyNot(withSummary({ maybeCorrupt: true }))).toContain("corrupt");
    expect(whyNot(withSummary({ isPreview: false }))).toContain("of an update");
    expect(whyNot(withSummary({ result: "failed" }))).toContain("failed");
    expect(whyNot(JSON.stringify({ ...JSON.parse(read("buy.json")), maybeCorrupt: true }))).toContain(
      "corrupt",
    );
  });

  test.each([
    ["nothing", "", "it is empty"],
    ["text", "no preview", "it is not what `pulumi preview --json` prints (is --json missing?)"],
    ["half a document", read("buy.json").slice(0, 500), "and was cut off"],
    ["half a line of a stream", read("buy.jsonl").slice(0, 20), "and was cut off"],
    ["another document", '{"a":1}', "it has no summary"],
    ["steps of another shape", '{"steps":[{"op":1}]}', "it is not what Pulumi prints"],
  ])("%s ends with 2, and says that nothing is known of the money", (_what, text, why) => {
    const printed = reviewed(file(text));
    expect(printed).toContain(why);
    expect(printed).toContain("Nothing is known of the money.");
    expect(printed).toMatch(/exit 2\n$/);
    expect(printed).not.toMatch(/\$\d|\n {4}at /);
  });
});

describe("a preview that failed replaces the comment before it", () => {
  const failed = join(PREVIEWS, "failed-over-the-stack-s-own-budget.json");

  test("in Pulumi's words, with the marker of its stack, and exit status 2", () => {
    const printed = reviewed(failed);
    expect(printed).toContain("❌ **There is no complete preview of `test/dev`**");
    expect(printed).toContain("vercelCredits:maxAmountPerUpdate allows $120.00. Nothing was charged.");
    expect(printed).toContain("<!-- pulumi-vercel-credits review test/dev -->");
    expect(printed).toMatch(/exit 2\n$/);
  });

  test("with the policy's words, where a policy stopped it", () => {
    const policyEvent = {
      message: "Limits what one purchase costs.\ncredits: $501.00 is over <b>@all</b>.\n",
      policyName: "credits-per-purchase",
      policyPackName: "vercel-credits",
      enforcementLevel: "mandatory",
    };
    const failure = { diagnosticEvent: { message: "preview failed\n", severity: "error" } };
    const text = [...read("buy.jsonl").trimEnd().split("\n"), { policyEvent }, failure]
      .map((line) => (typeof line === "string" ? line : JSON.stringify(line)))
      .join("\n");
    const comment = markdownOf(reviewOf(text));
    expect(comment).toContain(
      "policy credits-per-purchase (vercel-credits): Limits what one purchase costs.",
    );
    expect(comment).toContain("is over &#60;b&#62;&#64;all&#60;/b&#62;.");
    expect(comment).not.toContain("preview failed");
  });

  test("with what to do instead of unprotecting, where a purchase was renamed", () => {
    const message =
      'error: unable to delete resource "urn:pulumi:dev::test::pulumi-nodejs:dynamic/vercel:CreditPurchase::old"\n' +
      "the resource is currently marked for protection.\n";
    const text = JSON.stringify({ steps: [], diagnostics: [{ message, severity: "error" }] });
    expect(reviewed(file(text))).toContain(
      'add `aliases: [{ name: "<its old name>" }]`. Don\'t unprotect it',
    );
    expect(reviewed(failed)).not.toContain("aliases");
  });

  test("that Pulumi's own document doesn't name the policy is said", () => {
    const document = {
      ...JSON.parse(read("buy.json")),
      diagnostics: [{ message: "error: preview failed\n", severity: "error" }],
    };
    expect(reviewed(file(JSON.stringify(document)))).toContain(
      "as where a policy stops it: run `pulumi preview` to see",
    );
  });

  test.each([
    ["is empty", ""],
    ["was cut", read("buy.json").slice(0, 500)],
    ["lists nothing", JSON.stringify({ steps: [], changeSummary: { same: 3 } })],
  ])("where it %s, it takes the stack's name from --stack", (_what, text) => {
    const path = file(text);
    expect(reviewed(path, "--stack", "acme/test/dev")).toContain(
      "<!-- pulumi-vercel-credits review test/dev -->",
    );
    expect(reviewed(path)).toContain("name --stack PROJECT/STACK");
  });

  test("and where its file is not there", () => {
    expect(reviewed(join(PREVIEWS, "none.json"), "--stack", "test/dev")).toMatch(
      /there is no file tests\/review\/previews\/none\.json[\s\S]*review test\/dev[\s\S]*exit 2\n$/,
    );
  });

  test("and a name that it says itself goes before --stack", () => {
    expect(reviewed(failed, "--stack", "other/prod")).toContain("review test/dev -->");
  });
});

describe("several stacks are one comment, with one verdict over their sum", () => {
  const buy = join(PREVIEWS, "buy.json");
  const elsewhere = (name: string) => {
    const path = join(folder, `prod-${name}`);
    writeFileSync(path, read(name).replaceAll("urn:pulumi:dev::", "urn:pulumi:prod::"));
    return path;
  };
  const other = () => elsewhere("several-of-each.json");

  test("and one stack is not given twice", () => {
    expect(reviewed(buy, buy)).toMatch(/two previews are of test\/dev: give one of each\nexit 2\n$/);
  });

  test("each row names its stack, and each stack has its marker", () => {
    const printed = reviewed(buy, other());
    expect(printed).toContain("✅ **$320.00 will be charged at once");
    expect(printed).toMatch(/\| \$100\.00 \| 💳 buy.* \| `gateway-2026-q4` \| `test\/prod` \|/);
    expect(printed).toContain("review test/dev -->\n<!-- pulumi-vercel-credits review test/prod -->");
  });

  test("a given budget is one for all of them", () => {
    expect(reviewed(buy, other(), "--budget", "319")).toMatch(
      /not within the budget of \$319\.00[\s\S]*exit 1\n$/,
    );
    expect(reviewed(buy, other(), "--budget", "320")).not.toContain("exit");
  });

  test("without one, each keeps to its own", () => {
    const own = JSON.parse(read("buy.json"));
    own.config = { "vercelCredits:maxAmountPerUpdate": "149" };
    expect(reviewed(file(JSON.stringify(own)), elsewhere("buy.json"))).toMatch(
      /❌ \*\*\$300\.00 will[\s\S]*exit 1\n$/,
    );
  });

  test("one that failed leaves no verdict on the others", () => {
    const printed = reviewed(buy, elsewhere("failed-over-the-stack-s-own-budget.json"));
    expect(printed).toMatch(/^❌ \*\*There is no complete preview/);
    expect(printed).toContain("by the stacks whose preview is complete");
    expect(printed).not.toContain("✅");
    expect(printed).toMatch(/exit 2\n$/);
  });

  test("--stack is given once for each, or not at all", () => {
    expect(reviewed(buy, buy, "--stack", "a/b")).toMatch(/once for each preview[\s\S]*exit 2\n$/);
  });
});

test.each([[["--wrong"]], [["--stack", "dev"]], [["--format", "html"]], [["--budget", "plenty"]]])(
  "wrong usage such as %j ends with 2, never with the 1 of a verdict",
  (flags) => {
    expect(reviewed(join(PREVIEWS, "buy.json"), ...flags)).toMatch(/exit 2\n$/);
  },
);

describe("the budget", () => {
  const buy = join(PREVIEWS, "buy.json");

  test("is the stack's own unless another is given; over it, the exit status is 1", () => {
    expect(reviewed(buy)).toContain("within the budget of $1,000.00 for one update.");
    expect(reviewed(buy, "--budget", "150")).toContain("within the budget of $150.00");
    const over = reviewed(buy, "--budget", "149.99");
    expect(over).toContain("not within the budget of $149.00");
    expect(over).toMatch(/exit 1\n$/);
  });

  test("an unknown amount is over any", () => {
    const printed = reviewed(join(PREVIEWS, "buy-at-an-amount-not-known-yet.json"), "--budget", "1000000");
    expect(printed).toMatch(/exit 1\n$/);
  });

  test("nothing to buy is within any, also where Pulumi lists nothing at all", () => {
    expect(reviewed(join(PREVIEWS, "nothing-to-buy.json"), "--budget", "0")).not.toContain("exit");
    const empty = { steps: [], changeSummary: { same: 3 } };
    expect(reviewed(file(JSON.stringify(empty)))).toMatch(/^No Vercel credits are bought by this change\.\n/);
  });

  test("one that is no number is refused", () => {
    expect(reviewed(buy, "--budget", "plenty")).toMatch(/"plenty" is not a number[\s\S]*exit 2\n$/);
  });
});

describe("formats", () => {
  const buy = join(PREVIEWS, "buy.json");

  test("text has no colour where nobody looks, and the total first", () => {
    const printed = reviewed(buy, "--format", "text");
    expect(printed).toMatch(
      /^test\/dev: \$150\.00 will be charged at once at the sandbox.*, before tax, not refundable: within the budget/,
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(printed).not.toMatch(/\u001b/);
  });

  test("json has money as decimal text", () => {
    expect(JSON.parse(reviewed(buy, "--format", "json"))).toMatchObject({
      project: "test",
      stack: "dev",
      total: "150.00",
      withinBudget: true,
      operations: [
        {
          operation: "buy",
          resource: "gateway-2026-q4",
          team: "acme",
          creditType: "gateway",
          amount: "100.00",
        },
        { operation: "buy", resource: "v0-2026-q4", amount: "50.00" },
      ],
      bought: { purchases: 0, amount: "0.00" },
    });
  });

  test("another is refused with the names of those there are", () => {
    expect(reviewed(buy, "--format", "html")).toMatch(/markdown, text, json\nexit 2\n$/);
  });
});

describe("nothing in a program can forge a row, a link or a mention", () => {
  const result = reviewOf(read("buy.json"));
  const [operation] = result.operations;
  if (!operation) throw new Error("the preview buys");

  test("whatever a purchase, a team or a record is called, it is one row of five cells", () => {
    const sign = fc.constantFrom(
      "|",
      "\\",
      "`",
      "<",
      ">",
      "!",
      "[",
      "]",
      "(",
      ")",
      "@",
      "&",
      "*",
      "_",
      "-",
      "\n",
      " ",
      "a",
      "#",
      ";",
      "~",
      "$",
    );
    const text = fc.oneof(
      fc.string({ unit: sign, minLength: 1, maxLength: 20 }),
      fc.string({ minLength: 1 }),
    );
    fc.assert(
      fc.property(text, (name) => {
        const forged = { ...operation, resource: name, team: name, note: name };
        const tokens = marked.lexer(markdownOf({ ...result, operations: [forged] }));
        const tables = tokens.filter((token): token is Tokens.Table => token.type === "table");
        expect(tables).toHaveLength(1);
        expect(tables[0]?.rows).toHaveLength(1);
        expect(tables[0]?.rows[0]).toHaveLength(5);
        const html = marked.parser(tables);
        expect(html.match(/<(?!\/?(table|thead|tbody|tr|th|td|code)\b)/g)).toBeNull();
        // A mention outside of code would reach somebody.
        expect(html.replaceAll(/<code>[^<]*<\/code>/g, "")).not.toContain("@");
        expect(html).toContain(">$100.00</td>");
      }),
      { numRuns: 2000 },
    );
  });
});

describe("large stacks", () => {
  /** The recorded preview of one purchase among `others` times its own unchanged steps, and `times` purchases. */
  function many(times: number, others: number): string {
    const one = JSON.parse(read("buy-more.json"));
    const same = one.steps.filter(({ op }: { op: string }) => op === "same");
    const created = one.steps.filter(({ op }: { op: string }) => op === "create");
    const copies = (steps: { urn: string }[], count: number, name: string) =>
      Array.from({ length: count }, (_, i) =>
        steps.map((step) => ({ ...step, urn: `${step.urn}-${name}-${i}` })),
      );
    const steps = [
      ...copies(same, others, "old")
        .flat()
        .map((step) => ({ ...step, urn: step.urn.replace("vercel:", "other:") })),
      ...copies(created, times, "new").flat(),
    ];
    const changeSummary = { same: same.length * others, create: created.length * times };
    return JSON.stringify({ ...one, steps, changeSummary });
  }

  test("one purchase among a thousand resources is found", () => {
    const found = reviewOf(many(1, 400));
    expect(found.operations).toHaveLength(1);
    expect(found.verdict.total).toBe(50n);
  });

  test("a comment stays under what code hosts take, by leaving out rows and never the total", () => {
    const result = reviewOf(many(2000, 1), "1000000");
    const comment = markdownOf(result);
    expect(comment.length).toBeLessThanOrEqual(65_536);
    expect(comment).toContain("**$100,000.00 will be charged at once");
    const shown = comment.split("\n").filter((line) => line.includes("| 💳 buy")).length;
    expect(comment).toContain(`... and ${2000 - shown} more, which the total above includes.`);
    expect(comment).toMatch(/<!-- pulumi-vercel-credits review test\/dev -->\n$/);
  });

  test("the Pulumi SDK is not loaded for it", () => {
    const printed = reviewed(file(many(1, 400)), "--format", "json");
    expect(JSON.parse(printed).total).toBe("50.00");
    for (const one of loadedBy("provider/dist/cli/review.js")) expect(one).not.toContain("@pulumi");
  });

  function loadedBy(module: string): string[] {
    const script = `require("./${module}"); console.log(JSON.stringify(Object.keys(require.cache)))`;
    return JSON.parse(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }));
  }
});
