import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runExample as example } from "../support/example";
import { ROOT } from "../support/project.mts";
import { CHARGED } from "../support/sentences";

const charged = { code: 0, output: expect.stringContaining(CHARGED) };

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
