/**
 * What a tablet does with its ballots (design/live.md §5): which version it sends, and what an answer does to those it holds.
 * No document, no network and no IndexedDB in here: tests and the model check drive it under node with a store of their own.
 *
 *   const queue = new Queue({ seat: "A-07", lease: 2 }, store, { now, newId });
 *   await queue.load();
 *   await queue.save("operations", { ranking: ["S-004"] });
 *   for (const version of queue.next()) { const answer = await send(version); if (answer) await queue.take(version, answer); }
 *
 * The rule that everything follows from: in the end the server has what it would have had without any fault.
 */
import type { BallotAnswer, BallotBody, BallotPut, BallotVersion } from "./protocol";

export interface Version extends BallotPut {
  seat: string;
}

/** The newest version that the server has acknowledged; kept so that a reload still says so, and a restored server gets it again. */
export interface Confirmed extends Version {
  receipt: string;
  received_at: string | null;
  /** Of the documents at that time: an older database that was restored has a newer one. */
  epoch: number;
}

export interface Kept {
  versions: Version[];
  confirmed: Confirmed[];
}

/** Where versions lie. Every method is one transaction; a failure rejects and changes nothing. */
export interface Store {
  load(seat: string): Promise<Kept>;
  /** Allots a rev above `floor` and above every earlier one of the seat's unit and lease, keeps the version, returns the rev. */
  keep(version: Version, floor: number): Promise<number>;
  /** Takes versions out and, when given, remembers or forgets what is confirmed. */
  settle(seat: string, gone: readonly string[], confirmed?: Confirmed | null): Promise<void>;
  /** The confirmed version is unsent again. */
  requeue(version: Version): Promise<void>;
}

/** A ballot's unit: the contest, or the contest and the entry for marks and grades. */
export function unitOf(ballot: { contest: string; entry?: string }): string {
  return ballot.entry ? `${ballot.contest}/${ballot.entry}` : ballot.contest;
}

export function isNewer(one: { lease: number; rev: number }, than: { lease: number; rev: number }): boolean {
  return one.lease !== than.lease ? one.lease > than.lease : one.rev > than.rev;
}

export function newestOf<V extends { lease: number; rev: number }>(versions: readonly V[]): V | null {
  let newest: V | null = null;
  for (const version of versions) if (!newest || isNewer(version, newest)) newest = version;
  return newest;
}

/** When a version is saved: never before one that was saved earlier, whatever happens to this device's clock. */
export function stamp(now: number, earlier: readonly Version[]): string {
  return new Date(Math.max(now, ...earlier.map((version) => Date.parse(version.saved_at)))).toISOString();
}

/** The versions of one unit that an answer about `version` takes off the tablet. An answer of `taken_over` takes none. */
export function settled(answer: BallotAnswer, version: Version, unit: readonly Version[]): Version[] {
  const upTo = unit.filter((one) => !isNewer(one, version));
  switch (answer.result) {
    case "ok":
    case "stale":
      return upTo;
    case "closed": {
      // Too late: what was saved in time is still to be sent. In time and yet refused: the grace is over for what is older, too.
      const closes = answer.at ? Date.parse(answer.at) : -Infinity;
      const late = unit.filter((one) => Date.parse(one.saved_at) > closes);
      if (Date.parse(version.saved_at) > closes) return late; // by its own time: another tab may have taken it off already
      return answer.counted ? unit.filter((one) => one.op_id === version.op_id) : upTo; // the one that counts may have lost its ack
    }
    case "recused":
    case "invalid":
      return unit.filter((one) => one.op_id === version.op_id); // the one before it may be fine, as it would have been online
    case "taken_over":
      return [];
  }
}

const WORDS = new Set(["ok", "stale", "closed", "recused", "taken_over", "invalid"]);

/** Only our own word about this very version is an answer: not a captive portal's page, a 401, 429 or 5xx. */
export function isAnswer(value: unknown, op_id: string): value is BallotAnswer {
  const answer = value as { result?: unknown; op_id?: unknown } | null;
  return typeof answer === "object" && answer !== null && WORDS.has(String(answer.result)) && answer.op_id === op_id;
}

export interface QueueParts {
  /** The edition's time in ms, synchronised with the server. */
  now: () => number;
  newId: () => string;
  onChange?: () => void;
}

export class Queue {
  private held: Version[] = [];
  private readonly known = new Map<string, Confirmed>();
  private readonly floors = new Map<string, number>();
  /** Refused by the store: they live in memory only. */
  private readonly loose = new Set<string>();
  /** Being kept at this moment, the newest last. */
  private pending: Version[] = [];
  private readonly refused = new Set<string>();
  /** The lease of what counts by the newest document, by unit. */
  private readonly counted = new Map<string, number>();
  private epoch = 0;
  takenOver = false;
  durable: boolean;

  constructor(readonly own: { seat: string; lease: number }, private readonly store: Store | null, private readonly parts: QueueParts) {
    this.durable = store !== null;
  }

  /** Reads what lies here, at the start and when another tab has changed it. */
  async load(): Promise<void> {
    if (!this.store) return;
    try {
      const kept = await this.store.load(this.own.seat);
      this.held = [...kept.versions, ...this.held.filter((version) => this.loose.has(version.op_id))];
      this.known.clear();
      for (const one of kept.confirmed) this.known.set(unitOf(one), one);
    } catch {
      this.durable = false;
    }
    this.changed();
  }

  get versions(): readonly Version[] { return this.held; }

  /** What the judge chose last and the server has not answered yet. */
  newest(contest: string, entry = ""): Version | null {
    const unit = unitOf({ contest, entry });
    return this.pending.filter((one) => unitOf(one) === unit).at(-1) ?? newestOf(this.of(unit));
  }

  /** What the server has acknowledged to this device. */
  confirmed(contest: string, entry = ""): Confirmed | null {
    return this.known.get(unitOf({ contest, entry })) ?? null;
  }

  /** Unsent ballots per contest. */
  counts(): Record<string, number> {
    const units = new Map([...this.held, ...this.pending].map((version) => [unitOf(version), version.contest]));
    const found: Record<string, number> = {};
    for (const contest of units.values()) found[contest] = (found[contest] ?? 0) + 1;
    return found;
  }

  /** When the newest unsent version of each contest was saved. */
  savedAt(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const { contest, saved_at } of [...this.held, ...this.pending]) {
      if (Date.parse(saved_at) > Date.parse(found[contest] ?? "1970-01-01T00:00:00Z")) found[contest] = saved_at;
    }
    return found;
  }

  /** The server's rev is the floor of ours: a plain form or another tab may have written. */
  floor(contest: string, rev: number, entry = ""): void {
    const unit = unitOf({ contest, entry });
    this.floors.set(unit, Math.max(this.floors.get(unit) ?? 0, rev));
  }

  /** Keeps a version here and resolves when it lies safely; a store that fails costs the safety, never the vote. */
  async save(contest: string, body: BallotBody, entry = ""): Promise<Version> {
    const { seat, lease } = this.own;
    const op_id = this.parts.newId();
    const version: Version = { seat, contest, ...(entry ? { entry } : {}), body, lease, rev: 0, op_id, saved_at: "" };
    const before = [...this.of(unitOf(version)), ...this.pending.filter((one) => unitOf(one) === unitOf(version))];
    version.saved_at = stamp(this.parts.now(), before);
    this.pending = [...this.pending, version];
    await this.keep(version);
    this.pending = this.pending.filter((one) => one !== version);
    this.changed();
    return version;
  }

  private async keep(version: Version): Promise<void> {
    const unit = unitOf(version);
    const floor = this.floors.get(unit) ?? 0;
    try {
      if (!this.store) throw new Error("no store");
      version.rev = await this.store.keep(version, floor);
    } catch {
      this.durable = false;
      this.loose.add(version.op_id);
      version.rev = Math.max(this.floors.get(unit) ?? 0, floor) + 1;
    }
    this.floors.set(unit, Math.max(this.floors.get(unit) ?? 0, version.rev));
    if (!this.held.some((one) => one.op_id === version.op_id)) this.held = [...this.held, version];
  }

  /** What to send now: the newest version of every unit. After a take-over only those whose answer was lost ask once more. */
  next(): Version[] {
    const open = this.held.filter((version) => !this.refused.has(version.op_id));
    const units = [...new Set(open.map(unitOf))];
    return units.map((unit) => newestOf(open.filter((version) => unitOf(version) === unit))).filter((version) => version !== null);
  }

  /** Does what a definitive answer says; true when an older version of the unit is to be sent now. */
  async take(version: Version, answer: BallotAnswer): Promise<boolean> {
    const unit = unitOf(version);
    if (answer.result === "taken_over") {
      // Saved under a lease that a restored server does not know, or by a tab here that had not heard of this one.
      if (version.lease !== this.own.lease && !this.takenOver) return this.rekey(version);
      this.takenOver = true;
      this.refused.add(version.op_id);
      this.changed();
      return this.next().some((one) => unitOf(one) === unit); // an older one may have been accepted, and its answer lost
    }
    await this.settle(settled(answer, version, this.of(unit)), this.learnt(answer, version));
    return answer.result !== "ok" && answer.result !== "stale" && this.of(unit).length > 0;
  }

  private async rekey(version: Version): Promise<boolean> {
    const unit = unitOf(version);
    const since = Math.max(this.known.get(unit)?.lease ?? 0, this.counted.get(unit) ?? 0);
    const ours = since > version.lease || this.of(unit).some((one) => one.lease === this.own.lease);
    await this.carry(this.of(unit).filter((one) => one.lease === version.lease), version.lease > this.own.lease || !ours);
    return this.of(unit).length > 0;
  }

  /** Versions of another lease of this device go out under its own: all of them, for the newest may turn out to be too late. */
  private async carry(versions: readonly Version[], wanted: boolean): Promise<void> {
    const inOrder = [...versions].sort((one, than) => (isNewer(one, than) ? 1 : -1));
    for (const one of wanted ? inOrder : []) await this.keep({ ...one, lease: this.own.lease, rev: 0, op_id: this.parts.newId() });
    await this.settle(versions);
  }

  private learnt(answer: BallotAnswer, version: Version): Confirmed | undefined {
    if (answer.result === "stale" && answer.current) return this.asConfirmed(version, answer.current);
    if (answer.result !== "ok") return undefined;
    const known = this.known.get(unitOf(version));
    const received_at = known?.receipt === answer.receipt ? known.received_at : new Date(this.parts.now()).toISOString();
    return { ...version, rev: answer.rev, receipt: answer.receipt, received_at, epoch: this.epoch };
  }

  private asConfirmed(version: Version, current: BallotVersion): Confirmed | undefined {
    if (!current.body || !current.receipt) return undefined;
    const { body, lease, rev, receipt, received_at } = current;
    return { ...version, body, lease, rev, op_id: "", receipt, received_at, saved_at: current.saved_at ?? version.saved_at, epoch: this.epoch };
  }

  private async settle(gone: readonly Version[], confirmed?: Confirmed | null): Promise<void> {
    const ids = gone.map((version) => version.op_id);
    this.held = this.held.filter((version) => !ids.includes(version.op_id));
    if (confirmed) this.known.set(unitOf(confirmed), confirmed);
    this.changed();
    try {
      await this.store?.settle(this.own.seat, ids, confirmed);
    } catch {
      this.durable = false; // they are sent again after a reload, and answered as before
    }
    this.held = this.held.filter((version) => !ids.includes(version.op_id)); // another tab's news may have brought them back
  }

  /** Versions of an earlier lease of this device go out under the new one, unless another device has voted since. */
  async adopt(confirmedLease: (contest: string, entry: string) => number): Promise<void> {
    const { lease } = this.own;
    for (const unit of new Set(this.held.map(unitOf))) {
      const old = this.of(unit).filter((version) => version.lease < lease);
      const newest = newestOf(old);
      if (!newest) continue;
      const mine = this.of(unit).some((version) => version.lease === lease);
      await this.carry(old, !mine && confirmedLease(newest.contest, newest.entry ?? "") <= newest.lease);
    }
  }

  /**
   * The server's own word of what counts. Under a newer epoch a version that it had acknowledged and does not know any more
   * (an older database was restored) is unsent again; what it knows better is taken over.
   */
  async meet(epoch: number, counting: readonly BallotVersion[]): Promise<void> {
    const theirs = new Map(counting.filter((one) => one.rev > 0).map((one) => [unitOf(one), one]));
    this.counted.clear();
    for (const [unit, one] of theirs) this.counted.set(unit, one.lease);
    for (const [unit, mine] of [...this.known]) {
      const found = theirs.get(unit);
      if (found && !isNewer(mine, found)) {
        if (isNewer(found, mine)) this.known.delete(unit);
        else if (mine.epoch !== epoch) this.known.set(unit, { ...mine, epoch });
      } else if (epoch > mine.epoch && mine.epoch > 0) await this.putBack(unit, mine);
    }
    this.epoch = Math.max(this.epoch, epoch);
    for (const [unit, mine] of this.known) if (mine.epoch === 0) this.known.set(unit, { ...mine, epoch: this.epoch });
  }

  private async putBack(unit: string, mine: Confirmed): Promise<void> {
    this.known.delete(unit);
    if (!mine.op_id || this.takenOver) return;
    const { receipt: _receipt, received_at: _received, epoch: _epoch, ...version } = mine;
    if (version.lease !== this.own.lease) {
      await this.keep({ ...version, lease: this.own.lease, rev: 0, op_id: this.parts.newId() });
      await this.settle([], null);
      return;
    }
    if (!this.held.some((one) => one.op_id === version.op_id)) this.held = [...this.held, version];
    this.changed();
    try {
      await this.store?.requeue(version);
    } catch {
      this.loose.add(version.op_id);
    }
  }

  private of(unit: string): Version[] {
    return this.held.filter((version) => unitOf(version) === unit);
  }

  private changed(): void {
    this.parts.onChange?.();
  }
}
