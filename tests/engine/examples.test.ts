import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/project.mts";
import { sandboxAndProject } from "../support/stack";

/** Runs an example as a user would, from a copy, so that its folder stays clean. */
async function example(name: string, config: Record<string, string> = {}) {
  const { sandbox, project } = await sandboxAndProject();
  rmSync(join(project.folder, "index.js"));
  if (name === "quickstart") {
    // The root's own project, whose program is the quickstart.
    cpSync(join(ROOT, "Pulumi.yaml"), join(project.folder, "Pulumi.yaml"));
    cpSync(join(ROOT, "examples/quickstart"), join(project.folder, "examples/quickstart"), {
      recursive: true,
    });
  } else {
    cpSync(join(ROOT, "examples", name), project.folder, {
      recursive: true,
      filter: (file) => !file.includes("node_modules"),
    });
  }
  await project.init();
  for (const [key, value] of Object.entries(config)) project.config(key, value);
  const run = await project.up();
  return {
    run,
    charges: sandbox.charges().map(({ team, creditType, amount }) => ({ team, creditType, amount })),
  };
}

const charged = { code: 0, output: expect.stringContaining("The card was charged.") };

const EXPECTED: Record<string, () => Promise<void>> = {
  quickstart: async () => {
    const { run, charges } = await example("quickstart");
    expect(run).toMatchObject(charged);
    expect(charges).toEqual([{ team: "acme", creditType: "gateway", amount: 100 }]);
  },
  "several-purchases": async () => {
    const config = { team: "from-config", gatewayDollars: "500", v0Dollars: "100" };
    const { run, charges } = await example("several-purchases", config);
    expect(run).toMatchObject(charged);
    expect(charges).toHaveLength(2);
    expect(charges).toContainEqual({ team: "from-config", creditType: "gateway", amount: 500 });
    expect(charges).toContainEqual({ team: "from-config", creditType: "v0", amount: 100 });
  },
  "adopt-earlier": async () => {
    const { run, charges } = await example("adopt-earlier");
    expect(run).toMatchObject({ code: 0, output: expect.stringContaining("pur_3kQ8Zr5tYw") });
    expect(charges).toEqual([]);
  },
  plan: async () => {
    const { run, charges } = await example("plan");
    expect(run).toMatchObject(charged);
    expect(charges).toHaveLength(3);
    expect(charges).toContainEqual({ team: "acme", creditType: "v0", amount: 50 });
  },
  testing: async () => {
    const { run, charges } = await example("testing", { gatewayDollars: "100" });
    expect(run).toMatchObject(charged);
    expect(charges).toEqual([{ team: "acme", creditType: "gateway", amount: 100 }]);
  },
  "es-module": async () => {
    const { run, charges } = await example("es-module");
    expect(run).toMatchObject(charged);
    expect(charges).toEqual([{ team: "acme", creditType: "agent", amount: 20 }]);
  },
};

test("every example has its expectation here", () => {
  // These two have tests of their own.
  const programs = readdirSync(join(ROOT, "examples"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !["ci", "policy"].includes(entry.name))
    .map(({ name }) => name);
  expect(programs.sort()).toEqual(Object.keys(EXPECTED).sort());
});

test.each(Object.keys(EXPECTED))("the example %s does what it says", (name) => EXPECTED[name]?.());
