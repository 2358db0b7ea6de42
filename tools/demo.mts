import { execFile } from "node:child_process";
import { join } from "node:path";
import { inspect, promisify, styleText } from "node:util";
import { startSandbox } from "pulumi-vercel-credits/sandbox";
import { Project, ROOT, type Run } from "../tests/support/project.mts";
import { findEngine } from "./engine.mts";

/**
 * `npm run demo`: the main job end to end, on the real engine, against a sandbox of Vercel's endpoint. No money
 * moves. It works in a temporary folder and leaves nothing behind but the cached engine.
 */
const engine = await findEngine();
const sandbox = await startSandbox();
const project = new Project({
  engine: engine.folder,
  // With the keys of the balances, which the sandbox serves, too.
  env: { VERCEL_API_URL: sandbox.url, AI_GATEWAY_API_KEY: "sandbox", V0_API_KEY: "sandbox" },
  program: `const { CreditPurchase } = require("pulumi-vercel-credits");
for (const { name, args } of require("./purchases.json")) new CreditPurchase(name, args);`,
});
process.once("exit", () => project.close());
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
let step = 0;

try {
  await project.init();
  say(`\nA sandbox of Vercel's billing endpoint listens on ${sandbox.url}. No money moves.`);

  const gateway = { name: "gateway-2026-q4", args: { creditType: "gateway", amount: 100 } };
  const v0 = { name: "v0-2026-q4", args: { creditType: "v0", amount: 50 } };

  project.declare(gateway);
  await run("A reviewer reads what will be charged", "preview", { charges: 0 });
  await run("It is bought", "up", { charges: 1 });
  await command("The balance has moved", ["balance"]);
  await run("The same program again buys nothing", "up", { charges: 1 });

  project.declare({ ...gateway, args: { ...gateway.args, amount: 250 } });
  await run("A purchase that is made can't be changed", "up", { charges: 1, fails: true });

  project.declare(gateway, v0);
  sandbox.misbehave("cut-after-charge");
  await run("Another purchase, and the connection breaks after the charge", "up", {
    charges: 2,
    fails: true,
  });
  await run("Nobody knows how it ended, so it is not bought again", "up", { charges: 2, fails: true });

  const unknown = `${project.resource("PurchaseOrder", v0.name)?.id}`;
  await command("What the balance before and after suggests; it decides nothing", ["investigate", unknown]);

  const found = sandbox.charges().at(-1)?.intentId ?? "";
  note(`A person looks at the team's billing page, and finds it: ${found}`);
  project.declare(gateway, { ...v0, args: { ...v0.args, adopt: found } });
  await run("Adopted: on record, without another charge", "up", { charges: 2 });

  const agent = { name: "agent-2026-q4", args: { creditType: "agent", amount: 20 } };
  project.declare(gateway, { ...v0, args: { ...v0.args, adopt: found } }, agent);
  await killedWhileBuying("Pulumi is killed while it buys a third, after the charge");
  await run("The journal on this machine knows how that ended, so the next up takes it over", "up", {
    charges: 3,
  });

  await command("What was bought, for the books: a table here, or --csv, --json, --html", ["receipts"]);

  say(
    styleText(
      "green",
      "\nThree orders, three charges. Next: README.md, or `pulumi up` here to buy for real.",
    ),
  );
} catch (error) {
  console.error(styleText("red", `\ndemo: ${error instanceof Error ? error.message : error}`));
  process.exitCode = 1;
} finally {
  project.close();
  await sandbox.close();
}

/** Runs one step, shows what a person would read of it, and fails where the sandbox counts otherwise. */
async function run(title: string, command: "preview" | "up", expected: { charges: number; fails?: boolean }) {
  note(title);
  for (const { name, args } of project.declared) {
    const shown = inspect(args, { breakLength: Number.POSITIVE_INFINITY }).replaceAll("'", '"');
    say(styleText("dim", `   new CreditPurchase("${name}", ${shown});`));
  }
  say(styleText("bold", `   $ pulumi ${command}`));
  const result = await project.run(command, ...(command === "up" ? ["--yes"] : []));
  for (const line of shorten(result)) say(`   ${line}`);
  const charges = sandbox.charges();
  const dollars = charges.reduce((sum, { amount }) => sum + amount, 0);
  say(
    styleText(
      "cyan",
      `   sandbox: ${charges.length} charge${charges.length === 1 ? "" : "s"}, $${dollars}.00 in all`,
    ),
  );
  if (charges.length !== expected.charges || (result.code !== 0) !== (expected.fails ?? false)) {
    throw new Error(
      `expected ${JSON.stringify(expected)}, but pulumi ended with ${result.code}:\n${result.output}`,
    );
  }
}

/** Shows what the package's own command prints in the project's folder. */
async function command(title: string, args: string[]): Promise<void> {
  note(title);
  say(styleText("bold", `   $ npx pulumi-vercel-credits ${args.join(" ")}`));
  const file = join(ROOT, "provider/bin/pulumi-vercel-credits.js");
  const options = { cwd: project.folder, env: project.env, timeout: 60_000 };
  const printed = await promisify(execFile)(process.execPath, [file, ...args], options);
  for (const line of printed.stdout.trimEnd().split("\n")) say(`   ${line}`);
}

/** Kills the command line while the request is under way, and unlocks the stack as Pulumi then asks for. */
async function killedWhileBuying(title: string): Promise<void> {
  note(title);
  sandbox.misbehave("slow", { milliseconds: 1000 });
  const up = project.start("up", "--yes");
  await sandbox.nextRequest();
  project.killAlone(up.process);
  await up.ended;
  for (const line of ["$ pulumi up", "Killed", "$ pulumi cancel"]) say(styleText("bold", `   ${line}`));
  await project.unlock();
}

/** The end of what Pulumi prints: what was said, and what came of it; not how it got there. */
function shorten({ output }: Run): string[] {
  const lines = output.slice(Math.max(output.lastIndexOf("Updating ("), 0)).split("\n");
  const from = Math.max(lines.indexOf("Diagnostics:"), 0) || lines.indexOf("Resources:");
  return lines
    .slice(from)
    .map((line) => line.trim().replace(/^\* /, "error: "))
    .filter((line) => /^(💳|✅|⚠️|📎|🔁|⏳|error: .*charged|[+~-]* ?\d+ )/u.test(line));
}

function note(text: string): void {
  say(styleText("bold", `\n${++step}. ${text}`));
}

function say(text: string): void {
  console.log(text);
}
