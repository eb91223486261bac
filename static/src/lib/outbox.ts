/**
 * The queue of ballots on this tablet (design/live.md §5): every version lies in IndexedDB until the server has answered.
 *
 *   const box = await openOutbox({ seat: "A-07", lease: 2, now, onChange, onAnswer });
 *   await box.save("operations", { ranking: [...] });        // durable here, then sent
 *   await box.save("care", { marks: {...} }, "C-002");       // score and grade: one ballot per entry
 *
 * rev is allotted inside the IndexedDB transaction, so two tabs share a seat. Only definitive results take a version out:
 * silence, 401, 429, 5xx and a captive portal's 200 are no answer. Nothing is called confirmed before the ack.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { at, meta, newId } from "./dom";
import { linkTo } from "./live";
import type { BallotAnswer, BallotBody, BallotPut } from "./protocol";

const SOCKET_MS = 4_000;
const POST_MS = 8_000;
const FIRST_MS = 1_000;
const LAST_MS = 15_000;

export interface Version extends BallotPut {
  seat: string;
}

interface Store extends DBSchema {
  versions: { key: string; value: Version; indexes: { contest: string } };
  revs: { key: string; value: { unit: string; rev: number } };
}

export interface OutboxOptions {
  seat: string;
  lease: number;
  /** The edition's time, synchronised with the server, in ms. */
  now: () => number;
  onChange: () => void;
  onAnswer: (answer: BallotAnswer, version: Version) => void;
  /** The session has ended: the seat card is needed. The queue is kept. */
  onSignedOut: () => void;
}

export class Outbox {
  private held: Version[] = [];
  private readonly highest = new Map<string, number>();
  private readOnly = false;
  private sending: Promise<void> | null = null;
  private again = false;
  private wait = FIRST_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: OutboxOptions, private readonly db: IDBPDatabase<Store> | null) {}

  /** False where the browser refuses storage: then a reload would lose what was not sent. */
  get durable(): boolean { return this.db !== null; }
  get versions(): readonly Version[] { return this.held; }
  get takenOver(): boolean { return this.readOnly; }

  /** The newest unsent version of a unit: a contest, for score and grade a contest's entry. */
  newest(contest: string, entry = ""): Version | null {
    return newestOf(this.held.filter((version) => unitOf(version) === unit(contest, entry)));
  }

  /** Unsent ballots per contest, as the tablet reports them. */
  counts(): Record<string, number> {
    const found: Record<string, number> = {};
    for (const one of new Map(this.held.map((version) => [unitOf(version), version])).values()) found[one.contest] = (found[one.contest] ?? 0) + 1;
    return found;
  }

  async load(): Promise<void> {
    if (this.db) this.held = (await this.db.getAll("versions")).filter((version) => version.seat === this.options.seat);
    this.options.onChange();
  }

  /** The server's rev is the floor of ours: a plain form or another tab may have written. */
  floor(contest: string, rev: number, entry = ""): void {
    const key = unit(contest, entry);
    this.highest.set(key, Math.max(this.highest.get(key) ?? 0, rev));
  }

  async save(contest: string, body: BallotBody, entry = ""): Promise<void> {
    const { seat, lease, now } = this.options;
    const about = entry ? { entry } : {};
    const version: Version = { seat, contest, ...about, body, lease, rev: 0, op_id: newId(), saved_at: new Date(now()).toISOString() };
    await this.keep(version);
    this.held = [...this.held, version];
    this.options.onChange();
    this.wake();
  }

  private async keep(version: Version): Promise<void> {
    const key = `${version.seat}/${version.contest}/${version.lease}${version.entry ? `/${version.entry}` : ""}`;
    const floor = this.highest.get(unitOf(version)) ?? 0;
    if (!this.db) {
      version.rev = floor + 1;
    } else {
      const change = this.db.transaction(["versions", "revs"], "readwrite", { durability: "strict" });
      const known = await change.objectStore("revs").get(key);
      version.rev = Math.max(floor, known?.rev ?? 0) + 1;
      await Promise.all([
        change.objectStore("revs").put({ unit: key, rev: version.rev }),
        change.objectStore("versions").put(version),
        change.done,
      ]);
    }
    this.floor(version.contest, version.rev, version.entry);
  }

  /** Versions of an earlier lease on this device go out under the new one, unless another device has voted since. */
  async adopt(confirmedLease: (contest: string, entry: string) => number): Promise<void> {
    const { lease } = this.options;
    for (const key of new Set(this.held.map(unitOf))) {
      const same = this.held.filter((version) => unitOf(version) === key);
      const old = same.filter((version) => version.lease < lease);
      const newest = newestOf(old);
      if (!newest) continue;
      if (confirmedLease(newest.contest, newest.entry ?? "") <= newest.lease && !same.some((version) => version.lease === lease)) {
        const moved: Version = { ...newest, lease, rev: 0, op_id: newId() };
        await this.keep(moved);
        this.held = [...this.held, moved];
      }
      await this.drop(old);
    }
    this.options.onChange();
  }

  /** Send now: on connect, online, visibility, a tap. */
  wake(): void {
    this.wait = FIRST_MS;
    void this.flush();
  }

  async flush(): Promise<void> {
    if (this.readOnly) return;
    if (this.sending) {
      this.again = true;
      return;
    }
    this.sending = this.sendAll();
    try {
      await this.sending;
    } finally {
      this.sending = null;
    }
    if (this.again) {
      this.again = false;
      void this.flush();
    } else this.later();
  }

  private later(): void {
    clearTimeout(this.timer);
    if (!this.held.length || this.readOnly) return;
    this.timer = setTimeout(() => void this.flush(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(LAST_MS, this.wait * 2);
  }

  private async sendAll(): Promise<void> {
    const units = new Map(this.held.map((version) => [unitOf(version), version]));
    await Promise.all([...units.values()].map(({ contest, entry }) => this.sendNewest(contest, entry)));
  }

  private async sendNewest(contest: string, entry = ""): Promise<void> {
    let version = this.newest(contest, entry);
    while (version && !this.readOnly) {
      const answer = await deliverBallot(version, this.options.onSignedOut);
      if (!answer) return;
      await this.settle(answer, version);
      this.options.onAnswer(answer, version);
      this.options.onChange();
      version = answer.result === "closed" ? this.newest(contest, entry) : null;
    }
  }

  /** Only what the answer covers leaves the tablet. */
  private async settle(answer: BallotAnswer, version: Version): Promise<void> {
    const same = this.held.filter((one) => unitOf(one) === unitOf(version));
    if (answer.result === "taken_over") {
      this.readOnly = true;
      return;
    }
    if (answer.result === "closed") {
      const closes = answer.at ? Date.parse(answer.at) : 0;
      const tooLate = Date.parse(version.saved_at) > closes;
      await this.drop(tooLate ? same.filter((one) => Date.parse(one.saved_at) > closes) : same.filter((one) => !isNewer(one, version)));
      return;
    }
    await this.drop(same.filter((one) => !isNewer(one, version)));
  }

  private async drop(versions: readonly Version[]): Promise<void> {
    const gone = new Set(versions.map((version) => version.op_id));
    this.held = this.held.filter((version) => !gone.has(version.op_id));
    if (!this.db || !gone.size) return;
    const change = this.db.transaction("versions", "readwrite");
    await Promise.all([...[...gone].map((key) => change.store.delete(key)), change.done]);
  }
}

/** The name of a ballot on this tablet; ids hold no white space. */
function unit(contest: string, entry = ""): string {
  return entry ? `${contest} ${entry}` : contest;
}

function unitOf(version: BallotPut): string {
  return unit(version.contest, version.entry);
}

function isNewer(one: BallotPut, than: BallotPut): boolean {
  return one.lease !== than.lease ? one.lease > than.lease : one.rev > than.rev;
}

function newestOf(versions: readonly Version[]): Version | null {
  let newest: Version | null = null;
  for (const version of versions) if (!newest || isNewer(version, newest)) newest = version;
  return newest;
}

export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const box = new Outbox(options, await openStore());
  await box.load();
  for (const event of ["online", "pageshow", "focus"]) addEventListener(event, () => box.wake());
  document.addEventListener("visibilitychange", () => box.wake());
  linkTo("/judge").socket.on("connect", () => box.wake());
  return box;
}

async function openStore(): Promise<IDBPDatabase<Store> | null> {
  try {
    const name = `ballots${meta("root") || "/"}${meta("edition")}`;
    const db = await openDB<Store>(name, 1, {
      upgrade(fresh) {
        fresh.createObjectStore("versions", { keyPath: "op_id" }).createIndex("contest", "contest");
        fresh.createObjectStore("revs", { keyPath: "unit" });
      },
    });
    void navigator.storage?.persist?.();
    return db;
  } catch {
    return null;
  }
}

const WORDS = new Set(["ok", "stale", "closed", "recused", "taken_over", "invalid"]);

function isAnswer(value: unknown, op_id: string): value is BallotAnswer {
  const answer = value as { result?: unknown; op_id?: unknown } | null;
  return typeof answer === "object" && answer !== null && WORDS.has(String(answer.result)) && answer.op_id === op_id;
}

/** Socket for four seconds, then POST; null is no answer and changes nothing. */
async function deliverBallot({ seat: _seat, ...ballot }: Version, onSignedOut: () => void): Promise<BallotAnswer | null> {
  const { socket } = linkTo("/judge");
  if (socket.connected) {
    try {
      const answer: unknown = await socket.timeout(SOCKET_MS).emitWithAck("ballot.put", ballot);
      if (isAnswer(answer, ballot.op_id)) return answer;
    } catch {
      // The POST below is the same door.
    }
  }
  try {
    const response = await fetch(at(`/judge/ballots/${ballot.op_id}`), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": meta("csrf-token") },
      body: JSON.stringify(ballot),
      signal: AbortSignal.timeout(POST_MS),
    });
    if (response.status === 401) onSignedOut();
    const answer: unknown = await response.json();
    return isAnswer(answer, ballot.op_id) ? answer : null;
  } catch {
    return null;
  }
}
