import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Charge } from "pulumi-vercel-credits/sandbox";
import type { Project } from "../pulumi-project.mts";

interface TryRecord {
  readonly name: string;
  readonly order: string;
  readonly sent: boolean;
  readonly outcome: string | undefined;
}

/** What must be so at every moment, whatever was killed: each line says what isn't. */
export function violations(project: Project, charges: Charge[], journal: string): string[] {
  const tries = readTries(journal);
  const kept = JSON.stringify(project.resources());
  const found: string[] = [];
  for (const [name, ofOne] of Map.groupBy(charges, ({ source }) => source)) {
    const sent = tries.filter((one) => one.name === name && one.sent);
    if (ofOne.length > sent.length) {
      found.push(`${name}: ${ofOne.length} charges for ${sent.length} requests on record`);
    }
    const known = ofOne.filter(
      ({ intentId }) => kept.includes(intentId) || sent.some(({ outcome }) => outcome?.includes(intentId)),
    );
    const open = sent.filter(({ outcome }) => outcome === undefined || outcome.includes('"unknown"'));
    if (ofOne.length > known.length + open.length) found.push(`${name}: a charge is on no record`);
  }
  return found;
}

/** What must be so once everything is settled: each purchase was charged once, and is on record as bought. */
export function unsettled(project: Project, charges: Charge[], names: string[]): string[] {
  return names.flatMap((name) => {
    const ofOne = charges.filter(({ source }) => source === name);
    const { status, intentId } = project.outputs(name) ?? {};
    const found: string[] = [];
    if (status !== "succeeded" && status !== "adopted")
      found.push(`${name}: is ${status ?? "not on record"}`);
    if (ofOne.length !== 1) found.push(`${name}: charged ${ofOne.length} times`);
    else if (intentId !== ofOne[0]?.intentId) found.push(`${name}: on record is another intent`);
    return found;
  });
}

function readTries(journal: string): TryRecord[] {
  const files = existsSync(journal) ? readdirSync(journal) : [];
  const read = (file: string) =>
    files.includes(file) ? readFileSync(join(journal, file), "utf8") : undefined;
  return files
    .filter((file) => /^order_.*\.sent\.json$/.test(file))
    .map((file) => {
      const order = file.slice(0, -".sent.json".length);
      const { name, withdrawnFor } = JSON.parse(read(file) ?? "{}");
      return { name, order, sent: withdrawnFor === undefined, outcome: read(`${order}.outcome.json`) };
    });
}
