import { Command } from "commander";
import { PACKAGE_VERSION } from "../version";

/** One line a subcommand; each has a file of its own, loaded when it is asked for. */
const PROGRAM = "pulumi-vercel-credits";
const program = new Command(PROGRAM)
  .description("Tools for purchases of Vercel credits that a Pulumi program declares")
  .version(PACKAGE_VERSION)
  // Subcommands take these over where they are made.
  .configureOutput({
    outputError: (text, write) => write(`${PROGRAM}: ${text.replace(/^error: /, "")}`),
  })
  // Wrong usage ends with 2: 1 says something about money.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

program
  .command("sandbox")
  .description("serve a local stand-in for the endpoint that charges, to try programs without a card")
  .option("--port <number>", "port to listen on, on this machine only", "4010")
  .option("--charges <file>", "keep the charges in this file, so that they outlive the sandbox")
  .option("--team <name...>", "the teams that exist (default: all but those that begin with unknown)")
  .option("--fault <name>", "misbehave on the first request; the page lists the names")
  .action(async (options) => (await import("./sandbox.js")).sandbox(options));

const journal = program
  .command("journal")
  .description(
    "list every order of all stacks and what came of it; exits with 1 where one is unresolved, or charged twice",
  )
  .option(
    "--folder <folder>",
    "the journal's folder, where the stack sets vercelCredits:journal (default: as the provider's)",
  )
  .option("--address <address>", "another journal: s3://, gs://, azblob://, postgres://, or backend")
  .option("--project <name>", "only what this project ordered")
  .option("--stack <name>", "only what this stack ordered: its name, or ORGANIZATION/PROJECT/STACK")
  .option("--team <team>", "only for this team: its slug as in the program, or its id")
  .option("--since <date>", "only what was ordered on this day or later (UTC), such as 2026-10-01")
  .option("--json", "for scripts")
  .action(async (options) => (await import("./journal.js")).journal(options));

journal
  .command("show <order>")
  .description("everything recorded of one order")
  .action(async (order) => (await import("./journal.js")).showOrder(order, journal.opts()));

journal
  .command("settle <order>")
  .description("a person's word about an order that no program declares any more; nothing is sent")
  .option("--adopt <id>", "it was made: the id of its intent or invoice, from the billing page")
  .option("--withdraw", "it was not made, and isn't wanted")
  .option("--known", "you know of the double charge: it is no longer reported")
  .action(async (order, options) =>
    (await import("./settle.js")).settle(order, { ...journal.opts(), ...options }),
  );

program
  .command("review")
  .description(
    "say what a merge would charge, from `pulumi preview --json --show-sames`; exits with 1 where that is over budget, not known, or `pulumi up` will fail, with 2 where there is no complete preview",
  )
  .argument("[file...]", "what Pulumi printed, one of each stack, or - for standard input (default: -)")
  .option("--format <format>", "markdown, text or json", "markdown")
  .option("--budget <dollars>", "instead of the stack's vercelCredits:maxAmountPerUpdate")
  .option(
    "--stack <project/stack>",
    "which stack the preview is of, where it failed before it could say; once for each preview",
    (name: string, before: string[] = []) => [...before, name],
  )
  .action(async (files, options) => (await import("./review.js")).reviewFiles(files, options));

program
  .command("balance")
  .description("what is left of the credits, for each of AI_GATEWAY_API_KEY and V0_API_KEY that is set")
  .option("--warn-below <dollars>", "exit with 1 where one is below this, or can't be read")
  .option("--json", "for scripts")
  .action(async (options) => (await import("./balance.js")).balance(options));

program
  .command("investigate")
  .description("what the balance suggests about an order in doubt; it decides nothing")
  .argument("<order>", "the order, or how it begins")
  .option("--folder <folder>", "the journal's folder (default: as the provider's)")
  .option("--address <address>", "the journal's address, such as s3://BUCKET/PREFIX")
  .option("--state <file>", "what `pulumi stack export` wrote, for an order that no journal here knows")
  .option("--json", "for scripts")
  .action(async (order, options) => (await import("./investigate.js")).investigate(order, options));

program
  .command("receipts")
  .description("what was bought: the stack selected here, or what `pulumi stack export` wrote")
  .argument("[file]", "a stack's export, or - for standard input (default: runs `pulumi stack export`)")
  .option(
    "--stack <name>",
    "another stack than the selected one; of a file or a journal, those of this stack: NAME, or ORGANIZATION/PROJECT/STACK",
  )
  .option(
    "--journal [address]",
    "from the journal instead, which knows of purchases no state has (default: as the provider's)",
  )
  .option("--folder <folder>", "from the journal in this folder")
  .option("--purchase <name>", "one purchase, with every attempt and all that Vercel's support asks for")
  .option("--since <date>", "those made on this day or later (UTC), such as 2026-10-01")
  .option("--team <team>", "those of this team: its slug as in the program, or its id")
  .option("--project <name>", "those of this project")
  .option("--csv", "for spreadsheets")
  .option("--json", "for scripts")
  .option("--html", "one page with a chart, for people")
  .action(async (file, options) => (await import("./receipts.js")).receipts(file, options));

for (const command of [program, ...program.commands, ...journal.commands])
  command.showHelpAfterError(`\`${pathOf(command)} --help\` says what it takes.`);

function pathOf(command: Command): string {
  return command.parent === null ? PROGRAM : `${pathOf(command.parent)} ${command.name()}`;
}

program.parseAsync().catch((error: Error) => {
  // A journal's server that doesn't answer would be waited for.
  process.stderr.write(`${PROGRAM}: ${error.message}\n`, () => process.exit(2));
});
