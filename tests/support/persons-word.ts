import { join } from "node:path";
import { Journal } from "../../provider/src/journal/journal";
import { FileStore } from "../../provider/src/journal/stores/file";
import type { ModelledProject } from "./modelled-project";
import { journalOf } from "./stack";

/** An update of a program that says this of its purchase. */
export const up = (project: ModelledProject, args: Record<string, unknown> = {}) => {
  project.declare({ args });
  return project.up("--skip-preview");
};
/** These halves are gone from the state. */
export const lose = (project: ModelledProject, ...halves: string[]) =>
  project.editState((all) => all.filter(({ urn }) => !halves.some((half) => urn.includes(half))));
export const BOTH = ["CreditPurchase", "PurchaseOrder"];
/** `journal settle`. */
export const settle = (
  project: ModelledProject,
  order: unknown,
  word: { adopted: string } | { withdrawn: true },
) => new Journal(new FileStore(join(journalOf(project)))).resolve(`${order}`, word);
