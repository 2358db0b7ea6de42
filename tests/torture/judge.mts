import type { Charge } from "pulumi-vercel-credits/sandbox";
import type { Project } from "../support/project.mts";
import type { Records } from "./journal-place.mts";

interface Sent {
  readonly name: string;
  /** The text of its completion, where there is one. */
  readonly completion: string | undefined;
  readonly outcome: string | undefined;
}

/** What must be so at every moment, whatever was killed: each line says what isn't. */
export function violations(projects: Project[], charges: Charge[], journals: readonly Records[]): string[] {
  const requests = requestsOnRecord(journals);
  const kept = JSON.stringify(projects.map((project) => project.resources()));
  const found: string[] = [];
  for (const [name, ofOne] of Map.groupBy(charges, ({ source }) => source)) {
    const sent = requests.filter((one) => one.name === name);
    if (ofOne.length > sent.length) {
      found.push(`${name}: ${ofOne.length} charges for ${sent.length} requests on record`);
    }
    const known = ofOne.filter(
      ({ intentId }) =>
        kept.includes(intentId) || sent.some(({ completion }) => completion?.includes(intentId)),
    );
    const inDoubt = sent.filter(({ outcome }) => outcome === undefined || outcome === "unknown");
    if (ofOne.length > known.length + inDoubt.length) found.push(`${name}: a charge is on no record`);
  }
  return found;
}

/** What must be so once everything is settled: each purchase was charged once, and is on record as bought. */
export function unsettled(project: Project, charges: Charge[], names: string[]): string[] {
  return names.flatMap((name) => {
    const ofOne = charges.filter(({ source }) => source === name);
    const { outcome, intentId } = project.outputs(name) ?? {};
    const found: string[] = [];
    if (outcome !== "bought" && outcome !== "adopted")
      found.push(`${name}: is ${outcome ?? "not on record"}`);
    if (ofOne.length !== 1) found.push(`${name}: charged ${ofOne.length} times`);
    else if (intentId !== ofOne[0]?.intentId) found.push(`${name}: on record is another intent`);
    return found;
  });
}

/**
 * Every intent record, which is there before its request leaves, with what came of it. Copies of a journal have the same
 * ones, and can have closed what was sent by another.
 */
function requestsOnRecord(journals: readonly Records[]): Sent[] {
  const records = journals.flatMap((journal) => [...journal].map(([name, text]) => ({ name, text })));
  const sent = records
    .filter(({ name }) => name.startsWith("intent."))
    .map(({ text }) => JSON.parse(text))
    .filter(({ closed }) => closed === undefined);
  return [...new Map(sent.map(({ order, name }) => [order, name]))].map(([order, name]) => {
    const completion = records.find((record) => record.name === `${order}.completion`)?.text;
    return { name, completion, outcome: completion && JSON.parse(completion).outcome };
  });
}
