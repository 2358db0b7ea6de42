import { CHARGED, MAYBE_CHARGED, NOTHING_CHARGED } from "../../provider/src/domain/messages";
import { MEANING } from "../../provider/src/domain/outcome";
import type { Properties } from "../../provider/src/lifecycle/inputs";
import { readPurchase } from "../../provider/src/state/purchase-state";
import { claimsBeside, claimTextOf, isWhole } from "./claims";
import { Disk } from "./disk";
import { isCharge, isNamed, kindOf, type Request } from "./endpoint";
import { HALVES, type Program } from "./engine";
import type { Up } from "./history";
import type { Host } from "./machine";
import { clock, started } from "./simulation";
import { type Judged, lastOpening, newStack, type Stack } from "./stack";

export class Violation extends Error {}

const SENTENCES = [NOTHING_CHARGED, CHARGED, MAYBE_CHARGED];

/** What stacks, journals and the endpoint hold, and what must be so of them after each step of a history. */
export class Judge {
  readonly disks = new Map<string, { disk: Disk; host: Host }>();
  readonly requests: Request[] = [];
  /** Whose intent record is gone though its opening is there: nothing can tell it from one that was never sent. */
  readonly untellable = new Set<Request>();
  /** What people removed from a state, and journals that are gone. */
  readonly removed: unknown[] = [];
  readonly excused = new Set<Request>();
  readonly stacks: Stack[] = [newStack()];
  violation: Violation | undefined;

  /** Within one journal: a claim of its own, after claims that were released or ended under a lower attempt. */
  expectClaim({ orderId, attempt }: Request, disk: Disk, others: readonly Request[]): void {
    const claims = claimsBeside(disk, orderId);
    const own = claims.findIndex((claim) => claim.order === orderId);
    if (own === -1) {
      this.violate("a request left without an intent record");
      return;
    }
    if (clock.now > Date.parse(claims[own]?.until ?? "")) this.violate("a request left past its lease");
    if (disk.has(`${orderId}.resolution.1`) || disk.has(`${orderId}.forgotten`)) {
      this.violate("a request left for an order that was settled or forgotten");
    }
    const released = claims.slice(0, own).findLastIndex((claim) => disk.has(`${claim.order}.forgotten`));
    for (const claim of claims.slice(released + 1, own)) {
      const other = others.find((one) => one.orderId === claim.order);
      if (other && attempt <= other.attempt) {
        this.violate("two requests left for one purchase in one journal, without a higher attempt");
      }
      const isEnded = disk.has(`${claim.order}.completion`) || disk.has(`${claim.order}.resolution.1`);
      const holder = started.get(claim.pid);
      if (other?.isUnderWay && holder && !holder.hasEnded && clock.now < other.leaseEnds && !isEnded) {
        this.violate("two leases at once");
      }
    }
    if (claims.some((claim) => claim.closed === orderId)) this.violate("a closed order was sent");
  }

  /** All that was sent under orders that were opened in the same month, and counts, with this one. */
  expectWithinMonth(limit: number, request: Request): void {
    const { folder } = request;
    if (folder === undefined) return;
    const month = this.#monthOf(request);
    const counting = this.requests.filter(
      (one) =>
        one.folder === folder &&
        this.#monthOf(one) === month &&
        !this.excused.has(one) &&
        (one.isUnderWay || MEANING[kindOf(one.answer).outcome].counts) &&
        !this.#isGivenUp(one),
    );
    const sum = counting.reduce((total, { amount }) => total + amount, 0);
    if (sum > limit) this.violate(`${sum} in one month, under a limit of ${limit}`);
  }

  #monthOf({ orderId, folder }: Request): string | undefined {
    const entries = this.disks.get(folder ?? "")?.disk.entries() ?? [];
    return entries
      .find(([name, text]) => name.startsWith("opening.") && text.includes(orderId))?.[0]
      .split(".")[1];
  }

  /** By a person's word: a higher attempt, or that it was withdrawn. What the journal has as charged is not given up by that. */
  #isGivenUp(request: Request): boolean {
    const completion = this.disks.get(request.folder ?? "")?.disk.read(`${request.orderId}.completion`);
    const isKnown = completion !== undefined && isWhole(completion);
    const outcome = isKnown ? kindOf(request.answer).outcome : "unknown";
    if (outcome !== "unknown" && outcome !== "pending") return false;
    const isRaised = this.requests.some(
      (one) => one.identity === request.identity && one.attempt > request.attempt,
    );
    return isRaised || this.#isWithdrawn(request);
  }

  /** What is said of money is true: never that nothing was charged where it was, and one sentence at a time. */
  judgeWords({ stack, lines, program, before, replaces }: Judged): void {
    const after = stack.state;
    const records = [before, after].map(({ purchase }) => purchase?.outputs ?? {});
    const isWithdrawn = records.some(({ outcome }) => outcome === "withdrawn");
    const recorded = Math.max(...records.map(({ attempt }) => Number(attempt ?? 0)));
    for (const { line, isThrown, charged, last: lastSent } of lines) {
      const said = SENTENCES.filter((sentence) => line.includes(sentence));
      const times = SENTENCES.reduce((sum, sentence) => sum + line.split(sentence).length - 1, 0);
      if (!line.isWellFormed()) this.violate("half a character in a message");
      if (times > 1 || (isThrown && times === 0)) this.violate(`not one sentence about money: ${line}`);
      if (/undefined|\[object|NaN/.test(line)) this.violate(`not for people: ${line}`);
      const last = Math.max(lastSent, recorded);
      const isTrue = charged.every(
        (one) => one.attempt < last || this.untellable.has(one) || isWithdrawn || this.#isWithdrawn(one),
      );
      // A record that goes is spoken of by the claim of its own URN, or as what it was; whether it may go is judged where it is
      // deleted.
      const isOfReplaced = line.startsWith("🗑️");
      // A known gap: an order that is created knows no purchase that is on record without it.
      const isOfNewOrder =
        line.startsWith(`${program.name} was not bought.`) &&
        (before.order === undefined || replaces.includes("order"));
      if (said.includes(NOTHING_CHARGED) && !isTrue && !isOfReplaced && !isOfNewOrder)
        this.violate(`said of a charge: ${line}`);
      if (said.includes(CHARGED) && !isOfReplaced && !this.#mayBeCharged(program))
        this.violate(`said of no charge: ${line}`);
    }
  }

  #isWithdrawn({ orderId }: Request): boolean {
    return [...this.disks.values()].some(({ disk }) =>
      disk
        .entries()
        .some(([name, text]) => name.startsWith(`${orderId}.resolution`) && /withdrawn/.test(text)),
    );
  }

  #mayBeCharged({ adopt }: Program): boolean {
    if (adopt !== undefined || this.requests.some(isCharge)) return true;
    return /"adopt(ed)?\\?"/.test(this.#everything());
  }

  #everything(): string {
    return JSON.stringify([
      this.stacks.map(({ state }) => state),
      this.removed,
      [...this.disks.values()].map(({ disk }) => disk.entries()),
    ]);
  }

  /** What the state has of a purchase is kept, or followed by something that is there. */
  expectKeptRecord(judged: Judged, up: Up, succeeds: boolean): void {
    const { stack, before, replaces, folder, sent } = judged;
    const [was, is] = [before.purchase, stack.state.purchase];
    if (was !== undefined && is === undefined) this.violate("the record of a purchase was dropped");
    if (is !== undefined && succeeds && folder !== undefined && up.diskFault === undefined) {
      const { order, outcome } = readPurchase(is.outputs);
      const completion = this.disk(folder, stack.host).has(`${order?.orderId}.completion`);
      const isMissing = (is.outputs.__record as Properties | undefined)?.completionMissing === true;
      if (isMissing && !completion && MEANING[outcome].requestLeft) {
        this.violate("a completion that was missing was not written");
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
        this.violate("the record of a purchase that was made was changed");
      return;
    }
    if (now.order?.orderId === old.order?.orderId || now.outcome === old.outcome) return;
    // Another order's outcome took its place.
    const isNews = sent.length > 0 || MEANING[now.outcome].requestLeft === false || this.requests.length > 0;
    if (!isNews) this.violate("an outcome was overruled by nothing");
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
      this.violate(`a purchase that is ${outcome} fails`);
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
    const request = this.requests.find(({ orderId }) => orderId === last.orderId);
    if (request?.amount !== program.amount || request.team !== program.team) return;
    this.violate("what the journal knows was not recorded");
  }

  /** What a state or a journal says of a request is what the endpoint answered, or less. */
  expectTrueRecords(): void {
    for (const request of this.requests) {
      const { orderId, answer } = request;
      const isTrue = (outcome: unknown) =>
        [kindOf(answer).outcome, "unknown", "adopted", "withdrawn"].includes(outcome as string);
      for (const { state } of this.stacks) {
        const { order, outcome } = readPurchase(state.purchase?.outputs ?? {});
        if (order?.orderId === orderId && !isTrue(outcome)) {
          this.violate(`on record as ${outcome}, and answered as ${answer}`);
        }
      }
      for (const { disk } of this.disks.values()) {
        const text = disk.read(`${orderId}.completion`);
        const outcome = text && isWhole(text) && JSON.parse(text).outcome;
        if (outcome && outcome !== kindOf(answer).outcome) {
          this.violate(`${outcome} in the journal, and answered as ${answer}`);
        }
        const isClosed = disk
          .entries()
          .some(([name, record]) => name.startsWith("intent.") && record.includes(`"closed": "${orderId}"`));
        const isProof = isClosed && /"proof": true/.test(claimTextOf(disk, orderId));
        if (isProof && !this.untellable.has(request)) this.violate("closed as never sent, and sent");
      }
    }
  }

  /**
   * No record of a charge is lost: it is in a state, or in a journal, or nothing ever was, and the order in the state
   * is the one that may have bought.
   */
  expectAllRecords(): void {
    const states = JSON.stringify([this.stacks.map(({ state }) => state), this.removed]);
    for (const request of this.requests.filter(isCharge)) {
      const mark = isNamed(request) && request.folder !== undefined ? request.intentId : request.orderId;
      const isFound = states.includes(mark) || this.#isInJournal(request);
      if (!isFound && !this.excused.has(request)) this.violate("the record of a charge is lost");
    }
  }

  #isInJournal(request: Request): boolean {
    return [...this.disks.values()].some(({ disk }) => {
      const completion = disk.read(`${request.orderId}.completion`);
      if (completion !== undefined && isWhole(completion)) {
        return !isNamed(request) || completion.includes(request.intentId);
      }
      return claimsBeside(disk, request.orderId).length > 0;
    });
  }

  disk(folder: string, host: Host): Disk {
    const found = this.disks.get(folder) ?? { disk: new Disk(), host };
    this.disks.set(folder, found);
    return found.disk;
  }

  /** Kept, not thrown: the code under test would take it for a fault of the network or the disk. */
  violate(what: string): void {
    this.violation ??= new Violation(what);
  }
}
