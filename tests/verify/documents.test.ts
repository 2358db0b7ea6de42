import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "pulumi-vercel-credits/sandbox";
import { type Block, blocksOf, commandsOf, differenceOf, isTyped } from "../support/documents";
import { PAGES, type Step } from "../support/pages";
import { ROOT } from "../support/project.mts";
import { packed, Reader } from "../support/reader";
import { run } from "../support/run";

const documents = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "provider/README.md", "examples/README.md"];
for (const file of readdirSync(join(ROOT, "docs"))) if (file.endsWith(".md")) documents.push(`docs/${file}`);

const folder = mkdtempSync(join(tmpdir(), "vercel-credits-packed-"));
const modules = join(folder, "node_modules");
let tarball: string;

beforeAll(() => {
  tarball = packed(folder);
  writeFileSync(join(folder, "package.json"), "{}");
  run(folder, "npm", ["install", tarball, "@pulumi/pulumi", "--no-audit", "--no-fund"]);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("what is written can be typed as it stands, and prints what is shown", () => {
  test.each(documents.filter((document) => blocksOf(document).some(isTyped)))(
    "%s",
    async (document) => {
      const sandbox = await startSandbox();
      const reader = new Reader({ tarball, modules, env: { VERCEL_API_URL: sandbox.url } });
      try {
        const steps = [...(PAGES[document] ?? [])];
        for (const block of blocksOf(document)) {
          const step = steps[0];
          if (!step || !block.text.startsWith(step.at)) {
            if (isTyped(block)) throw new Error(`${document}: nothing here says how to run\n${block.text}`);
            continue;
          }
          steps.shift();
          await follow(step, block, reader, sandbox);
        }
        expect(steps.map(({ at }) => at)).toEqual([]);
      } finally {
        reader.close();
        await sandbox.close();
      }
    },
    300_000,
  );
});

async function follow(step: Step, block: Block, reader: Reader, sandbox: Sandbox): Promise<void> {
  if (step.notRun) return;
  if (step.runIn) return expect(blocksOf(step.runIn)).toContainEqual(block);
  if (step.as) expect(readFileSync(step.as, "utf8").trim()).toBe(block.text);
  await step.before?.(reader, sandbox);
  if (step.into) return reader.write(step.into, block.text);
  for (const { command, shown } of commandsOf(block)) {
    if (step.stays && shown !== undefined) {
      await reader.leave(command, (printed) => differenceOf(printed, shown) === undefined);
      continue;
    }
    const { code, output } = await reader.type(command);
    const ended = `${command}\n${output}\nended with ${code}`;
    if ((code !== 0) !== (step.fails ?? false)) throw new Error(ended);
    const difference = shown === undefined ? undefined : differenceOf(output, shown);
    if (difference) expect(difference.printed).toEqual(difference.shown);
    await step.after?.(output, sandbox, reader);
  }
}
