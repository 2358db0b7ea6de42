import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED } from "../../provider/src/domain/messages";
import { MEANING, type Outcome } from "../../provider/src/domain/outcome";
import type { Properties } from "../../provider/src/lifecycle/inputs";
import { type OrderReference, openingsOf } from "../../provider/src/state/order-reference";
import { readPurchase } from "../../provider/src/state/purchase-state";
import { Disk, type DiskImage } from "./disk";
import { isCharge, isNamed, kindOf, type Request } from "./endpoint";
import { type Command, Engine, HALVES, type Half, type Program, type Resource, type State } from "./engine";
import { type Act, type Machine, PLAIN_UP, type Up } from "./history";
import { type Host, ProviderProcess } from "./machine";
import { clock, running, started, updateFolders } from "./simulation";
import { Turns } from "./turns";

export class Violation extends Error {}

/** What a line was said by, so that a printed one finds its world. */
export function print(line: unknown): void {
  (running.getStore() as ProviderProcess | undefined)?.says(String(line), false);
}

interface Stack {
  readonly id: number;
  program: Program;
  state: State;
  host: Host;
  /** The journal of the machine it is used on. */
  folder: string;
  /** The orders that the people of this stack were told of. */
  readonly known: Set<string>;
  /** By attempt: what was known when it was set. */
  readonly raises: Map<number, ReadonlySet<string>>;
}

interface Backup {
  readonly state: State;
  readonly journal: DiskImage;
  readonly program: Program;
}

/** What one command of one engine is judged by. */
interface Judged {
  readonly stack: Stack;
  readonly program: Program;
  readonly before: State;
  readonly folder: string | undefined;
  readonly identity: string;
  readonly replaces: readonly Half[];
  /** What the state had of this purchase, in the halves that are kept. */
  readonly mentions: string;
  /** The orders that the journal knew to have bought, or to be able to, when it began. */
  readonly completed: ReadonlySet<string>;
  /** Those that it knew any outcome of. */
  readonly ended: ReadonlySet<string>;
  /** The last order in the state, where a person had said in the journal that it was made. */
  readonly adopted: string | undefined;
  /** With the charges that it is about, and the last attempt that was sent. */
  readonly lines: {
    readonly line: string;
    readonly isThrown: boolean;
    readonly charged: readonly Request[];
    readonly last: number;
  }[];
  readonly sent: Request[];
  /** How many requests there had been when it began: it can't know of those that another one sends meanwhile. */
  readonly since: number;
  /** Its attempt was used, whether or not a request left. */
  hasTried: boolean;
}

const NONE: State = { condemned: [] };
const SENTENCES = [NOTHING_CHARGED, CHARGED, MAYBE_CHARGED];

/** All that outlives a process: stacks, journals, and what the endpoint saw. Judges each step of a history. */
export class World {
  readonly #turns = new Turns();
  readonly #disks = new Map<string, { disk: Disk; host: Host }>();
  readonly #requests: Request[] = [];
  /** Whose intent record is gone though its opening is there: nothing can tell it from one that was never sent. */
  readonly #untellable = new Set<Request>();
  /** What people removed from a state, and journals that are gone. */
  readonly #removed: unknown[] = [];
  readonly #excused = new Set<Request>();
  readonly #processes: ProviderProcess[] = [];
  readonly #backups: Backup[] = [];
  readonly #stacks: Stack[] = [newStack()];
  #violation: Violation | undefined;
  #ids = 0;

  constructor() {
    started.clear();
    updateFolders.clear();
  }

  async play(history: readonly Act[]): Promise<void> {
    for (const act of history) {
      await this.#play(act);
      this.#expectTrueRecords();
    }
    await this.#turns.play();
    this.#expectTrueRecords();
    this.#expectAllRecords();
    if (this.#violation) throw this.#violation;
  }

  /** Where the last order was never sent, one more update buys, with nothing changed. */
  async expectNextUpdateToBuy(): Promise<void> {
    const stack = this.#stack(0);
    if (!this.#goesOnByItself(stack)) return;
    const before = this.#requests.length;
    await this.#updates([{ ...PLAIN_UP, previews: true }], []);
    if (this.#violation) throw this.#violation;
    const isBought = stack.state.purchase?.outputs.outcome === "bought";
    if (!isBought || this.#requests.length !== before + 1) throw new Violation("it did not buy by itself");
  }

  /** However it stopped, people get out: by what the messages name, on a machine that works. */
  async expectAWayOut(): Promise<void> {
    const stack = this.#stack(0);
    clock.advance(3_600_000);
    const isSettled = () => {
      const { outcome } = stack.state.purchase?.outputs ?? {};
      return outcome === "bought" || outcome === "adopted" || outcome === "pending";
    };
    const up = (reaction: Up["reaction"]) => this.#updates([{ ...PLAIN_UP, reaction }], []);
    stack.program = { ...stack.program, adopt: undefined, withdraw: undefined };
    for (const reaction of ["nothing", "raise", "raise", "amount", "raise", "adopt", "amount"] as const) {
      if (isSettled()) break;
      await up(reaction);
    }
    if (this.#violation) throw this.#violation;
    if (!isSettled()) throw new Violation("there is no way out");
  }

  async #play(act: Act): Promise<void> {
    if (act.do === "up") return this.#updates(act.ups, act.turns);
    if (act.do === "wait") {
      clock.advance(act.minutes * 60_000);
      for (const { disk } of this.#disks.values()) disk.flush();
      return;
    }
    const stack = this.#stack(act.stack);
    switch (act.do) {
      case "taint":
        for (const half of act.halves) {
          const resource = stack.state[half];
          if (resource) stack.state = { ...stack.state, [half]: { ...resource, isTainted: true } };
        }
        return;
      case "state delete":
        for (const half of act.halves) {
          this.#removed.push(stack.state[half]);
          stack.state = { ...stack.state, [half]: undefined };
        }
        return;
      case "destroy":
        return this.#destroy(stack);
      case "rename":
        return this.#rename(stack, act.aliased);
      case "copy":
        return this.#copy(stack, act.to, act.backup);
      case "restore state": {
        const backup = this.#backups[act.backup];
        if (!backup) return;
        this.#removed.push(stack.state);
        stack.state = backup.state;
        return;
      }
      case "restore journal":
        return this.#restoreJournal(stack, this.#backups[act.backup], act.how);
      case "lose journal":
        this.#excuse(stack.folder);
        this.#disks.set(stack.folder, { disk: new Disk(), host: stack.host });
        return;
      case "pay checkout":
        for (const request of this.#requests) {
          if (kindOf(request.answer).money === "checkout" && !request.isUnderWay) request.isPaidLater = true;
        }
        return;
      case "settle":
        return this.#settle(stack, act.word);
    }
  }

  /** `journal settle` of the last order in the state. */
  async #settle(stack: Stack, word: "adopt" | "withdraw"): Promise<void> {
    const order = readPurchase(stack.state.purchase?.outputs ?? {}).order ?? lastOpening(stack.state);
    if (order?.journal === undefined) return;
    const process = this.#process(stack, PLAIN_UP, this.#judged(stack, stack.folder));
    const journal = process.run;
    await this.#turns.play([
      () =>
        process.call(async () => {
          await journal.configure({ config: configOf({ journal: stack.folder }) });
          const known = await journal.knows(order);
          const isOver = known.kind === "inDoubt" ? known.lease === undefined : known.kind !== "nothing";
          if (!isOver || (known.kind === "completed" && known.result.outcome === "bought")) return;
          if (word === "withdraw" && known.kind === "neverSent" && !(await journal.journal?.close(order)))
            return;
          const said = word === "adopt" ? { adopted: "in_settled" } : { withdrawn: true as const };
          await journal.journal?.resolve(order.orderId, said);
        }),
    ]);
    process.done();
  }

  async #destroy(stack: Stack): Promise<void> {
    const judged = this.#judged(stack, stack.folder);
    const { state } = stack;
    const process = this.#process(stack, PLAIN_UP, judged);
    const command = { config: { "vercelCredits:journal": stack.folder } };
    await this.#turns.play([() => new Engine(stack, process, command).destroy()]);
    const gone = state.purchase && stack.state.purchase === undefined;
    if (gone) {
      this.#removed.push(state.purchase);
      const outcome = state.purchase?.outputs.outcome as Outcome;
      const isLate = this.#isEndedInJournal(judged, state.purchase as Resource);
      if (MEANING[outcome].destroy === "refuses" && !isLate) {
        this.#violate(`a purchase that is ${outcome} was forgotten`);
      }
    }
    for (const one of state.condemned) if (one.half === "purchase") this.#removed.push(one.resource);
    this.#judgeWords(judged);
  }

  #isEndedInJournal({ stack }: Judged, { outputs }: Resource): boolean {
    const order = readPurchase(outputs).order?.orderId;
    const disk = this.#disk(stack.folder, stack.host);
    return disk.has(`${order}.resolution.1`) || disk.has(`${order}.completion`);
  }

  #rename(stack: Stack, aliased: readonly Half[]): void {
    stack.program = { ...stack.program, urn: `${stack.program.urn.split("#")[0]}#${++this.#ids}` };
    for (const half of HALVES.filter((one) => !aliased.includes(one))) {
      const resource = stack.state[half];
      if (resource === undefined) continue;
      const condemned = [...stack.state.condemned, { half, resource }];
      stack.state = { ...stack.state, [half]: undefined, condemned };
    }
  }

  #copy(stack: Stack, to: Machine, number: number): void {
    const id = ++this.#ids;
    const backup = this.#backups[number];
    const image = backup?.journal ?? this.#disk(stack.folder, stack.host).image();
    const host: Host = { name: `host${id}`, clockAheadMs: (id % 3) * 20_000, boots: 1 };
    const folder = to === "same" ? stack.folder : `/journal${id}`;
    if (to === "cloned") this.#disks.set(folder, { disk: new Disk(image), host });
    this.#stacks.splice(1, 0, {
      id,
      host,
      folder,
      program: stack.program,
      state: (to === "cloned" && backup?.state) || stack.state,
      known: new Set(stack.known),
      raises: new Map(stack.raises),
    });
  }

  #restoreJournal(stack: Stack, backup: Backup | undefined, how: "copied" | "set back"): void {
    if (!backup) return;
    this.#excuse(stack.folder);
    if (how === "copied") {
      this.#disks.set(stack.folder, { disk: new Disk(backup.journal), host: stack.host });
      return;
    }
    const disk = this.#disk(stack.folder, stack.host);
    // A backup of another disk, restored to this place, is as good as a copy: it has no marker of this place.
    disk.setBack(backup.journal);
    const texts = disk.entries();
    for (const request of this.#requests) {
      const has = (kind: string) =>
        texts.some(([name, text]) => name.startsWith(kind) && text.includes(request.orderId));
      if (has("opening.") && !has("intent.")) this.#untellable.add(request);
    }
  }

  /** A person took a journal away: what only it held is no fault of the code. */
  #excuse(folder: string): void {
    for (const request of this.#requests) if (request.folder === folder) this.#excused.add(request);
  }

  async #updates(ups: readonly Up[], turns: readonly number[]): Promise<void> {
    const stacks = ups.map((up) => this.#stack(up.stack));
    const isAlone = ups.length === 1 && this.#turns.isIdle;
    const isOverlap = ups.length > 1 && stacks[0] === stacks[1];
    const before = this.#requests.length;
    await this.#turns.play(
      ups.map((up, i) => async () => {
        // The second of one stack starts when its turn comes: with the state that there is by then.
        if (isOverlap && i > 0) await this.#turns.take(0);
        return this.#up(stacks[i] as Stack, up, isAlone);
      }),
      turns,
    );
    // One update at a time is assumed where there is no journal: the later one overwrites what the other one wrote.
    if (!isOverlap) return;
    for (const request of this.#requests.slice(before)) this.#excused.add(request);
    // Nor can the state that is written last tell that an attempt was stopped in the other one: people were told.
    const stack = stacks[0] as Stack;
    stack.raises.set(stack.program.attempt, new Set(stack.known));
  }

  async #up(stack: Stack, up: Up, isAlone: boolean): Promise<void> {
    this.#react(stack, up);
    const folder = folderOf(stack, up);
    const command: Command = {
      config: { "vercelCredits:journal": folder ?? "off" },
      replace: up.replace,
      again: up.again,
      stopsBetween: up.stopsBetween,
    };
    let isAnnounced = true;
    if (up.previews) {
      const judged = this.#judged(stack, folder, up);
      const process = this.#process(
        stack,
        { ...up, mishap: undefined, backup: undefined, sleepsAt: undefined },
        judged,
        "preview",
      );
      const succeeds = await new Engine(stack, process, command).preview();
      this.#judgeWords(judged);
      if (!succeeds) return;
      if (isAlone) isAnnounced = judged.lines.some(({ line }) => line.startsWith("💳"));
    }
    const judged = this.#judged(stack, folder, up);
    const process = this.#process(stack, up, judged, isAnnounced ? "announced" : "unannounced");
    const succeeds = await new Engine(stack, process, command).update();
    if (!process.isLost) this.#judgeWords(judged);
    // What was replaced, or is no longer declared, was forgotten on purpose.
    this.#removed.push(judged.before.condemned.filter(({ half }) => half === "purchase"));
    if (judged.replaces.includes("purchase")) this.#removed.push(judged.before.purchase);
    this.#learn(stack, judged);
    if (isAlone && !process.isLost) this.#expectKeptRecord(judged, up, succeeds);
  }

  #react(stack: Stack, { reaction }: Up): void {
    const { program } = stack;
    const change = (changes: Partial<Program>) => {
      stack.program = { ...program, ...changes };
    };
    const found = this.#requests.findLast((one) => one.identity === program.urn && isCharge(one))?.intentId;
    switch (reaction) {
      case "raise":
        change({ attempt: program.attempt + 1 });
        stack.raises.set(program.attempt + 1, new Set(stack.known));
        return;
      case "lower":
        change({ attempt: Math.max(1, program.attempt - 1) });
        return;
      case "adopt":
        change({ adopt: found ?? "in_elsewhere", withdraw: undefined });
        return;
      case "adopt another":
        change({ adopt: `in_another${program.attempt}`, withdraw: undefined });
        return;
      case "withdraw":
        change({ withdraw: true, adopt: undefined });
        return;
      case "take back":
        change({ withdraw: undefined, adopt: undefined });
        return;
      case "amount":
        change({ amount: program.amount === 10 ? 20 : 10 });
        return;
      case "default team":
        change({ team: program.team === undefined ? "acme" : undefined });
        return;
    }
  }

  /** People read what is printed, and the state. */
  #learn(stack: Stack, { lines }: Judged): void {
    const record = JSON.stringify(stack.state.purchase?.outputs ?? {});
    for (const text of [record, ...lines.map(({ line }) => line)]) {
      for (const [order] of text.matchAll(/order_[0-9a-f-]{36}/g)) stack.known.add(order);
    }
  }

  #completedIn(
    folder: string | undefined,
    host: Host,
    outcome = /"outcome": "(bought|pending|checkout)"/,
  ): ReadonlySet<string> {
    if (folder === undefined) return new Set();
    const completed = this.#disk(folder, host)
      .entries()
      .filter(([name, text]) => name.endsWith(".completion") && outcome.test(text) && isWhole(text));
    return new Set(completed.map(([name]) => name.replace(".completion", "")));
  }

  #adoptedIn(folder: string | undefined, { state, host }: Stack): string | undefined {
    const order = lastOpening(state)?.orderId;
    if (folder === undefined || order === undefined) return undefined;
    const last = this.#disk(folder, host)
      .entries()
      .filter(([name, text]) => name.startsWith(`${order}.resolution`) && isWhole(text))
      .toSorted(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))
      .at(-1);
    return last !== undefined && /"adopted"/.test(last[1]) ? order : undefined;
  }

  #send(judged: Judged, up: Up, orderId: string, until: number) {
    const { stack, program, folder, identity, mentions, replaces, before } = judged;
    const { answer } = up;
    const intentId = `pur_${this.#requests.length}_of_${orderId}`;
    const reply = kindOf(answer).reply(intentId);
    judged.hasTried = true;
    if (reply.kind === "unsent") return { reply, answered: () => undefined };
    const { attempt, amount, team } = program;
    const request: Request = {
      ...{ orderId, answer, intentId, attempt, amount, team, identity, folder, mentions },
      leaseEnds: clock.now + until,
      isPaidLater: false,
      isUnderWay: true,
    };
    const others = [...this.#requests];
    this.#requests.push(request);
    judged.sent.push(request);
    if (others.some((other) => other.orderId === orderId)) this.#violate("two requests left for one order");
    const { outcome } = before.purchase?.outputs ?? {};
    if ((outcome === "bought" || outcome === "adopted") && !replaces.includes("purchase")) {
      this.#violate("a request left though the state has the purchase as made");
    }
    if (program.adopt !== undefined || program.withdraw !== undefined) {
      this.#violate("a request left though a person said that none is wanted");
    }
    for (const other of others.filter((one) => !this.#untellable.has(one))) {
      const isKnown = mentions.includes(other.orderId);
      if (isKnown && attempt <= other.attempt) {
        this.#violate("another request left for a purchase on record, without a higher attempt");
      }
      if (other.mentions.includes(orderId) && other.attempt <= attempt) {
        this.#violate("a request left for an order that another update took for one never sent");
      }
      if (isKnown && judged.adopted === other.orderId) {
        this.#violate("another request left, though a person said in the journal that it was made");
      }
      const told = stack.raises.get(attempt);
      if (isKnown && judged.completed.has(other.orderId) && !told?.has(other.orderId)) {
        this.#violate("another request left, by a word that was given before the outcome was known");
      }
    }
    if (folder !== undefined) this.#expectClaim(request, this.#disk(folder, stack.host), others);
    const answered = () => {
      request.isUnderWay = false;
    };
    return { reply, answered };
  }

  /** Within one journal: a claim of its own, after claims that were released or ended under a lower attempt. */
  #expectClaim({ orderId, attempt }: Request, disk: Disk, others: readonly Request[]): void {
    const claims = claimsBeside(disk, orderId);
    const own = claims.findIndex((claim) => claim.order === orderId);
    if (own === -1) {
      this.#violate("a request left without an intent record");
      return;
    }
    if (clock.now > Date.parse(claims[own]?.until ?? "")) this.#violate("a request left past its lease");
    if (disk.has(`${orderId}.resolution.1`) || disk.has(`${orderId}.forgotten`)) {
      this.#violate("a request left for an order that was settled or forgotten");
    }
    const released = claims.slice(0, own).findLastIndex((claim) => disk.has(`${claim.order}.forgotten`));
    for (const claim of claims.slice(released + 1, own)) {
      const other = others.find((one) => one.orderId === claim.order);
      if (other && attempt <= other.attempt) {
        this.#violate("two requests left for one purchase in one journal, without a higher attempt");
      }
      const isEnded = disk.has(`${claim.order}.completion`) || disk.has(`${claim.order}.resolution.1`);
      const holder = started.get(claim.pid);
      if (other?.isUnderWay && holder && !holder.hasEnded && clock.now < other.leaseEnds && !isEnded) {
        this.#violate("two leases at once");
      }
    }
    if (claims.some((claim) => claim.closed === orderId)) this.#violate("a closed order was sent");
  }

  /** What is said of money is true: never that nothing was charged where it was, and one sentence at a time. */
  #judgeWords({ stack, lines, program, before, replaces }: Judged): void {
    const after = stack.state;
    const records = [before, after].map(({ purchase }) => purchase?.outputs ?? {});
    const isWithdrawn = records.some(({ outcome }) => outcome === "withdrawn");
    const recorded = Math.max(...records.map(({ attempt }) => Number(attempt ?? 0)));
    for (const { line, isThrown, charged, last: lastSent } of lines) {
      const said = SENTENCES.filter((sentence) => line.includes(sentence));
      const times = SENTENCES.reduce((sum, sentence) => sum + line.split(sentence).length - 1, 0);
      if (!line.isWellFormed()) this.#violate("half a character in a message");
      if (times > 1 || (isThrown && times === 0)) this.#violate(`not one sentence about money: ${line}`);
      if (/undefined|\[object|NaN/.test(line)) this.#violate(`not for people: ${line}`);
      const last = Math.max(lastSent, recorded);
      const isTrue = charged.every(
        (one) => one.attempt < last || this.#untellable.has(one) || isWithdrawn || this.#isWithdrawn(one),
      );
      // A record that goes is spoken of by the claim of its own URN, or as what it was; whether it may go is judged where it is
      // deleted.
      const isOfReplaced = line.startsWith("🗑️");
      // A known gap: an order that is created knows no purchase that is on record without it.
      const isOfNewOrder =
        line.startsWith(`${program.name} was not bought.`) &&
        (before.order === undefined || replaces.includes("order"));
      if (said.includes(NOTHING_CHARGED) && !isTrue && !isOfReplaced && !isOfNewOrder)
        this.#violate(`said of a charge: ${line}`);
      if (said.includes(CHARGED) && !isOfReplaced && !this.#mayBeCharged(program))
        this.#violate(`said of no charge: ${line}`);
    }
  }

  #isWithdrawn({ orderId }: Request): boolean {
    return [...this.#disks.values()].some(({ disk }) =>
      disk
        .entries()
        .some(([name, text]) => name.startsWith(`${orderId}.resolution`) && /withdrawn/.test(text)),
    );
  }

  #mayBeCharged({ adopt }: Program): boolean {
    if (adopt !== undefined || this.#requests.some(isCharge)) return true;
    return /"adopt(ed)?\\?"/.test(this.#everything());
  }

  #everything(): string {
    return JSON.stringify([
      this.#stacks.map(({ state }) => state),
      this.#removed,
      [...this.#disks.values()].map(({ disk }) => disk.entries()),
    ]);
  }

  /** What the state has of a purchase is kept, or followed by something that is there. */
  #expectKeptRecord(judged: Judged, up: Up, succeeds: boolean): void {
    const { stack, before, replaces, folder, sent } = judged;
    const [was, is] = [before.purchase, stack.state.purchase];
    if (was !== undefined && is === undefined) this.#violate("the record of a purchase was dropped");
    if (is !== undefined && succeeds && folder !== undefined && up.diskFault === undefined) {
      const { order, outcome } = readPurchase(is.outputs);
      const completion = this.#disk(folder, stack.host).has(`${order?.orderId}.completion`);
      const isMissing = (is.outputs.__record as Properties | undefined)?.completionMissing === true;
      if (isMissing && !completion && MEANING[outcome].requestLeft) {
        this.#violate("a completion that was missing was not written");
      }
    }
    this.#expectNews(judged, up);
    this.#expectNoFalseAlarm(judged, up, succeeds);
    if (was === undefined || is === undefined || replaces.includes("purchase")) return;
    const [old, now] = [readPurchase(was.outputs), readPurchase(is.outputs)];
    if (old.outcome === "bought" || (old.outcome === "adopted" && now.outcome !== "adopted")) {
      const isSame = now.outcome === "bought" && old.receipt.intentId === now.receipt.intentId;
      const isLate = old.outcome === "adopted" && now.outcome === "bought";
      const isCorrected = old.outcome === "adopted" && stack.program.withdraw === true;
      if (!isSame && !isLate && !isCorrected)
        this.#violate("the record of a purchase that was made was changed");
      return;
    }
    if (now.order?.orderId === old.order?.orderId || now.outcome === old.outcome) return;
    // Another order's outcome took its place.
    const isNews = sent.length > 0 || MEANING[now.outcome].requestLeft === false || this.#requests.length > 0;
    if (!isNews) this.#violate("an outcome was overruled by nothing");
  }

  /** Where nothing was changed, a purchase that was made is no trouble. */
  #expectNoFalseAlarm({ before, program, folder, stack }: Judged, up: Up, succeeds: boolean): void {
    const { outcome, amount, attempt, team, adopt, withdraw, __record } = before.purchase?.outputs ?? {};
    if (outcome !== "bought" && outcome !== "adopted" && outcome !== "withdrawn") return;
    const isAsItWas =
      program.amount === amount &&
      program.attempt === attempt &&
      program.team === team &&
      program.adopt === adopt &&
      program.withdraw === withdraw;
    const isPlain = up.replace.length === 0 && !up.diskFault && !up.stopsBetween && up.hasToken;
    const isReplaced = HALVES.some((half) => before[half]?.isTainted) || before.condemned.length > 0;
    if (!isAsItWas || !isPlain || isReplaced || before.order === undefined) return;
    if (!succeeds && folder === stack.folder && !(__record as Properties)?.stoppedAttempt) {
      this.#violate(`a purchase that is ${outcome} fails`);
    }
  }

  /** What the journal knew of the last order when the update began is on record now. */
  #expectNews({ stack, program, before, folder, ended }: Judged, up: Up): void {
    const last = lastOpening(before);
    if (last === undefined || last.unarmed || !ended.has(last.orderId) || up.diskFault) return;
    if (up.stopsBetween || up.replace.length > 0 || folder !== stack.folder || !up.hasToken) return;
    if (program.adopt !== undefined || program.withdraw !== undefined) return;
    if (program.attempt !== last.attempt || last.journal === undefined) return;
    const { order, outcome } = readPurchase(stack.state.purchase?.outputs ?? {});
    const isNewer = last.orderId !== lastOpening(stack.state)?.orderId;
    if (isNewer || order?.orderId === last.orderId || outcome === "adopted" || outcome === "withdrawn")
      return;
    const request = this.#requests.find(({ orderId }) => orderId === last.orderId);
    if (request?.amount !== program.amount || request.team !== program.team) return;
    this.#violate("what the journal knows was not recorded");
  }

  /** What a state or a journal says of a request is what the endpoint answered, or less. */
  #expectTrueRecords(): void {
    for (const request of this.#requests) {
      const { orderId, answer } = request;
      const isTrue = (outcome: unknown) =>
        [kindOf(answer).outcome, "unknown", "adopted", "withdrawn"].includes(outcome as string);
      for (const { state } of this.#stacks) {
        const { order, outcome } = readPurchase(state.purchase?.outputs ?? {});
        if (order?.orderId === orderId && !isTrue(outcome)) {
          this.#violate(`on record as ${outcome}, and answered as ${answer}`);
        }
      }
      for (const { disk } of this.#disks.values()) {
        const text = disk.read(`${orderId}.completion`);
        const outcome = text && isWhole(text) && JSON.parse(text).outcome;
        if (outcome && outcome !== kindOf(answer).outcome) {
          this.#violate(`${outcome} in the journal, and answered as ${answer}`);
        }
        const isClosed = disk
          .entries()
          .some(([name, record]) => name.startsWith("intent.") && record.includes(`"closed": "${orderId}"`));
        const isProof = isClosed && /"proof": true/.test(claimTextOf(disk, orderId));
        if (isProof && !this.#untellable.has(request)) this.#violate("closed as never sent, and sent");
      }
    }
  }

  /**
   * No record of a charge is lost: it is in a state, or in a journal, or nothing ever was, and the order in the state
   * is the one that may have bought.
   */
  #expectAllRecords(): void {
    const states = JSON.stringify([this.#stacks.map(({ state }) => state), this.#removed]);
    for (const request of this.#requests.filter(isCharge)) {
      const mark = isNamed(request) && request.folder !== undefined ? request.intentId : request.orderId;
      const isFound = states.includes(mark) || this.#isInJournal(request);
      if (!isFound && !this.#excused.has(request)) this.#violate("the record of a charge is lost");
    }
  }

  #isInJournal(request: Request): boolean {
    return [...this.#disks.values()].some(({ disk }) => {
      const completion = disk.read(`${request.orderId}.completion`);
      if (completion !== undefined && isWhole(completion)) {
        return !isNamed(request) || completion.includes(request.intentId);
      }
      return claimsBeside(disk, request.orderId).length > 0;
    });
  }

  #judged(stack: Stack, folder: string | undefined, up: Up = PLAIN_UP): Judged {
    const { state, program } = stack;
    const replaces = HALVES.filter((half) => state[half]?.isTainted || up.replace.includes(half));
    const kept = HALVES.filter((half) => !replaces.includes(half)).map((half) => state[half]?.outputs);
    return {
      ...{ stack, program, folder, replaces },
      before: state,
      identity: program.urn,
      mentions: JSON.stringify(kept),
      completed: this.#completedIn(folder, stack.host),
      ended: this.#completedIn(folder, stack.host, /./),
      adopted: this.#adoptedIn(folder, stack),
      since: this.#requests.length,
      lines: [],
      sent: [],
      hasTried: false,
    };
  }

  #process(
    stack: Stack,
    up: Up,
    judged: Judged,
    does: "preview" | "announced" | "unannounced" | "other" = "other",
  ): ProviderProcess {
    const { host } = stack;
    const id = ++this.#ids;
    const process: ProviderProcess = new ProviderProcess({
      id,
      host,
      turns: this.#turns,
      mishap: up.mishap,
      diskFault: up.diskFault,
      hasToken: up.hasToken,
      isSlow: up.isSlow,
      sleepsAt: up.sleepsAt,
      engine: `engine ${id}`,
      ...(up.backup !== undefined && {
        backup: { at: up.backup, take: () => this.#backUp(stack, judged.folder) },
      }),
      disk: (folder) => this.#disk(folder, host),
      losePower: () => this.#losePower(host),
      writing: () => {
        if (does === "preview") this.#violate("a preview wrote into the journal");
      },
      send: (orderId, until) => {
        if (does === "unannounced") this.#violate("a request left that no preview announced");
        if (does === "preview" || does === "other") this.#violate("a request left without an update");
        return this.#send(judged, up, orderId, until);
      },
      said: (line, isThrown) => {
        const about = this.#requestsOf(judged, up.diskFault !== undefined);
        const ofPurchase = this.#requests.filter(
          ({ identity, folder }) => identity === judged.identity && folder === judged.folder,
        );
        // An error hook's second call can take the place of what the first one kept.
        const used = judged.hasTried || up.again ? judged.program.attempt : 0;
        const last = Math.max(used, ...[...about, ...ofPurchase].map(({ attempt }) => attempt));
        judged.lines.push({ line, isThrown, charged: about.filter(isCharge), last });
      },
    });
    this.#processes.push(process);
    return process;
  }

  /** The requests that a command's words are about: those that its state has, or, where it has none, its journal. */
  #requestsOf({ stack, mentions, sent, folder, identity, since }: Judged, isBlind: boolean): Request[] {
    return this.#requests.filter((request, number) => {
      if (mentions.includes(request.orderId) || sent.includes(request)) return true;
      if (isBlind || number >= since || folder === undefined || mentions.includes("order_")) return false;
      if (request.identity !== identity) return false;
      const disk = this.#disk(folder, stack.host);
      const claims = claimsBeside(disk, request.orderId);
      const own = claims.findIndex(({ order }) => order === request.orderId);
      return own !== -1 && !claims.slice(own).some((claim) => disk.has(`${claim.order}.forgotten`));
    });
  }

  #backUp(stack: Stack, folder: string | undefined): void {
    const journal = this.#disk(folder ?? stack.folder, stack.host).image();
    this.#backups.unshift({ state: stack.state, journal, program: stack.program });
    // A backup of the state is a state, too: what it has is not lost.
    this.#removed.push(stack.state);
  }

  #losePower(host: Host): void {
    for (const process of this.#processes) if (process.host === host.name) process.freeze();
    for (const { disk, host: of } of this.#disks.values()) if (of === host) disk.losePower();
    host.boots++;
  }

  #goesOnByItself(stack: Stack): boolean {
    const { program, state } = stack;
    if (program.adopt !== undefined || program.withdraw !== undefined) return false;
    const last = lastOpening(state);
    const {
      outcome,
      order,
      arguments: args,
      stoppedAttempt = 0,
    } = readPurchase(state.purchase?.outputs ?? {});
    if (stoppedAttempt >= program.attempt) return false;
    // Its order was replaced or lost, and nothing tells whether that one used this attempt.
    const openings = openingsOf(state.order?.outputs.__journal);
    const isOfAnother = order !== undefined && !openings.some(({ orderId }) => orderId === order.orderId);
    const mayBeUsed = (openings[0]?.attempt ?? 0) >= program.attempt;
    if (isOfAnother && mayBeUsed && program.attempt > (args.attempt ?? 1)) return false;
    if (last === undefined || this.#requests.some(({ orderId }) => orderId === last.orderId)) return false;
    if (
      claimsBeside(this.#disk(stack.folder, stack.host), last.orderId).some(
        (one) => one.order === last.orderId,
      )
    ) {
      const text = this.#disk(stack.folder, stack.host).read(`${last.orderId}.completion`);
      if (!text || JSON.parse(text).outcome !== "notSent") return false;
    }
    if (last.unarmed || program.attempt !== last.attempt) return false;
    if (state.purchase === undefined || state.purchase.isTainted) {
      // Nobody can tell what was on record from what never was, so what the journal has stops it.
      const stops = ["bought", "pending", "checkout"];
      return !this.#requests.some(
        (one) => one.attempt >= last.attempt || stops.includes(kindOf(one.answer).outcome),
      );
    }
    if (order?.orderId === last.orderId) return outcome === "notSent";
    const isRaised = program.attempt > Number(args.attempt);
    return isRaised && MEANING[outcome].anotherRequest !== "never";
  }

  #stack(number: number): Stack {
    return this.#stacks[number % this.#stacks.length] as Stack;
  }

  #disk(folder: string, host: Host): Disk {
    const found = this.#disks.get(folder) ?? { disk: new Disk(), host };
    this.#disks.set(folder, found);
    return found.disk;
  }

  /** Kept, not thrown: the code under test would take it for a fault of the network or the disk. */
  #violate(what: string): void {
    this.#violation ??= new Violation(what);
  }
}

interface ClaimInDisk {
  readonly order?: string | undefined;
  readonly closed?: string | undefined;
  readonly pid: number;
  readonly until?: string | undefined;
}

/** The claims of the purchase that an order has one on, oldest first. */
function claimsBeside(disk: Disk, orderId: string): ClaimInDisk[] {
  const all = disk.entries().filter(([name, text]) => name.startsWith("intent.") && isWhole(text));
  const own = all.find(([, text]) => text.includes(orderId))?.[0];
  if (own === undefined) return [];
  const prefix = own.replace(/\d+$/, "");
  return all
    .filter(([name]) => name.startsWith(prefix))
    .sort(([a], [b]) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)))
    .map(([, text]) => JSON.parse(text))
    .map(({ order, closed, process, until }) => ({ order, closed, pid: process.pid, until }));
}

function claimTextOf(disk: Disk, orderId: string): string {
  return (
    disk
      .entries()
      .find(([name, text]) => name.startsWith("intent.") && text.includes(`"closed": "${orderId}"`))?.[1] ??
    ""
  );
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function lastOpening({ order }: State): OrderReference | undefined {
  const openings = (order?.outputs.__journal as { openings?: OrderReference[] } | undefined)?.openings;
  return openings?.at(-1);
}

function newStack(): Stack {
  const urn = "urn:pulumi:dev::proj::pulumi-nodejs:dynamic/vercel:CreditPurchase::top-up";
  return {
    id: 0,
    host: { name: "host0", clockAheadMs: 0, boots: 1 },
    folder: "/journal0",
    program: { name: "top-up", urn, creditType: "gateway", amount: 10, attempt: 1 },
    state: NONE,
    known: new Set(),
    raises: new Map(),
  };
}

function folderOf({ folder }: Stack, { journal }: Up): string | undefined {
  return journal === "home" ? folder : journal === "off" ? undefined : "/journal-elsewhere";
}

function configOf({ journal }: { journal: string }) {
  const get = (key: string) => (key === "vercelCredits:journal" ? journal : undefined);
  return { get, require: (key: string) => get(key) ?? "" };
}
