import type { Sandbox } from "pulumi-vercel-credits/sandbox";
import type { CrashPoint } from "../../provider/src/charge/crash-points";
import type { ModelledProject } from "./modelled-project";
import type { Declared, Project, Run } from "./project.mts";
import { sentencesOf } from "./sentences";
import { sandboxAndModel, sandboxAndProject, upCrashingAt } from "./stack";

/**
 * Most cases run on a model of the engine (`ModelledProject`). Here the real engine and the model take the same steps, and
 * after each of them must have come to the same. Where they don't, the model is wrong.
 */
interface Place {
  readonly project: Project | ModelledProject;
  readonly sandbox: Sandbox;
}
type Step = (place: Place) => Promise<Run>;

/** Nothing is protected, since the model knows no `protect`. */
const declares = ({ project }: Place, ...purchases: Declared[]) =>
  project.declare(...purchases.map((one) => ({ ...one, opts: { protect: false } })));

const up: Step = ({ project }) => project.up("--skip-preview");
const preview: Step = ({ project }) => project.preview();
const destroy: Step = ({ project }) => project.destroyUnprotected();
const declaring =
  (args: NonNullable<Declared["args"]>, then: Step = up): Step =>
  (place) => {
    declares(place, { args });
    return then(place);
  };
const answered =
  (...[fault, options]: Parameters<Sandbox["misbehave"]>): Step =>
  (place) => {
    place.sandbox.misbehave(fault, options);
    return up(place);
  };
const killedAt =
  (point: CrashPoint): Step =>
  ({ project }) =>
    upCrashingAt(project, point);

/** What `npm test` takes both ways; the others, `npm run verify`. */
const FIRST = 2;

const SCENARIOS: Record<string, { env?: Record<string, string>; steps: Step[] }> = {
  "bought, wanted by another source, changed, and destroyed": {
    steps: [
      preview,
      up,
      declaring({ source: "ours" }),
      declaring({ amount: 5 }, preview),
      declaring({ amount: 5 }),
      destroy,
    ],
  },
  "in doubt, tried again at a higher attempt, and taken out of the program": {
    steps: [
      answered("cut-after-charge"),
      up,
      destroy,
      declaring({ attempt: 2 }, preview),
      declaring({ attempt: 2 }),
      (place) => {
        declares(place);
        return up(place);
      },
    ],
  },
  "a checkout, withdrawn and destroyed": {
    steps: [
      answered("checkout"),
      up,
      destroy,
      declaring({ withdraw: true }, preview),
      declaring({ withdraw: true }),
      destroy,
    ],
  },
  "never sent, and goes on by itself": {
    steps: [
      async (place) => {
        const before = place.project.env.VERCEL_API_URL as string;
        place.project.env.VERCEL_API_URL = "http://127.0.0.1:1"; // where nobody listens
        place.project.config("vercelCredits:preflight", "off");
        const run = await up(place);
        place.project.env.VERCEL_API_URL = before;
        return run;
      },
      preview,
      up,
    ],
  },
  "killed before the state had it, and put on record": { steps: [killedAt("before-state"), preview, up, up] },
  "arguments that are wrong, and right": {
    steps: [
      declaring({ amount: 0.5 }, preview),
      declaring({ amount: 0.5, team: "" }),
      declaring({ amount: 1 }),
    ],
  },
  "refused, and bought as changed at a higher attempt": {
    steps: [answered("decline"), preview, declaring({ amount: 7 }), declaring({ amount: 7, attempt: 2 })],
  },
  "pending, and adopted under its own id": {
    steps: [
      answered("pending"),
      up,
      (place) => declaring({ adopt: String(place.project.outputs()?.intentId) })(place),
      declaring({ attempt: 2 }),
    ],
  },
  "failed, and withdrawn": { steps: [answered("failed"), declaring({ withdraw: true }), up] },
  "over the cap, and allowed": {
    steps: [
      (place) => {
        place.project.config("vercelCredits:maxAmount", "50");
        return preview(place);
      },
      up,
      (place) => {
        place.project.config("vercelCredits:maxAmount", "500");
        return up(place);
      },
    ],
  },
  "killed before its request left, and goes on by itself": {
    steps: [killedAt("before-intent-record"), preview, up],
  },
  "killed while its request was under way, and settled": {
    steps: [killedAt("request-left"), preview, up, declaring({ adopt: "pur_found" }), destroy],
  },
  "without a journal, killed before the state had it": {
    env: { VERCEL_CREDITS_JOURNAL: "off" },
    steps: [killedAt("before-state"), up, declaring({ attempt: 2 }), declaring({ attempt: 1 })],
  },
  "one after the other, the second in doubt, and all destroyed": {
    steps: [
      (place) => {
        declares(place, { name: "one", args: { amount: 7 } });
        return up(place);
      },
      (place) => {
        declares(place, { name: "one", args: { amount: 7 } }, { name: "other", args: { amount: 9 } });
        return answered("cut-after-charge")(place);
      },
      destroy,
    ],
  },
  "its record taken out of the state": {
    steps: [
      up,
      (place) => {
        if ("loseFromState" in place.project) place.project.loseFromState("CreditPurchase");
        else place.project.editState((all) => all.filter(({ urn }) => !urn.includes(":CreditPurchase::")));
        return up(place);
      },
    ],
  },
};

/** A test for each of them. */
export function testScenarios(which: "first" | "others"): void {
  const all = Object.entries(SCENARIOS);
  test.each(which === "first" ? all.slice(0, FIRST) : all.slice(FIRST))(
    "the model does what the engine does: %s",
    async (_name, { env, steps }) => {
      const engine: Place = await sandboxAndProject(env);
      const model: Place = await sandboxAndModel(env);
      for (const place of [engine, model]) declares(place, {});

      for (const [at, step] of steps.entries()) {
        const [ofEngine, ofModel] = await Promise.all([step(engine), step(model)]);
        expect({ at, ...seen(model, ofModel) }).toEqual({ at, ...seen(engine, ofEngine) });
        for (const reason of reasonsOf(ofModel)) expect(flat(ofEngine.output)).toContain(flat(reason));
      }
    },
  );
}

/** What a step came to, without what differs from one purchase to the next. */
function seen({ project, sandbox }: Place, run: Run) {
  const succeeded = run.code === 0;
  const kept = project
    .resources()
    .filter(({ urn }) => urn.includes("dynamic/vercel:"))
    .sort((a, b) => a.urn.localeCompare(b.urn));
  return {
    code: run.code,
    operations: succeeded ? operationsOf(run) : [],
    says: [...new Set(run.output.match(/^[\s|]*(🔁|💳|✅|⚠️|🗑️|ℹ️|⏳|📎) .*$/gmu))]
      .map((line) => neutral(line.trim()))
      .sort(),
    sentences: sentencesOf(run),
    requests: sandbox.requests().length,
    charges: sandbox.charges().length,
    state: kept.map(({ urn, id, inputs, outputs, ...one }) =>
      JSON.parse(neutral(JSON.stringify({ urn, id, inputs, outputs, failed: "initErrors" in one }))),
    ),
  };
}

/** The closing lines: `+ 3 created` of an update, `+ 3 to create` of a preview. */
function operationsOf({ output }: Run): string[] {
  const closing = output.slice(output.lastIndexOf("Resources:"));
  const counted = closing.matchAll(
    /(?:^ +\W?\s*|changes\. )(\d+) (?:to )?(creat|updat|delet|unchanged)\w*$/gm,
  );
  return [...counted].map(([, count, what]) => `${count} ${what}`).sort();
}

/** Why something failed: the model prints it as one line, and the engine in its own layout. */
function reasonsOf({ output }: Run): string[] {
  return [...output.matchAll(/^error: \S+ \S+: (.*)$/gm)].map(([, reason = ""]) => reason);
}

const flat = (text: string) => neutral(text).replaceAll(/\s+/g, " ");

function neutral(text: string): string {
  const names = new Map<string, string>();
  const unlike =
    /\b(order|pur|cs|in|req|local1:|journal)_?:?[\w-]{8,}\b|\b[0-9a-f]{32,}\b|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replace(/127\.0\.0\.1[:-]\d+(-[0-9a-f]{8})?/g, "ADDRESS")
    .replace(unlike, (one) => {
      const name = names.get(one) ?? `${one.slice(0, 3)}#${names.size}`;
      names.set(one, name);
      return name;
    });
}
