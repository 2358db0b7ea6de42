import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/project.mts";

/** As a shell runs it: a real pipe, whose other end writes in two pieces, well after the command has begun to read. */
const SLOW = `const { readFileSync } = require("node:fs");
const text = readFileSync(process.argv[1], "utf8");
const half = text.length / 2;
setTimeout(() => process.stdout.write(text.slice(0, half)), 1000);
setTimeout(() => process.stdout.write(text.slice(half)), 1200);`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vercel-credits-pipes-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function piped(file: string, ...args: string[]): Promise<{ code: unknown; output: string }> {
  const bin = join(ROOT, "provider/bin/pulumi-vercel-credits.js");
  const line = '"$0" -e "$1" "$2" | { shift 2; exec "$NODE" "$@"; }';
  return new Promise((resolve) =>
    execFile(
      "sh",
      ["-c", line, process.execPath, SLOW, file, bin, ...args],
      { cwd: ROOT, env: { ...process.env, NODE: process.execPath, HOME: folder }, timeout: 30_000 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : error.code, output: stdout + stderr }),
    ),
  );
}

const STATE = {
  deployment: {
    resources: [
      {
        urn: "urn:pulumi:dev::test::pulumi-nodejs:dynamic/vercel:PurchaseOrder::credits",
        type: "pulumi-nodejs:dynamic/vercel:PurchaseOrder",
        outputs: { orderId: "order_1", __label: "credits", creditType: "agent", amount: 7 },
      },
      {
        urn: "urn:pulumi:dev::test::pulumi-nodejs:dynamic/vercel:CreditPurchase::credits",
        type: "pulumi-nodejs:dynamic/vercel:CreditPurchase",
        outputs: { orderId: "order_1", outcome: "unknown", creditType: "agent", amount: 7 },
      },
    ],
  },
};

test.each([
  ["review", "preview", [], "💳 buy"],
  ["review -", "preview", ["-"], "💳 buy"],
  ["receipts -", "state", ["-"], "Unknown whether charged"],
  ["investigate ORDER --state -", "state", ["order_1", "--state", "-"], "order_1 (credits)"],
])("`%s` waits for what a pipe brings late", async (command, what, args, expected) => {
  const file = join(folder, "state.json");
  writeFileSync(file, JSON.stringify(STATE));
  const input = what === "state" ? file : join(ROOT, "tests/review/previews/buy.json");

  const { code, output } = await piped(input, command.split(" ")[0] ?? "", ...args);

  expect(output).toContain(expected);
  expect(code).toBe(0);
});
