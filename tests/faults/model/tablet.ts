/**
 * Tablets for the model check: the real queue of static/src/lib/queue.ts over a store in memory, driven line by line.
 * A line is a list of commands, one per simulated run; the answer is a line with the list of what came of them.
 */
import { createInterface } from "node:readline";
import type { BallotVersion } from "../../../static/src/lib/protocol";
import { type Confirmed, isAnswer, type Kept, Queue, type Store, unitOf, type Version } from "../../../static/src/lib/queue";

interface Page {
  epoch: number;
  lease: number;
  ballots: BallotVersion[];
}

interface Command {
  op: "open" | "document" | "save" | "take" | "look" | "load" | "lost" | "left" | "end";
  run: string;
  device: string;
  tab: string;
  now: number;
  lease?: number;
  page?: Page;
  contest?: string;
  entry?: string;
  body?: never;
  version?: Version;
  value?: unknown;
  units?: (string | null)[][];
}

const SEAT = "A-01";
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** What IndexedDB is to the tabs of one browser: every method is one transaction. */
class Shelf implements Store {
  readonly versions = new Map<string, Version>();
  readonly revs = new Map<string, number>();
  readonly kept = new Map<string, Confirmed>();
  ids = 0;

  async load(): Promise<Kept> {
    return copy({ versions: [...this.versions.values()], confirmed: [...this.kept.values()] });
  }

  async keep(version: Version, floor: number): Promise<number> {
    const unit = `${unitOf(version)}/${version.lease}`;
    const rev = Math.max(floor, this.revs.get(unit) ?? 0) + 1;
    this.revs.set(unit, rev);
    this.versions.set(version.op_id, copy({ ...version, rev }));
    return rev;
  }

  async settle(_seat: string, gone: readonly string[], confirmed?: Confirmed | null): Promise<void> {
    for (const op of gone) this.versions.delete(op);
    if (confirmed) this.kept.set(unitOf(confirmed), copy(confirmed));
  }

  async requeue(version: Version): Promise<void> {
    this.versions.set(version.op_id, copy(version));
    this.kept.delete(unitOf(version));
  }

  forget(): void {
    this.kept.clear();
  }
}

interface Tab {
  queue: Queue;
  now: number;
  /** What the queue gave out to be sent: it is asked about the very same object, as outbox.ts does. */
  sent: Map<string, Version>;
}

const shelves = new Map<string, Map<string, Shelf>>();
const tabs = new Map<string, Map<string, Tab>>();

function of<V>(all: Map<string, Map<string, V>>, run: string): Map<string, V> {
  const found = all.get(run) ?? new Map<string, V>();
  all.set(run, found);
  return found;
}

/** What a page paints from: the newest unsent version and the confirmed one of every unit, and what it lists as not sent. */
function look({ queue, sent }: Tab, units: (string | null)[][]): unknown {
  const next = queue.next();
  for (const version of next) if (!sent.has(version.op_id)) sent.set(version.op_id, version);
  const seen = units.map(([contest = "", entry]) => [queue.newest(contest, entry ?? undefined), queue.confirmed(contest, entry ?? undefined)]);
  return { units: seen, taken: queue.takenOver, unsent: queue.versions.map((one) => one.op_id), next };
}

/** As the page does when a document arrives, and before its queue starts. */
function floors(queue: Queue, page: Page): void {
  for (const ballot of page.ballots) queue.floor(ballot.contest, ballot.lease === queue.own.lease ? ballot.rev : 0, ballot.entry);
}

async function open(command: Command, shelf: Shelf): Promise<Tab> {
  const { lease = 0, page, now } = command;
  const newId = (): string => `${command.run}-${command.device}-${String((shelf.ids += 1)).padStart(4, "0")}`;
  const tab: Tab = { now, queue: null as never, sent: new Map() };
  tab.queue = new Queue({ seat: SEAT, lease }, shelf, { now: () => tab.now, newId });
  await tab.queue.load();
  if (page) {
    floors(tab.queue, page);
    const theirs = new Map(page.ballots.map((one) => [unitOf(one), one.lease]));
    await tab.queue.adopt((contest, entry) => theirs.get(unitOf({ contest, entry })) ?? 0);
    await tab.queue.meet(page.epoch, page.ballots);
  }
  return tab;
}

async function act(command: Command): Promise<unknown> {
  const { op, run } = command;
  if (op === "end") {
    shelves.delete(run);
    tabs.delete(run);
    return null;
  }
  const shelf = of(shelves, run).get(command.device) ?? new Shelf();
  of(shelves, run).set(command.device, shelf);
  if (op === "left") return [...shelf.versions.keys()];
  if (op === "open") of(tabs, run).set(command.tab, await open(command, shelf));
  const tab = of(tabs, run).get(command.tab);
  if (!tab) throw new Error(`no tab ${command.tab}`);
  const { queue } = tab;
  tab.now = command.now;
  let said: unknown = null;
  if (op === "load") await queue.load();
  if (op === "save") said = await queue.save(command.contest ?? "", command.body as never, command.entry);
  if (op === "document" && command.page) {
    floors(queue, command.page);
    await queue.meet(command.page.epoch, command.page.ballots);
  }
  if (op === "lost" && !queue.takenOver) {
    queue.takenOver = true;
    shelf.forget();
  }
  if (op === "take" && command.version) {
    const version = tab.sent.get(command.version.op_id) ?? command.version;
    const answered = isAnswer(command.value, version.op_id);
    said = { answered, again: answered && (await queue.take(version, command.value as never)) };
    if (queue.takenOver) shelf.forget();
  }
  return { said, view: look(tab, command.units ?? []) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const commands = JSON.parse(line) as Command[];
  const replies: unknown[] = [];
  for (const command of commands) {
    replies.push(await act(command).catch((error: unknown) => ({ error: String(error instanceof Error ? error.stack : error) })));
  }
  process.stdout.write(`${JSON.stringify(replies)}\n`);
}
