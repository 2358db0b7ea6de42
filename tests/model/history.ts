import fc from "fast-check";
import { ANSWERS, type Answer } from "./endpoint";
import type { DiskFault, Mishap } from "./machine";

/** What a person changes in the program before an update. */
export type Reaction = "nothing" | "raise" | "lower" | "adopt" | "amount";

export interface Up {
  readonly stack: number;
  readonly reaction: Reaction;
  /** The first half of `pulumi up`; without it, `--skip-preview`. */
  readonly previews: boolean;
  readonly journal: "home" | "other" | "off";
  readonly answer: Answer;
  readonly replace: boolean;
  readonly again: boolean;
  readonly stopsBetween: boolean;
  readonly mishap?: Mishap | undefined;
  readonly diskFault?: DiskFault | undefined;
}

/** Where a copy of a stack is used: with the journal of the first one, with none of it, or with a copy of it. */
export type Machine = "same" | "other" | "cloned";

export type Act =
  | { readonly do: "up"; readonly ups: readonly Up[]; readonly turns: readonly number[] }
  | { readonly do: "taint" | "forget" | "destroy"; readonly stack: number }
  | { readonly do: "copy"; readonly stack: number; readonly to: Machine };

const rarely = (weight: number) =>
  fc.oneof({ arbitrary: fc.constant(false), weight: 10 - weight }, { arbitrary: fc.constant(true), weight });

const stack = fc.nat(2);

const reaction = fc.constantFrom<Reaction>(
  ...Array(6).fill("nothing"),
  ...Array(3).fill("raise"),
  "lower",
  "adopt",
  "amount",
);

const mishap = fc.record({
  kind: fc.constantFrom<Mishap["kind"]>("crash", "kill"),
  at: fc.integer({ min: 1, max: 20 }),
});

const diskFault = fc.record({ from: fc.integer({ min: 1, max: 4 }), torn: fc.boolean() });

/** Nothing but answers and people: every process runs to its end, and writes its journal. */
const undisturbed = {
  stack: fc.constant(0),
  reaction,
  previews: fc.boolean(),
  journal: fc.constant("home" as const),
  answer: fc.constantFrom(...ANSWERS),
  replace: rarely(1),
  again: rarely(2),
  stopsBetween: rarely(2),
};

const up: fc.Arbitrary<Up> = fc.record({
  ...undisturbed,
  stack,
  journal: fc.constantFrom<Up["journal"]>(...Array(7).fill("home"), "other", "off", "off"),
  mishap: fc.option(mishap, { nil: undefined, freq: 2 }),
  diskFault: fc.option(diskFault, { nil: undefined, freq: 10 }),
});

const turns = fc.array(fc.nat(2), { maxLength: 60 });

const act: fc.Arbitrary<Act> = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant("up" as const), ups: fc.tuple(up), turns }), weight: 10 },
  { arbitrary: fc.record({ do: fc.constant("up" as const), ups: fc.tuple(up, up), turns }), weight: 3 },
  { arbitrary: fc.record({ do: fc.constantFrom("taint", "forget", "destroy"), stack }), weight: 2 },
  {
    arbitrary: fc.record({
      do: fc.constant("copy" as const),
      stack,
      to: fc.constantFrom<Machine>("same", "same", "other", "cloned"),
    }),
    weight: 2,
  },
);

const calm = {
  reaction: "nothing",
  previews: false,
  journal: "home",
  answer: "succeeded",
  again: false,
} as const;
const plainUp: Up = { ...calm, stack: 0, replace: false, stopsBetween: false };

/** Two updates that find the same unused order: of a stack and its copy, or of a process that was left behind. */
const race: fc.Arbitrary<Act[]> = fc.record({ isCopy: fc.boolean(), at: fc.nat(8), turns }).map((r) => {
  const opens = r.isCopy ? { stopsBetween: true } : { mishap: { kind: "kill" as const, at: r.at } };
  return [
    { do: "up", ups: [{ ...plainUp, ...opens }], turns: [] },
    ...(r.isCopy ? [{ do: "copy" as const, stack: 0, to: "same" as const }] : []),
    { do: "up", ups: [plainUp, ...(r.isCopy ? [{ ...plainUp, stack: 1 }] : [])], turns: r.turns },
  ];
});

const scene = fc.oneof({ arbitrary: act.map((one) => [one]), weight: 14 }, { arbitrary: race, weight: 1 });

export const histories = fc.array(scene, { minLength: 1, maxLength: 9 }).map((scenes) => scenes.flat());

export const undisturbedHistories: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    {
      arbitrary: fc.record({
        do: fc.constant("up" as const),
        ups: fc.tuple(fc.record(undisturbed)),
        turns: fc.constant([]),
      }),
      weight: 9,
    },
    { arbitrary: fc.record({ do: fc.constantFrom("taint", "forget"), stack: fc.constant(0) }), weight: 1 },
  ),
  { minLength: 1, maxLength: 6 },
);
