import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import { pageOf } from "../../provider/src/receipts/html";
import { inBrowser, testInBrowser } from "../support/browser";
import { PAGES } from "./purchases";
import { UNREADABLE } from "./unreadable";

const folder = mkdtempSync(join(tmpdir(), "vercel-credits-pages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The address of a page of receipts. */
function receipts(name: string): string {
  const file = join(folder, `${name.replaceAll(" ", "-")}.html`);
  const origin = { source: "the stack prod", date: new Date("2026-11-26T12:00:00Z") };
  writeFileSync(file, pageOf(PAGES[name] ?? [], origin));
  return pathToFileURL(file).href;
}

async function isReadable(page: Page, ...widths: number[]): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    expect([width, await page.evaluate(UNREADABLE)]).toEqual([width, []]);
  }
}

const NARROW = 390;
const WIDE = 1200;
/** A4 with its margins. */
const PAPER = 703;

describe.each(Object.keys(PAGES))("the page of receipts: %s", (name) => {
  testInBrowser("overflows nowhere, and breaks no figure, date or word: narrow, wide and printed", () =>
    inBrowser(receipts(name), async (page, problems) => {
      await isReadable(page, NARROW, WIDE);
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      await isReadable(page, PAPER);
      expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
        "rgb(255, 255, 255)",
      );
      expect(problems).toEqual([]);
    }),
  );
});

testInBrowser("figures that stand below each other end at the same place", () =>
  inBrowser(receipts("twenty-four months"), async (page) => {
    const ends = await page.evaluate(`[...document.querySelectorAll("table")].map((table) => {
      const ends = [...table.querySelectorAll("td.money:last-child")].map((cell) => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        return Math.round(range.getBoundingClientRect().right);
      });
      return new Set(ends).size;
    })`);
    expect(ends).toEqual([1, 1, 1]);
  }),
);

describe.each([
  ["one month", 1],
  ["twenty-four months", 24],
])("the chart of %s", (name, months) => {
  testInBrowser("has a bar for each, as long as what was charged", () =>
    inBrowser(receipts(name), async (page) => {
      const rows = await page.$$eval(".chart tr", (all) =>
        all.map((row) => ({
          month: row.querySelector("th")?.textContent,
          total: Number.parseFloat((row.querySelector(".money")?.textContent ?? "").replaceAll(",", "")),
          length: [...row.querySelectorAll("rect")].reduce(
            (sum, bar) => sum + bar.getBoundingClientRect().width,
            0,
          ),
          room: row.querySelector("svg")?.getBoundingClientRect().width ?? 0,
        })),
      );
      expect(new Set(rows.map(({ month }) => month)).size).toBe(months);
      const highest = Math.max(...rows.map(({ total }) => total));
      for (const { total, length, room } of rows) expect(length / room).toBeCloseTo(total / highest, 2);
    }),
  );
});

describe("the sandbox's page", () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox();
  });
  afterEach(() => sandbox.close());

  const buy = (team: string, amount: number, source: string) =>
    fetch(`${sandbox.url}/v1/billing/buy?slug=${team}&source=${source}`, {
      method: "POST",
      headers: { authorization: "Bearer sandbox" },
      body: JSON.stringify({ item: { type: "credits", creditType: "gateway", amount } }),
    });

  /** The page once it has asked for the charges. */
  const filled = (look: (page: Page) => Promise<void>) =>
    inBrowser(
      `${sandbox.url}/`,
      async (page, problems) => {
        await page.waitForSelector("#sum:not(:empty)", { timeout: 20_000 });
        await look(page);
        expect(problems).toEqual([]);
      },
      { served: true },
    );

  testInBrowser("overflows nowhere, and says how to use it while it is empty", () =>
    filled(async (page) => {
      await isReadable(page, NARROW, WIDE);
      expect(await page.textContent("#exports")).toBe(
        `export VERCEL_API_URL=${sandbox.url}\nexport VERCEL_API_TOKEN=sandbox`,
      );
      expect(await page.isVisible("#table")).toBe(false);
    }),
  );

  testInBrowser("overflows nowhere, and breaks no figure or date, whatever was bought", async () => {
    await buy("acme", 100, "pulumi");
    await buy(`a-team-${"x".repeat(90)}`, 987_654_321, `a-source-${"y".repeat(90)}`);
    await filled(async (page) => {
      await isReadable(page, NARROW, WIDE);
      expect(await page.textContent(".sum")).toBe("$987,654,421.00 in 2 charges");
      expect(await page.isVisible("#empty")).toBe(false);
    });
  });

  testInBrowser("offers every fault, in groups", () =>
    filled(async (page) => {
      const groups = await page.$$eval("optgroup", (all) =>
        all.map(({ label, children }) => [label, children.length] as const),
      );
      expect(groups.map(([label]) => label)).toEqual([
        "Nothing is charged",
        "Charged, and the answer doesn't say so",
        "Charged, and answered otherwise than usual",
        "Nothing is charged, unless POST /sandbox/next says so",
      ]);
      const options = await page.$$eval("#fault option", (all) => all.length);
      expect(groups.reduce((sum, [, length]) => sum + length, 0)).toBe(options);
      expect(groups.every(([, length]) => length > 0)).toBe(true);
    }),
  );
});

/** The lightest and the darkest of a colour's three parts. */
async function shades(page: Page, of: "color" | "backgroundColor"): Promise<number[]> {
  const rgb = `${await page.evaluate(`getComputedStyle(document.body).${of}`)}`;
  return (rgb.match(/\d+/g) ?? []).map(Number);
}

testInBrowser("a page is dark where the reader's screen is", () =>
  inBrowser(
    receipts("one month"),
    async (page) => {
      expect(Math.max(...(await shades(page, "backgroundColor")))).toBeLessThan(60);
      expect(Math.min(...(await shades(page, "color")))).toBeGreaterThan(180);
    },
    { colorScheme: "dark" },
  ),
);

testInBrowser("what breaks or overflows is found", () =>
  inBrowser("data:text/html,<body style='margin:0'></body>", async (page) => {
    const seen = async (html: string) => {
      await page.setContent(`<body style="margin:0;font:16px monospace">${html}`);
      return (await page.evaluate(UNREADABLE)) as string[];
    };
    await page.setViewportSize({ width: NARROW, height: 800 });
    expect(await seen('<td class="money">$300.00</td>')).toEqual([]);
    expect(await seen('<p style="width:50px;overflow-wrap:anywhere">Credits')).toEqual([
      expect.stringContaining("broken: Credits"),
    ]);
    expect(await seen('<p class="money" style="width:50px">300.00 usd')).toEqual([
      expect.stringContaining("broken: <p class=money>"),
    ]);
    expect((await seen('<p style="width:500px">wide')).join()).toMatch(
      /wider than the screen.*off the screen/,
    );
    expect((await seen('<p style="width:50px;overflow-x:auto">incomprehensible')).join()).toContain(
      "cut off",
    );
  }),
);
