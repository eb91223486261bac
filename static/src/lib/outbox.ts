/**
 * Sends what the queue holds, until every version has its answer: on a tap, on connect, `online`, visibility, and by a timer
 * from 1 to 15 s with jitter. The decisions are the queue's (queue.ts), the doors are command.ts's.
 *
 *   const box = await openOutbox({ seat: "A-07", lease: 2, now, onChange, onAnswer, onSignedOut });
 *   await box.save("operations", { ranking: [...] });        // durable here, then sent
 */
import { deliver } from "./command";
import { newId } from "./dom";
import { linkTo } from "./live";
import type { BallotAnswer, BallotBody, BallotVersion, LiveDocument } from "./protocol";
import { type Confirmed, isAnswer, Queue, type Version } from "./queue";
import { type BrowserStore, openStore } from "./store";

export type { Version } from "./queue";

const FIRST_MS = 1_000;
const LAST_MS = 15_000;
const DOCUMENT_MS = 1_000;
const AT_ONCE = 4; // units under way together: a slow link is not asked for thirty answers within one time-out

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
  private sending: Promise<void> | null = null;
  private again = false;
  private wait = FIRST_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stop = new AbortController();
  private latest: LiveDocument | null = null;
  private left = false;

  constructor(private readonly options: OutboxOptions, readonly queue: Queue, readonly store: BrowserStore | null) {}

  /** False where the browser refuses storage: then a reload would lose what was not sent. */
  get durable(): boolean { return this.queue.durable; }
  get versions(): readonly Version[] { return this.queue.versions; }
  get takenOver(): boolean { return this.queue.takenOver; }

  newest(contest: string, entry = ""): Version | null { return this.queue.newest(contest, entry); }
  confirmed(contest: string, entry = ""): Confirmed | null { return this.queue.confirmed(contest, entry); }
  counts(): Record<string, number> { return this.queue.counts(); }
  savedAt(): Record<string, string> { return this.queue.savedAt(); }
  floor(contest: string, rev: number, entry = ""): void { this.queue.floor(contest, rev, entry); }
  adopt(confirmedLease: (contest: string, entry: string) => number): Promise<void> { return this.queue.adopt(confirmedLease); }

  async save(contest: string, body: BallotBody, entry = ""): Promise<void> {
    await this.queue.save(contest, body, entry);
    this.wake();
  }

  /** The newest document, for a reload without network; at most one a second is written. */
  keepDocument(document: LiveDocument): void {
    if (!this.latest && this.store) setTimeout(() => void this.writeDocument(), DOCUMENT_MS);
    this.latest = document;
  }

  private async writeDocument(): Promise<void> {
    const document = this.latest;
    this.latest = null;
    if (document && !this.left) await this.store?.keepDocument(this.options.seat, document).catch(() => undefined);
  }

  /** True when every version has its answer or will never have one here. */
  get quiet(): boolean { return !this.sending && !this.queue.next().length; }

  /** The server's own word: sends again what a restored one has lost. */
  async meet(epoch: number, counting: readonly BallotVersion[]): Promise<void> {
    const before = this.versions.length;
    await this.queue.meet(epoch, counting);
    if (this.versions.length > before) this.wake();
  }

  /** Another device has the seat: nothing is saved here any more; what lost its answer asks for it once. */
  giveUp(): void {
    if (this.queue.takenOver) return;
    this.queue.takenOver = true;
    void this.leave();
    this.options.onChange();
    this.wake();
  }

  /** What the seat has said leaves this device, and nothing new is kept; what was never sent stays, it is nowhere else. */
  async leave(): Promise<void> {
    this.left = true;
    await this.store?.forget(this.options.seat).catch(() => undefined);
  }

  /** Send now. A link that has just come back need not wait for a request that the old one swallowed. */
  wake(fresh = false): void {
    this.wait = FIRST_MS;
    if (fresh && this.sending) this.stop.abort();
    void this.flush();
  }

  async flush(): Promise<void> {
    if (this.sending) {
      this.again = true;
      return;
    }
    this.stop = new AbortController();
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
    if (!this.queue.next().length) return;
    this.timer = setTimeout(() => void this.flush(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(LAST_MS, this.wait * 2);
  }

  private async sendAll(): Promise<void> {
    const waiting = this.queue.next();
    const worker = async (): Promise<void> => {
      for (let version = waiting.shift(); version && !this.stop.signal.aborted; version = waiting.shift()) await this.send(version);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  private async send(version: Version): Promise<void> {
    const { seat, ...payload } = version;
    const answer = await deliver({
      namespace: "/judge",
      event: "ballot.put",
      payload,
      path: `/judge/ballots/${version.op_id}?seat=${encodeURIComponent(seat)}`,
      isAnswer: (value): value is BallotAnswer => isAnswer(value, version.op_id),
      onStatus: (status) => { if (status === 401 || status === 400) this.options.onSignedOut(); }, // 400: the page's token is another session's
      signal: this.stop.signal,
    });
    if (!answer) return;
    if (await this.queue.take(version, answer)) this.again = true;
    if (this.queue.takenOver) void this.leave();
    this.options.onAnswer(answer, version);
    this.options.onChange();
  }
}

export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const { seat, lease, now, onChange } = options;
  const store = await openStore();
  const queue = new Queue({ seat, lease }, store, { now, newId, onChange });
  const box = new Outbox(options, queue, store);
  await queue.load();
  store?.onElsewhere(() => void queue.load());
  addEventListener("online", () => box.wake(true));
  for (const event of ["pageshow", "focus"]) addEventListener(event, () => box.wake());
  document.addEventListener("visibilitychange", () => box.wake());
  linkTo("/judge").socket.on("connect", () => box.wake(true));
  return box;
}
