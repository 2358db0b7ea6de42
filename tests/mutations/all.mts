import { CHARGE } from "./charge.mts";
import { DOMAIN } from "./domain.mts";
import { HTTP } from "./http.mts";
import { JOURNAL } from "./journal.mts";
import { LIFECYCLE } from "./lifecycle.mts";
import { MONTH } from "./month.mts";
import type { Mutation } from "./mutation.mts";
import { PROGRAM } from "./program.mts";
import { REPORTS } from "./reports.mts";

/** Every guard that is broken on purpose. */
export const MUTATIONS: readonly Mutation[] = [
  ...CHARGE,
  ...HTTP,
  ...DOMAIN,
  ...JOURNAL,
  ...MONTH,
  ...LIFECYCLE,
  ...PROGRAM,
  ...REPORTS,
];
