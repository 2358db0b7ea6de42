import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Papa from "papaparse";
import { type Fault, type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import { inBrowser, testInBrowser } from "../support/browser";
import { command } from "../support/command";
import type { Declared, Project } from "../support/project.mts";
import { lastingProject } from "../support/stack";

const EVIL = `<img src=x onerror=alert(1)>"'&`;

let sandbox: Sandbox;
let project: Project;
/** The stack's export, as if it had been made at Vercel. */
let exported: string;

const receipts = (...args: string[]) => command(["receipts", ...args], project.env, project.folder);

/** A stack with a purchase of each kind: bought twice, pending, refused, unknown, adopted. */
beforeAll(async () => {
  sandbox = await startSandbox();
  project = lastingProject({ VERCEL_API_URL: sandbox.url });
  await project.init();
  const updates: { purchases: Declared[]; fault?: Fault }[] = [
    {
      purchases: [
        { name: "first", args: { amount: 100 } },
        { name: "second", args: { creditType: "v0", amount: 30, team: "other" } },
        { name: "=1+1", args: { amount: 7 } },
        { name: "adopted", args: { amount: 40, adopt: "pur_found" } },
      ],
    },
    { purchases: [{ name: "pending", args: { amount: 50 } }], fault: "pending" },
    { purchases: [{ name: `refused${EVIL}`, args: { amount: 60 } }], fault: "decline" },
    { purchases: [{ name: "unknown", args: { amount: 70 } }], fault: "cut-after-charge" },
  ];
  const declared: Declared[] = [];
  for (const { purchases, fault } of updates) {
    declared.push(...purchases);
    project.declare(...declared);
    if (fault) sandbox.misbehave(fault);
    await project.up("--skip-preview", "--continue-on-error");
  }
  expect(sandbox.charges()).toHaveLength(5);
  exported = join(project.folder, "stack.json");
  const atSandbox = (await project.mustRun("stack", "export")).output;
  writeFileSync(exported, atSandbox.replaceAll(sandbox.url, "https://api.vercel.com"));
});

afterAll(async () => {
  project.close();
  await sandbox.close();
});

test("a stack's purchases as a table, JSON, CSV and one page: what is not certain is not in the totals", async () => {
  const text = await receipts(exported);
  expect(text).toMatchObject({ status: 0, stderr: "" });
  expect(text.stdout).toContain("Charged: 137.00 usd (3)\n  acme: 107.00 usd (2)\n  other: 30.00 usd (1)\n");
  expect(text.stdout).toContain("Unknown whether charged (not in the totals): 1, $70.00 ordered");
  expect(text.stdout).toContain("Pending (not in the totals): 1, $50.00 ordered");
  expect(text.stdout).toContain("Adopted (not in the totals): 1, $40.00 ordered");
  expect(text.stdout).not.toContain("sandbox");

  const json = JSON.parse((await receipts(exported, "--json")).stdout);
  const sums = {
    charged: [{ currency: "usd", purchases: 3, total: "137.00" }],
    byTeam: [
      { team: "acme", currency: "usd", purchases: 2, total: "107.00" },
      { team: "other", currency: "usd", purchases: 1, total: "30.00" },
    ],
    byTeamAndCreditType: [
      { team: "acme", creditType: "gateway", currency: "usd", purchases: 2, total: "107.00" },
      { team: "other", creditType: "v0", currency: "usd", purchases: 1, total: "30.00" },
    ],
    notInTotals: { withoutTotal: 0, unknown: 1, pending: 1, checkout: 0, adopted: 1 },
  };
  expect(json).toMatchObject(sums);
  expect(json).not.toHaveProperty("sandbox");
  expect(Object.fromEntries(json.purchases.map(({ name, outcome }: never) => [name, outcome]))).toEqual({
    first: "bought",
    second: "bought",
    "=1+1": "bought",
    adopted: "adopted",
    pending: "pending",
    [`refused${EVIL}`]: "refused",
    unknown: "unknown",
  });
  expect(json.purchases.find(({ name }: { name: string }) => name === "second")).toMatchObject({
    team: "other",
    total: "30.00",
    tax: "0.00",
    stack: "dev",
    project: "test",
    intentId: sandbox.charges().find(({ team }) => team === "other")?.intentId,
  });

  const csv = await receipts(exported, "--csv");
  const rows = Papa.parse<Record<string, string>>(csv.stdout, { header: true, skipEmptyLines: true });
  expect(rows.errors).toEqual([]);
  expect(rows.data).toHaveLength(7);
  expect(rows.data.map(({ name }) => name)).toEqual(expect.arrayContaining(["'=1+1", `refused${EVIL}`]));
  expect(rows.data.find(({ name }) => name === "first")).toMatchObject({
    total: "100.00",
    amount: "100",
    outcome: "bought",
  });

  // Of the stack itself, and of the journal of this machine, which has the same purchases: made at the sandbox.
  const nothing = { charged: [], byTeam: [], notInTotals: { unknown: 0, pending: 0 } };
  const live = JSON.parse((await receipts("--json")).stdout);
  expect(live).toMatchObject({ ...nothing, sandbox: sums });
  const journal = JSON.parse((await receipts("--journal", "--json", "--project", "test")).stdout);
  expect(journal).toMatchObject({ ...nothing, sandbox: { charged: sums.charged, byTeam: sums.byTeam } });
  expect((await receipts()).stdout).toContain(
    "Charged: nothing\nCharged at the sandbox (no money moved): 137.00 usd (3)\n",
  );
});

test("one purchase as support asks for it, and the purchases of a team", async () => {
  const { stdout } = await receipts(exported, "--purchase", "second", "--json");
  const [charge] = sandbox.charges().filter(({ team }) => team === "other");
  expect(JSON.parse(stdout).purchases).toMatchObject([
    {
      ...{ name: "second", project: "test", stack: "dev" },
      billing: "https://vercel.com/other/~/settings/billing",
      attempts: [
        {
          ...{ outcome: "bought", amount: 30, attempt: 1, intentId: charge?.intentId },
          ...{ requestId: expect.stringMatching(/^local1::/), providerType: expect.any(String) },
          time: expect.stringMatching(/Z$/),
        },
      ],
    },
  ]);
  expect((await receipts(exported, "--purchase", "unknown")).stdout).toMatch(
    /attempt: unknown\. The card may have been charged\..*why +socket hang up/s,
  );
  expect(await receipts(exported, "--purchase", "third")).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/no purchase is called third; there is .*\bfirst\b/),
  });
  expect((await receipts(exported, "--team", "other")).stdout).toContain("Charged: 30.00 usd (1)\n");
  expect((await receipts(exported, "--since", "2999-01-01")).stdout).toBe(
    `No purchase on record in ${exported} (since 2999-01-01).\n`,
  );
  expect(await receipts(exported, "--since", "tomorrow")).toMatchObject({ status: 2, stdout: "" });
});

testInBrowser(
  "the page stands alone in a real Chromium: sums, tables and a chart that is seen, and nothing else is loaded",
  async () => {
    const page = join(project.folder, "receipts.html");
    const { status, stdout } = await receipts(exported, "--html");
    expect(status).toBe(0);
    writeFileSync(page, stdout);

    await inBrowser(pathToFileURL(page).href, async (browser, problems) => {
      const text = await browser.$eval("body", (body) => body.textContent);
      expect(text).toContain("137.00 usd in 3 purchases");
      for (const section of ["Charged", "Unknown", "Pending", "Adopted"]) expect(text).toContain(section);
      expect(text).not.toContain("refused");

      const bars = await browser.$$eval("svg rect:has(title)", (rects) =>
        rects.map((rect) => {
          const { width, height } = rect.getBoundingClientRect();
          return { width, height, says: rect.querySelector("title")?.textContent ?? "" };
        }),
      );
      const month = new Date().toISOString().slice(0, 7);
      expect(bars.map(({ says }) => says).sort()).toEqual([
        `${month}: 107.00 for acme, gateway`,
        `${month}: 30.00 for other, v0`,
      ]);
      for (const { width, height } of bars) {
        expect(width).toBeGreaterThan(10);
        expect(height).toBeGreaterThan(10);
      }
      const [gateway, v0] = bars.map(({ width }) => width);
      expect((gateway ?? 0) / (v0 ?? 1)).toBeCloseTo(107 / 30, 1);
      expect(await browser.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      expect(problems).toEqual([]);
    });
  },
);

testInBrowser("names of a hostile program are text on the page", async () => {
  const stack = JSON.parse(readFileSync(exported, "utf8"));
  for (const { outputs } of stack.deployment.resources) {
    if (outputs?.outcome === "bought")
      Object.assign(outputs, { __label: EVIL, team: EVIL, currency: EVIL, intentId: EVIL });
  }
  const file = join(project.folder, "evil.json");
  writeFileSync(file, JSON.stringify(stack));
  const page = join(project.folder, "evil.html");
  writeFileSync(page, (await receipts(file, "--html")).stdout);

  await inBrowser(pathToFileURL(page).href, async (browser, problems) => {
    expect(await browser.$$("img")).toHaveLength(0);
    expect(await browser.$eval("body", (body) => body.textContent)).toContain(EVIL);
    expect(problems).toEqual([]);
  });
  expect(readFileSync(page, "utf8")).not.toContain("<img");
});

test("what is no stack is refused in words", async () => {
  const file = join(project.folder, "other.json");
  for (const [text, says] of [
    ["", "it is not JSON"],
    ["[]", "it is not what `pulumi stack export` prints"],
    ['{"deployment":7}', "it is not what `pulumi stack export` prints"],
  ] as const) {
    writeFileSync(file, text);
    expect(await receipts(file)).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining(says),
    });
  }
  expect(await receipts("--stack", "nowhere")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("the stack can't be exported: "),
  });
  expect(await receipts("--csv", "--json")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("choose one of"),
  });
  writeFileSync(file, '{"version":3,"deployment":{}}');
  expect(await receipts(file)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("No purchase on record"),
  });
});
