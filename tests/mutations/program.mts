import type { Mutation } from "./mutation.mts";

const OPTIONS = { file: "resource-options.ts", caughtBy: "program/refused-options.test.ts" };

/** What the program side refuses, protects and keeps secret. */
export const PROGRAM: readonly Mutation[] = [
  {
    broken: "a purchase is protected by default",
    ...OPTIONS,
    text: "opts.protect ?? true",
    replacement: "opts.protect ?? false",
  },
  {
    broken: "its order is protected, too",
    ...OPTIONS,
    text: "stateMigrations: _migrations, ...shared }",
    replacement: "stateMigrations: _migrations, protect: _protect, ...shared }",
    named: "so is its order",
  },
  {
    broken: "an alias that names the type finds the order, too",
    ...OPTIONS,
    text: "return { ...alias, ...(alias.type !== undefined && { type: typeOfOrder(alias.type) }) } as pulumi.Alias;",
    replacement: "return alias as pulumi.Alias;",
    named: "by its type",
  },
  {
    broken: "the URN of a purchase under a parent finds the order, too",
    ...OPTIONS,
    text: 'types.lastIndexOf("$") + 1',
    replacement: "0",
    named: "under a parent",
  },
  {
    broken: "options by which it would be replaced are refused",
    ...OPTIONS,
    text: "replaceOnChanges: NEVER_REPLACED,",
    replacement: "",
  },
  {
    broken: "a provider process of its own is refused",
    ...OPTIONS,
    text: "version: SHARED_PROCESS,",
    replacement: "",
  },
  {
    broken: "import is refused",
    ...OPTIONS,
    text: "import: NOT_READ_BACK,",
    replacement: "",
  },
  {
    broken: "a retry on error is refused",
    ...OPTIONS,
    text: "if (opts.hooks?.onError !== undefined) {",
    replacement: "if (false) {",
  },
  {
    broken: "outputs that tell a secret argument are secret, too",
    file: "domain/order-arguments.ts",
    text: '"summary", "reason", "answer",',
    replacement: '"summary", "reason",',
    caughtBy: "program/secrets.test.ts",
  },
];
