import { MEANING, type Outcome } from "../../provider/src/domain/outcome";
import { openingsOf } from "../../provider/src/state/order-reference";
import { readPurchase } from "../../provider/src/state/purchase-state";
import { claimsBeside, isWhole } from "./claims";
import { Disk } from "./disk";
import { isCharge, kindOf, type Request } from "./endpoint";
import { type Command, Engine, HALVES, type Half, type Program, type Resource } from "./engine";
import { type Act, type Machine, PLAIN_UP, type Up } from "./history";
import { Judge, Violation } from "./judge";
import { type Host, ProviderProcess } from "./machine";
import { clock, running, started, updateFolders } from "./simulation";
import { type Backup, type Judged, lastOpening, newStack, type Stack } from "./stack";
import { Turns } from "./turns";

/** What a line was said by, so that a printed one finds its world. */
export function print(line: unknown): void {
  (running.getStore() as ProviderProcess | undefined)?.says(String(line), false);
}

/** All that outlives a process: stacks, journals, and what the endpoint saw. Judges each step of a history. */
export class World {
  readonly #turns = new Turns();
  readonly #judge = new Judge();
  readonly #processes: ProviderProcess[] = [];
  readonly #backups: Backup[] = [];
  #ids = 0;

  /** @param month Stacks of one journal, and the limit of its month's budget. */
  constructor(private readonly month?: { readonly limit: number; readonly stacks: number }) {
    started.clear();
    updateFolders.clear();
    for (let id = 1; id < (month?.stacks ?? 1); id++) this.#judge.stacks.push(newStack(id));
  }

  async play(history: readonly Act[]): Promise<void> {
    for (const act of history) {
      await this.#play(act);
      this.#judge.expectTrueRecords();
    }
    await this.#turns.play();
    this.#judge.expectTrueRecords();
    this.#judge.expectAllRecords();
    if (this.#judge.violation) throw this.#judge.violation;
  }

  /** Where the last order was never sent, one more update buys, with nothing changed. */
  async expectNextUpdateToBuy(): Promise<void> {
    const stack = this.#stack(0);
    if (!this.#goesOnByItself(stack)) return;
    const before = this.#judge.requests.length;
    await this.#updates([{ ...PLAIN_UP, previews: true }], []);
    if (this.#judge.violation) throw this.#judge.violation;
    const isBought = stack.state.purchase?.outputs.outcome === "bought";
    if (!isBought || this.#judge.requests.length !== before + 1)
      throw new Violation("it did not buy by itself");
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
    if (this.#judge.violation) throw this.#judge.violation;
    if (!isSettled()) throw new Violation("there is no way out");
  }

  async #play(act: Act): Promise<void> {
    if (act.do === "up") return this.#updates(act.ups, act.turns);
    if (act.do === "wait") {
      clock.advance(act.minutes * 60_000);
      for (const { disk } of this.#judge.disks.values()) disk.flush();
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
          this.#judge.removed.push(stack.state[half]);
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
        this.#judge.removed.push(stack.state);
        stack.state = backup.state;
        return;
      }
      case "restore journal":
        return this.#restoreJournal(stack, this.#backups[act.backup], act.how);
      case "lose journal":
        this.#excuse(stack.folder);
        this.#judge.disks.set(stack.folder, { disk: new Disk(), host: stack.host });
        return;
      case "pay checkout":
        for (const request of this.#judge.requests) {
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
      this.#judge.removed.push(state.purchase);
      const outcome = state.purchase?.outputs.outcome as Outcome;
      const isLate = this.#isEndedInJournal(judged, state.purchase as Resource);
      if (MEANING[outcome].destroy === "refuses" && !isLate) {
        this.#judge.violate(`a purchase that is ${outcome} was forgotten`);
      }
    }
    for (const one of state.condemned) if (one.half === "purchase") this.#judge.removed.push(one.resource);
    this.#judge.judgeWords(judged);
  }

  #isEndedInJournal({ stack }: Judged, { outputs }: Resource): boolean {
    const order = readPurchase(outputs).order?.orderId;
    const disk = this.#judge.disk(stack.folder, stack.host);
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
    const image = backup?.journal ?? this.#judge.disk(stack.folder, stack.host).image();
    const host: Host = { name: `host${id}`, clockAheadMs: (id % 3) * 20_000, boots: 1 };
    const folder = to === "same" ? stack.folder : `/journal${id}`;
    if (to === "cloned") this.#judge.disks.set(folder, { disk: new Disk(image), host });
    this.#judge.stacks.splice(1, 0, {
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
      this.#judge.disks.set(stack.folder, { disk: new Disk(backup.journal), host: stack.host });
      return;
    }
    const disk = this.#judge.disk(stack.folder, stack.host);
    // A backup of another disk, restored to this place, is as good as a copy: it has no marker of this place.
    disk.setBack(backup.journal);
    const texts = disk.entries();
    for (const request of this.#judge.requests) {
      const has = (kind: string) =>
        texts.some(([name, text]) => name.startsWith(kind) && text.includes(request.orderId));
      if (has("opening.") && !has("intent.")) this.#judge.untellable.add(request);
    }
  }

  /** A person took a journal away: what only it held is no fault of the code. */
  #excuse(folder: string): void {
    for (const request of this.#judge.requests)
      if (request.folder === folder) this.#judge.excused.add(request);
  }

  async #updates(ups: readonly Up[], turns: readonly number[]): Promise<void> {
    const stacks = ups.map((up) => this.#stack(up.stack));
    const isAlone = ups.length === 1 && this.#turns.isIdle;
    const isOverlap = ups.length > 1 && stacks[0] === stacks[1];
    const before = this.#judge.requests.length;
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
    for (const request of this.#judge.requests.slice(before)) this.#judge.excused.add(request);
    // Nor can the state that is written last tell that an attempt was stopped in the other one: people were told.
    const stack = stacks[0] as Stack;
    stack.raises.set(stack.program.attempt, new Set(stack.known));
  }

  async #up(stack: Stack, up: Up, isAlone: boolean): Promise<void> {
    this.#react(stack, up);
    const folder = folderOf(stack, up);
    const command: Command = {
      config: {
        "vercelCredits:journal": folder ?? "off",
        ...(this.month && { "vercelCredits:maxAmountPerMonth": `${this.month.limit}` }),
      },
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
      this.#judge.judgeWords(judged);
      if (!succeeds) return;
      if (isAlone) isAnnounced = judged.lines.some(({ line }) => /^💳/mu.test(line));
    }
    const judged = this.#judged(stack, folder, up);
    const process = this.#process(stack, up, judged, isAnnounced ? "announced" : "unannounced");
    const succeeds = await new Engine(stack, process, command).update();
    if (!process.isLost) this.#judge.judgeWords(judged);
    // What was replaced, or is no longer declared, was forgotten on purpose.
    this.#judge.removed.push(judged.before.condemned.filter(({ half }) => half === "purchase"));
    if (judged.replaces.includes("purchase")) this.#judge.removed.push(judged.before.purchase);
    this.#learn(stack, judged);
    if (isAlone && !process.isLost) this.#judge.expectKeptRecord(judged, up, succeeds);
  }

  #react(stack: Stack, { reaction }: Up): void {
    const { program } = stack;
    const change = (changes: Partial<Program>) => {
      stack.program = { ...program, ...changes };
    };
    const found = this.#judge.requests.findLast(
      (one) => one.identity === program.urn && isCharge(one),
    )?.intentId;
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
    const completed = this.#judge
      .disk(folder, host)
      .entries()
      .filter(([name, text]) => name.endsWith(".completion") && outcome.test(text) && isWhole(text));
    return new Set(completed.map(([name]) => name.replace(".completion", "")));
  }

  #adoptedIn(folder: string | undefined, { state, host }: Stack): string | undefined {
    const order = lastOpening(state)?.orderId;
    if (folder === undefined || order === undefined) return undefined;
    const last = this.#judge
      .disk(folder, host)
      .entries()
      .filter(([name, text]) => name.startsWith(`${order}.resolution`) && isWhole(text))
      .toSorted(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))
      .at(-1);
    return last !== undefined && /"adopted"/.test(last[1]) ? order : undefined;
  }

  #send(judged: Judged, up: Up, orderId: string, until: number) {
    const { stack, program, folder, identity, mentions, replaces, before } = judged;
    const { answer } = up;
    const intentId = `pur_${this.#judge.requests.length}_of_${orderId}`;
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
    const others = [...this.#judge.requests];
    this.#judge.requests.push(request);
    judged.sent.push(request);
    if (others.some((other) => other.orderId === orderId))
      this.#judge.violate("two requests left for one order");
    const { outcome } = before.purchase?.outputs ?? {};
    if ((outcome === "bought" || outcome === "adopted") && !replaces.includes("purchase")) {
      this.#judge.violate("a request left though the state has the purchase as made");
    }
    if (program.adopt !== undefined || program.withdraw !== undefined) {
      this.#judge.violate("a request left though a person said that none is wanted");
    }
    for (const other of others.filter((one) => !this.#judge.untellable.has(one))) {
      const isKnown = mentions.includes(other.orderId);
      if (isKnown && attempt <= other.attempt) {
        this.#judge.violate("another request left for a purchase on record, without a higher attempt");
      }
      if (other.mentions.includes(orderId) && other.attempt <= attempt) {
        this.#judge.violate("a request left for an order that another update took for one never sent");
      }
      if (isKnown && judged.adopted === other.orderId) {
        this.#judge.violate("another request left, though a person said in the journal that it was made");
      }
      const told = stack.raises.get(attempt);
      if (isKnown && judged.completed.has(other.orderId) && !told?.has(other.orderId)) {
        this.#judge.violate("another request left, by a word that was given before the outcome was known");
      }
    }
    if (folder !== undefined) this.#judge.expectClaim(request, this.#judge.disk(folder, stack.host), others);
    if (this.month !== undefined) this.#judge.expectWithinMonth(this.month.limit, request);
    const answered = () => {
      request.isUnderWay = false;
    };
    return { reply, answered };
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
      since: this.#judge.requests.length,
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
      disk: (folder) => this.#judge.disk(folder, host),
      losePower: () => this.#losePower(host),
      writing: () => {
        if (does === "preview") this.#judge.violate("a preview wrote into the journal");
      },
      send: (orderId, until) => {
        if (does === "unannounced") this.#judge.violate("a request left that no preview announced");
        if (does === "preview" || does === "other") this.#judge.violate("a request left without an update");
        return this.#send(judged, up, orderId, until);
      },
      said: (line, isThrown) => {
        const about = this.#requestsOf(judged, up.diskFault !== undefined);
        const ofPurchase = this.#judge.requests.filter(
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
    return this.#judge.requests.filter((request, number) => {
      if (mentions.includes(request.orderId) || sent.includes(request)) return true;
      if (isBlind || number >= since || folder === undefined || mentions.includes("order_")) return false;
      if (request.identity !== identity) return false;
      const disk = this.#judge.disk(folder, stack.host);
      const claims = claimsBeside(disk, request.orderId);
      const own = claims.findIndex(({ order }) => order === request.orderId);
      return own !== -1 && !claims.slice(own).some((claim) => disk.has(`${claim.order}.forgotten`));
    });
  }

  #backUp(stack: Stack, folder: string | undefined): void {
    const journal = this.#judge.disk(folder ?? stack.folder, stack.host).image();
    this.#backups.unshift({ state: stack.state, journal, program: stack.program });
    // A backup of the state is a state, too: what it has is not lost.
    this.#judge.removed.push(stack.state);
  }

  #losePower(host: Host): void {
    for (const process of this.#processes) if (process.host === host.name) process.freeze();
    for (const { disk, host: of } of this.#judge.disks.values()) if (of === host) disk.losePower();
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
    if (last === undefined || this.#judge.requests.some(({ orderId }) => orderId === last.orderId))
      return false;
    if (
      claimsBeside(this.#judge.disk(stack.folder, stack.host), last.orderId).some(
        (one) => one.order === last.orderId,
      )
    ) {
      const text = this.#judge.disk(stack.folder, stack.host).read(`${last.orderId}.completion`);
      if (!text || JSON.parse(text).outcome !== "notSent") return false;
    }
    if (last.unarmed || program.attempt !== last.attempt) return false;
    if (state.purchase === undefined || state.purchase.isTainted) {
      // Nobody can tell what was on record from what never was, so what the journal has stops it.
      const stops = ["bought", "pending", "checkout"];
      return !this.#judge.requests.some(
        (one) => one.attempt >= last.attempt || stops.includes(kindOf(one.answer).outcome),
      );
    }
    if (order?.orderId === last.orderId) return outcome === "notSent";
    const isRaised = program.attempt > Number(args.attempt);
    return isRaised && MEANING[outcome].anotherRequest !== "never";
  }

  #stack(number: number): Stack {
    return this.#judge.stacks[number % this.#judge.stacks.length] as Stack;
  }
}

function folderOf({ folder }: Stack, { journal }: Up): string | undefined {
  return journal === "home" ? folder : journal === "off" ? undefined : "/journal-elsewhere";
}

function configOf({ journal }: { journal: string }) {
  const get = (key: string) => (key === "vercelCredits:journal" ? journal : undefined);
  return { get, require: (key: string) => get(key) ?? "" };
}
