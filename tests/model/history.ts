import fc from "fast-check";
import { ANSWERS, type Answer } from "./endpoint";
import type { Half } from "./engine";
import type { DiskFault, Mishap } from "./machine";

/** What a person changes in the program before an update. */
export type Reaction =
  | "nothing"
  | "raise"
  | "lower"
  | "adopt"
  | "adopt another"
  | "withdraw"
  | "take back"
  | "amount"
  | "default team";

export interface Up {
  readonly stack: number;
  readonly reaction: Reaction;
  /** The first half of `pulumi up`; without it, `--skip-preview`. */
  readonly previews: boolean;
  readonly journal: "home" | "other" | "off";
  readonly answer: Answer;
  readonly replace: readonly Half[];
  readonly again: boolean;
  readonly stopsBetween: boolean;
  readonly hasToken: boolean;
  readonly mishap?: Mishap | undefined;
  readonly diskFault?: DiskFault | undefined;
  /** Its answer takes minutes. */
  readonly isSlow?: boolean | undefined;
  /** At which of its steps its machine sleeps for an hour. */
  readonly sleepsAt?: number | undefined;
  /** At which of its steps somebody copies the state and the journal. */
  readonly backup?: number | undefined;
}

/**
 * Where a copy of a stack is used: on another machine that shares the journal, with another journal, or with a copy
 * of it.
 */
export type Machine = "same" | "other" | "cloned";

export type Act =
  /** Two of one stack: the first goes on after `pulumi cancel`. */
  | { readonly do: "up"; readonly ups: readonly Up[]; readonly turns: readonly number[] }
  | { readonly do: "taint" | "state delete"; readonly stack: number; readonly halves: readonly Half[] }
  | { readonly do: "destroy" | "lose journal" | "pay checkout"; readonly stack: number }
  /** Under another URN, with an alias for these halves. */
  | { readonly do: "rename"; readonly stack: number; readonly aliased: readonly Half[] }
  | { readonly do: "copy"; readonly stack: number; readonly to: Machine; readonly backup: number }
  | { readonly do: "restore state"; readonly stack: number; readonly backup: number }
  | {
      readonly do: "restore journal";
      readonly stack: number;
      readonly backup: number;
      readonly how: "copied" | "set back";
    }
  | { readonly do: "settle"; readonly stack: number; readonly word: "adopt" | "withdraw" }
  | { readonly do: "wait"; readonly minutes: number };

const rarely = (weight: number) =>
  fc.oneof({ arbitrary: fc.constant(false), weight: 20 - weight }, { arbitrary: fc.constant(true), weight });
const often = (weight: number) => rarely(weight).map((is) => !is);

const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 3 },
    { arbitrary: arbitrary as fc.Arbitrary<T | undefined>, weight: 1 },
  );

const stack = fc.nat(1);
const someHalves = fc.constantFrom<readonly Half[]>(["order"], ["purchase"], ["order", "purchase"]);
const noneOrSomeHalves = fc.oneof(
  { arbitrary: fc.constant<readonly Half[]>([]), weight: 12 },
  { arbitrary: someHalves, weight: 1 },
);

const reaction = fc.constantFrom<Reaction>(
  ...Array(8).fill("nothing"),
  ...Array(5).fill("raise"),
  ...(["lower", "adopt", "adopt another", "withdraw", "take back", "take back", "amount"] as const),
  "default team",
);

const answer = fc.oneof(
  {
    arbitrary: fc.constantFrom<Answer>(
      ...([
        "succeeded",
        "pending",
        "failed",
        "checkout",
        "declined",
        "notConnected",
        "lostAfterCharge",
      ] as const),
      ...(["lostAfterCharge", "lostBeforeCharge"] as const),
    ),
    weight: 3,
  },
  { arbitrary: fc.constantFrom(...ANSWERS), weight: 1 },
);

const step = fc.integer({ min: 1, max: 26 });
const mishap = fc.record({
  kind: fc.constantFrom<Mishap["kind"]>("crash", "kill", "kill", "power"),
  at: step,
});

const diskFault = fc.oneof(
  fc.record({
    kind: fc.constantFrom("full" as const, "full" as const, "full" as const, "torn" as const),
    from: fc.integer({ min: 1, max: 5 }),
    for: fc.constantFrom(1, 1, 100),
  }),
  fc.record({
    kind: fc.constant("unreachable" as const),
    from: fc.integer({ min: 1, max: 20 }),
    for: fc.constantFrom(1, 100),
  }),
);

/** Nothing but answers and people: every process runs to its end, and writes its journal. */
const undisturbed = {
  stack: fc.constant(0),
  reaction,
  previews: fc.boolean(),
  journal: fc.constant("home" as const),
  answer,
  replace: noneOrSomeHalves,
  again: rarely(3),
  stopsBetween: rarely(3),
  hasToken: fc.constant(true),
};

const up: fc.Arbitrary<Up> = fc.record({
  ...undisturbed,
  stack,
  journal: fc.constantFrom<Up["journal"]>(...Array(8).fill("home"), "other", "off"),
  hasToken: often(1),
  mishap: fc.option(mishap, { nil: undefined, freq: 2 }),
  diskFault: fc.option(diskFault, { nil: undefined, freq: 10 }),
  backup: fc.option(step, { nil: undefined, freq: 3 }),
  isSlow: rarely(2),
  sleepsAt: fc.option(step, { nil: undefined, freq: 12 }),
});

/** Who takes the next step: the first for so long, then the second, too. */
const startsLate = fc.integer({ min: 0, max: 120 }).map((steps) => [...Array<number>(steps).fill(0), 1]);

/** Who takes the next step: one for some steps, then another, so that they meet anywhere in a command. */
const turns = fc
  .array(fc.record({ who: fc.nat(1), steps: fc.oneof(fc.nat(4), fc.nat(40)) }), { maxLength: 12 })
  .map((bursts) => bursts.flatMap(({ who, steps }) => Array<number>(steps).fill(who)));
const backup = fc.nat(3);

const one = <A extends Act["do"]>(...acts: A[]) => fc.constantFrom(...acts);

const act: fc.Arbitrary<Act> = fc.oneof(
  { arbitrary: fc.record({ do: one("up"), ups: fc.tuple(up), turns }), weight: 24 },
  { arbitrary: fc.record({ do: one("up"), ups: fc.tuple(up, up), turns }), weight: 5 },
  { arbitrary: fc.record({ do: one("taint", "state delete"), stack, halves: someHalves }), weight: 4 },
  { arbitrary: fc.record({ do: one("destroy", "lose journal", "pay checkout"), stack }), weight: 3 },
  { arbitrary: fc.record({ do: one("rename"), stack, aliased: noneOrSomeHalves }), weight: 1 },
  { arbitrary: fc.record({ do: one("rename"), stack, aliased: someHalves }), weight: 2 },
  {
    arbitrary: fc.record({
      do: one("copy"),
      stack,
      to: fc.constantFrom<Machine>("same", "same", "other", "cloned", "cloned"),
      backup,
    }),
    weight: 3,
  },
  { arbitrary: fc.record({ do: one("restore state"), stack, backup }), weight: 2 },
  {
    arbitrary: fc.record({
      do: one("restore journal"),
      stack,
      backup,
      how: fc.constantFrom("copied" as const, "set back" as const),
    }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      do: one("settle"),
      stack,
      word: fc.constantFrom("adopt" as const, "withdraw" as const),
    }),
    weight: 1,
  },
  { arbitrary: fc.record({ do: one("wait"), minutes: fc.constantFrom(1, 60) }), weight: 2 },
);

export const PLAIN_UP: Up = {
  stack: 0,
  reaction: "nothing",
  previews: false,
  journal: "home",
  answer: "succeeded",
  replace: [],
  again: false,
  stopsBetween: false,
  hasToken: true,
};
const plain = (changes: Partial<Up> = {}): Act => ({
  do: "up",
  ups: [{ ...PLAIN_UP, ...changes }],
  turns: [],
});

/** Two updates that find the same unused order: of a stack and its copy, or of a process that was left behind. */
const race: fc.Arbitrary<Act[]> = fc
  .record({ isCopy: fc.boolean(), at: step, turns })
  .map((r) => [
    plain(r.isCopy ? { stopsBetween: true } : { mishap: { kind: "kill", at: r.at } }),
    ...(r.isCopy ? [{ do: "copy", stack: 0, to: "same", backup: 0 } as const] : []),
    { do: "up", ups: [PLAIN_UP, ...(r.isCopy ? [{ ...PLAIN_UP, stack: 1 }] : [])], turns: r.turns },
  ]);

/** A copy of the journal that was made while an order was under way, used by another machine or in its place. */
const copied: fc.Arbitrary<Act[]> = fc
  .record({ at: step, kill: step, how: fc.constantFrom("copied", "set back", "cloned"), answer })
  .map(({ at, kill, how, answer: given }) => [
    plain({ backup: at, mishap: { kind: "kill", at: kill }, answer: given }),
    how === "cloned"
      ? { do: "copy", stack: 0, to: "cloned", backup: 0 }
      : { do: "restore journal", stack: 0, backup: 0, how: how as "copied" | "set back" },
    plain({ stack: how === "cloned" ? 1 : 0 }),
  ]);

/** A purchase in doubt, and something that gives it another order. */
const inDoubt: fc.Arbitrary<Act[]> = fc
  .record({
    at: step,
    kind: fc.constantFrom<Mishap["kind"]>("crash", "kill"),
    halves: someHalves,
    does: fc.constantFrom("taint", "state delete", "rename"),
    journal: fc.constantFrom<Up["journal"]>("home", "off"),
    isLost: fc.boolean(),
    first: fc.constantFrom<Answer>("lostAfterCharge", "declined"),
  })
  .map(({ at, kind, halves, does, journal, isLost, first }) => [
    plain({ answer: first, journal, ...(isLost ? {} : { mishap: { kind, at } }) }),
    does === "rename"
      ? { do: "rename", stack: 0, aliased: halves }
      : { do: does as "taint" | "state delete", stack: 0, halves },
    plain({ journal }),
    plain({ journal, previews: true }),
  ]);

/** An update goes on after `pulumi cancel`, beside a second one. */
const overlap: fc.Arbitrary<Act[]> = fc
  .record({ first: up, second: up, kill: fc.option(step, { nil: undefined }), turns, minutes: fc.nat(12) })
  .map(({ first, second, kill, turns: order, minutes }) => [
    {
      do: "up",
      ups: [
        { ...first, stack: 0, mishap: kill === undefined ? undefined : { kind: "kill", at: kill } },
        { ...second, stack: 0 },
      ],
      turns: order,
    },
    ...(minutes > 9 ? [{ do: "wait", minutes } as const] : []),
  ]);

/** A person settles in the journal what is in doubt, and the program says something else, or nothing. */
const settledInJournal: fc.Arbitrary<Act[]> = fc
  .record({
    answer,
    at: seldom(step),
    word: fc.constantFrom("adopt" as const, "withdraw" as const),
    reaction: fc.constantFrom<Reaction>("nothing", "raise", "raise", "withdraw", "adopt"),
    previews: fc.boolean(),
  })
  .map(({ answer: given, at, word, reaction, previews }) => [
    plain({ answer: given, mishap: at === undefined ? undefined : { kind: "kill", at } }),
    { do: "settle", stack: 0, word },
    plain({ reaction, previews }),
    plain(),
  ]);

/** The second starts somewhere within the first. */
const plainOverlap: fc.Arbitrary<Act[]> = fc
  .record({
    start: startsLate,
    turns,
    answer,
    attempt: fc.constantFrom<Reaction>("nothing", "raise", "withdraw", "adopt"),
    at: seldom(step),
    isSlow: fc.boolean(),
  })
  .map((o) => [
    {
      do: "up",
      ups: [
        {
          ...PLAIN_UP,
          answer: o.answer,
          mishap: o.at === undefined ? undefined : { kind: "kill", at: o.at },
        },
        { ...PLAIN_UP, reaction: o.attempt },
      ],
      turns: [...o.start, ...o.turns],
    },
    plain(),
  ]);

const scene = fc.oneof(
  { arbitrary: act.map((single) => [single]), weight: 30 },
  { arbitrary: race, weight: 1 },
  { arbitrary: copied, weight: 2 },
  { arbitrary: inDoubt, weight: 2 },
  { arbitrary: settledInJournal, weight: 1 },
  { arbitrary: overlap, weight: 2 },
  { arbitrary: plainOverlap, weight: 1 },
);

const scenesOf = (arbitrary: fc.Arbitrary<Act[]>, most: number) =>
  fc.array(arbitrary, { minLength: 1, maxLength: most }).map((scenes) => scenes.flat());

/** Half of a purchase in doubt, or of one that was refused, is replaced, lost or moved. */
export const halved = scenesOf(inDoubt, 1);

/** Without a journal, so that nothing but the state and the process's memory counts. */
export const unjournaled = scenesOf(
  fc.record({ answer, again: fc.boolean(), at: seldom(step), replace: noneOrSomeHalves }).map((o) => [
    plain({
      journal: "off",
      answer: o.answer,
      again: o.again,
      mishap: o.at === undefined ? undefined : { kind: "kill", at: o.at },
    }),
    plain({ journal: "off", replace: o.replace }),
  ]),
  1,
);

export const settled = scenesOf(settledInJournal, 1);

/** The state is not written after the request. */
export const killed = scenesOf(
  fc.record({ at: step }).map(({ at }) => [plain({ mishap: { kind: "kill", at } }), plain()]),
  1,
);

/** A machine sleeps in the middle of an update. */
export const asleep = scenesOf(
  fc.record({ at: step }).map(({ at }) => [plain({ sleepsAt: at }), plain()]),
  1,
);

/** For guards that only these find soon. */
export const storedCopies = scenesOf(copied, 1);
export const overlaps = scenesOf(fc.oneof(race, plainOverlap, plainOverlap, plainOverlap), 2);

export const histories = fc.array(scene, { minLength: 1, maxLength: 7 }).map((scenes) => scenes.flat());

export const undisturbedHistories: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    {
      arbitrary: fc.record({
        do: one("up"),
        ups: fc.tuple(fc.record(undisturbed)),
        turns: fc.constant([]),
      }),
      weight: 9,
    },
    {
      arbitrary: fc.record({
        do: one("taint", "state delete"),
        stack: fc.constant(0),
        halves: fc.constant<readonly Half[]>(["purchase"]),
      }),
      weight: 1,
    },
  ),
  { minLength: 1, maxLength: 6 },
);

/** Stacks of one journal, one after another and at once, that all look for room in the same month, and at its end. */
export const STACKS_OF_MONTH = 4;
const stackOfMonth = fc.nat(STACKS_OF_MONTH - 1);
const monthUp: fc.Arbitrary<Up> = fc.record({
  ...undisturbed,
  stack: stackOfMonth,
  replace: fc.constant<readonly Half[]>([]),
  mishap: fc.option(mishap, { nil: undefined, freq: 2 }),
  diskFault: fc.option(diskFault, { nil: undefined, freq: 10 }),
  isSlow: rarely(2),
});
const together = fc
  .shuffledSubarray([...Array(STACKS_OF_MONTH).keys()], { minLength: 2 })
  .chain((stacks) => fc.tuple(...stacks.map((one) => monthUp.map((up) => ({ ...up, stack: one })))));
const monthTurns = fc
  .array(fc.record({ who: fc.nat(STACKS_OF_MONTH - 1), steps: fc.nat(12) }), { maxLength: 20 })
  .map((bursts) => bursts.flatMap(({ who, steps }) => Array<number>(steps).fill(who)));
const TEN_DAYS = 10 * 24 * 60;

export const months: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { arbitrary: fc.record({ do: one("up"), ups: fc.tuple(monthUp), turns: monthTurns }), weight: 6 },
    { arbitrary: fc.record({ do: one("up"), ups: together, turns: monthTurns }), weight: 6 },
    {
      arbitrary: fc.record({
        do: one("settle"),
        stack: stackOfMonth,
        word: fc.constantFrom("adopt" as const, "withdraw" as const),
      }),
      weight: 2,
    },
    { arbitrary: fc.record({ do: one("destroy"), stack: stackOfMonth }), weight: 1 },
    { arbitrary: fc.record({ do: one("wait"), minutes: fc.constantFrom(1, 60, TEN_DAYS) }), weight: 2 },
  ),
  { minLength: 1, maxLength: 7 },
);
