/**
 * Imports point one way: each part may use those before it, and nothing back. `docs/architecture.md` has the drawing,
 * `tests/unit/architecture.test.ts` holds the code to it.
 *
 * @type {Record<string, string[]>}
 */
const MAY_USE = {
  domain: [],
  http: ["domain"],
  state: ["domain", "charge/answer"],
  journal: ["domain", "state"],
  charge: ["domain", "http", "state/order-reference", "journal"],
  balances: ["domain", "http"],
  lifecycle: ["domain", "http", "state", "journal", "charge", "balances"],
  review: ["domain", "state"],
  pages: ["domain"],
  receipts: ["domain", "state", "journal", "pages"],
  policy: ["domain", "state"],
  sandbox: ["domain", "pages"],
  cli: ["domain", "http", "state", "journal", "balances", "review", "receipts", "sandbox"],
};

/** What every part may read: where settings come from, and the version. */
const EVERYWHERE = ["settings", "version"];

const arrows = Object.entries(MAY_USE).map(([part, others]) => ({
  name: `${part}-points-one-way`,
  comment: `${part} may use ${others.join(", ") || "nothing of ours"}, and nothing else`,
  severity: "error",
  from: { path: `^provider/src/${part}/` },
  to: {
    path: "^provider/src/",
    pathNot: `^provider/src/(${[part, ...others, ...EVERYWHERE].join("|")})[/.]`,
  },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...arrows,
    {
      name: "no-circles",
      severity: "error",
      from: { path: "^provider/src/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "the-provider-process-has-no-sdk",
      comment: "The provider process brings its own SDK: a second one is 120 MB more to load",
      severity: "error",
      from: { path: "^provider/src/(domain|http|state|journal|charge|balances|lifecycle)/" },
      to: { path: "node_modules/@pulumi/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "the-program-has-no-http-client",
      comment:
        "A program that only declares purchases doesn't wait for the HTTP client and the reader of answers",
      severity: "error",
      from: {
        path: "^provider/src/(credit-purchase|credit-plan|purchase-order|resource-options|index)[.]ts$",
      },
      to: { path: "^provider/src/(http|charge|journal|lifecycle|state)/", dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
  },
};
