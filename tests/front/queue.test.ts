/** The tablet's queue: what it sends and what an answer does, as live.md §5 says. Run by tests/front/test_library.py. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BallotAnswer, BallotVersion } from "../../static/src/lib/protocol";
import { type Confirmed, isAnswer, type Kept, Queue, settled, stamp, type Store, unitOf, type Version } from "../../static/src/lib/queue";

const NOON = Date.parse("2025-12-24T03:00:00.000Z");

/** IndexedDB in a map, shared by the tabs of one browser; `broken` refuses every write. */
class MemoryStore implements Store {
  versions = new Map<string, Version>();
  confirmed = new Map<string, Confirmed>();
  revs = new Map<string, number>();
  broken = false;

  async load(seat: string): Promise<Kept> {
    const mine = <V extends { seat: string }>(all: Iterable<V>): V[] => [...all].filter((one) => one.seat === seat).map((one) => ({ ...one }));
    return { versions: mine(this.versions.values()), confirmed: mine(this.confirmed.values()) };
  }

  async keep(version: Version, floor: number): Promise<number> {
    if (this.broken) throw new Error("QuotaExceededError");
    const unit = `${version.seat}/${unitOf(version)}/${version.lease}`;
    const rev = Math.max(floor, this.revs.get(unit) ?? 0) + 1;
    this.revs.set(unit, rev);
    this.versions.set(version.op_id, { ...version, rev });
    return rev;
  }

  async settle(seat: string, gone: readonly string[], confirmed?: Confirmed | null): Promise<void> {
    for (const key of gone) this.versions.delete(key);
    if (confirmed) this.confirmed.set(`${seat}/${unitOf(confirmed)}`, { ...confirmed });
  }

  async requeue(version: Version): Promise<void> {
    this.versions.set(version.op_id, { ...version });
    this.confirmed.delete(`${version.seat}/${unitOf(version)}`);
  }
}

let ids = 0;
let time = NOON;

function tab(store: Store | null, lease = 1, seat = "A-07"): Queue {
  return new Queue({ seat, lease }, store, { now: () => time, newId: () => `op-${(ids += 1)}` });
}

async function opened(store: Store | null, lease = 1): Promise<Queue> {
  const queue = tab(store, lease);
  await queue.load();
  return queue;
}

const ranking = (...names: string[]): { ranking: string[] } => ({ ranking: names });
const ok = (version: Version): BallotAnswer => ({ op_id: version.op_id, result: "ok", receipt: "ABCD-2345", rev: version.rev });
const closed = (version: Version, at: number | null): BallotAnswer => ({ op_id: version.op_id, result: "closed", at: at === null ? null : new Date(at).toISOString(), counted: false });
const bodies = (queue: Queue): unknown[] => queue.next().map((version) => version.body);

test("every version is kept until it is acknowledged, and only the newest is sent", async () => {
  const store = new MemoryStore();
  const queue = await opened(store);
  await queue.save("ops", ranking("a"));
  const second = await queue.save("ops", ranking("a", "b"));
  assert.equal(store.versions.size, 2);
  assert.deepEqual(bodies(queue), [ranking("a", "b")]);
  assert.deepEqual(queue.counts(), { ops: 1 });
  await queue.take(second, ok(second));
  assert.equal(store.versions.size, 0);
  assert.deepEqual(queue.counts(), {});
  assert.equal(queue.confirmed("ops")?.receipt, "ABCD-2345");
});

test("an acknowledgement of an older version leaves the newer one", async () => {
  const queue = await opened(new MemoryStore());
  const first = await queue.save("ops", ranking("a"));
  await queue.save("ops", ranking("b"));
  await queue.take(first, ok(first));
  assert.deepEqual(bodies(queue), [ranking("b")]);
});

test("two tabs never allot the same rev", async () => {
  const store = new MemoryStore();
  const [one, two] = [await opened(store), await opened(store)];
  const revs = [await one.save("ops", ranking("a")), await two.save("ops", ranking("b")), await one.save("ops", ranking("c"))].map((v) => v.rev);
  assert.deepEqual(revs, [1, 2, 3]);
  await two.load();
  assert.deepEqual(bodies(two), [ranking("c")]);
});

test("the server's rev is the floor of ours", async () => {
  const queue = await opened(new MemoryStore());
  queue.floor("ops", 41);
  assert.equal((await queue.save("ops", ranking("a"))).rev, 42);
});

test("marks have a unit per entry", async () => {
  const queue = await opened(new MemoryStore());
  await queue.save("idea", { grade: "A" }, "I-001");
  await queue.save("idea", { grade: "B" }, "I-002");
  assert.equal(queue.next().length, 2);
  assert.deepEqual(queue.counts(), { idea: 2 });
  assert.deepEqual(queue.newest("idea", "I-002")?.body, { grade: "B" });
});

test("what was saved after the close goes, the newest one saved in time is sent", async () => {
  const queue = await opened(new MemoryStore());
  const close = NOON + 10_000;
  for (const [at, name] of [[1_000, "a"], [10_000, "b"], [10_001, "c"], [20_000, "d"]] as const) {
    time = NOON + at;
    await queue.save("ops", ranking(name));
  }
  const late = queue.next()[0] as Version;
  assert.equal(await queue.take(late, closed(late, close)), true);
  assert.deepEqual(bodies(queue), [ranking("b")]);
  const early = queue.next()[0] as Version;
  assert.equal(await queue.take(early, ok(early)), false);
  assert.equal(queue.versions.length, 0);
  assert.deepEqual(queue.confirmed("ops")?.body, ranking("b"));
  time = NOON;
});

test("after the grace nothing older is tried", async () => {
  const queue = await opened(new MemoryStore());
  await queue.save("ops", ranking("a"));
  const version = await queue.save("ops", ranking("b"));
  assert.equal(await queue.take(version, closed(version, NOON + 60_000)), false);
  assert.equal(queue.versions.length, 0);
});

test("a refused version uncovers the one before it, as it would have been online", async () => {
  const queue = await opened(new MemoryStore());
  await queue.save("ops", ranking("a"));
  const named = await queue.save("ops", ranking("a", "own"));
  assert.equal(await queue.take(named, { op_id: named.op_id, result: "recused", entries: ["own"] }), true);
  assert.deepEqual(bodies(queue), [ranking("a")]);
});

test("a stale version is replaced by what counts", async () => {
  const queue = await opened(new MemoryStore());
  const version = await queue.save("ops", ranking("a"));
  const current: BallotVersion = { contest: "ops", body: ranking("z"), rev: 9, lease: 1, receipt: "ZZZZ-9999", received_at: null, saved_at: null };
  await queue.take(version, { op_id: version.op_id, result: "stale", current });
  assert.equal(queue.versions.length, 0);
  assert.equal(queue.confirmed("ops")?.receipt, "ZZZZ-9999");
});

test("after a take-over the queue is kept as a list, and every unit asks once for an answer that was lost", async () => {
  const store = new MemoryStore();
  const queue = await opened(store);
  const lost = await queue.save("ops", ranking("a"));
  const never = await queue.save("service", ranking("b"));
  await queue.take(never, { op_id: never.op_id, result: "taken_over" });
  assert.equal(queue.takenOver, true);
  assert.deepEqual(queue.next().map((version) => version.op_id), [lost.op_id]);
  await queue.take(lost, ok(lost));
  assert.deepEqual([queue.next(), queue.counts(), [...store.versions.keys()]], [[], { service: 1 }, [never.op_id]]);
});

test("the same device takes its unsent ballots along to a new lease, unless another has voted since", async () => {
  const store = new MemoryStore();
  const before = await opened(store, 1);
  await before.save("ops", ranking("a"));
  await before.save("service", ranking("b"));
  const after = await opened(store, 3);
  await after.adopt((contest) => (contest === "service" ? 2 : 0));
  assert.deepEqual(after.next().map(({ contest, lease, rev }) => [contest, lease, rev]), [["ops", 3, 1]]);
  assert.equal(store.versions.size, 1);
});

test("a restored older server gets again what it had acknowledged", async () => {
  const queue = await opened(new MemoryStore());
  const [kept, lost] = [await queue.save("ops", ranking("a")), await queue.save("service", ranking("b"))];
  const row = (version: Version): BallotVersion => ({ ...version, receipt: "ABCD-2345", received_at: null });
  await queue.meet(100, []);
  await queue.take(kept, ok(kept));
  await queue.take(lost, ok(lost));
  await queue.meet(100, []);
  assert.deepEqual(queue.next(), [], "an older document of the same epoch says nothing");
  await queue.meet(200, [row(kept)]);
  assert.deepEqual(bodies(queue), [ranking("b")]);
  assert.equal(queue.confirmed("service"), null, "what the server has lost is not called confirmed");
  assert.equal(queue.confirmed("ops")?.epoch, 200);
});

test("a restored server that knows an older lease is not taken for a take-over", async () => {
  const queue = await opened(new MemoryStore(), 3);
  await queue.save("ops", ranking("a"));
  const store = new MemoryStore();
  const ahead = await opened(store, 3);
  const version = await ahead.save("ops", ranking("a"));
  const again = await opened(store, 2);
  assert.equal(await again.take(version, { op_id: version.op_id, result: "taken_over" }), true);
  assert.deepEqual([again.takenOver, again.next().map((one) => one.lease)], [false, [2]]);
});

test("a store that fails costs the safety, not the vote", async () => {
  const store = new MemoryStore();
  const queue = await opened(store);
  store.broken = true;
  const first = await queue.save("ops", ranking("a"));
  const second = await queue.save("ops", ranking("b"));
  assert.deepEqual([queue.durable, first.rev, second.rev], [false, 1, 2]);
  await queue.load();
  assert.deepEqual(bodies(queue), [ranking("b")]);
});

test("without a store everything lives in memory", async () => {
  const queue = await opened(null);
  const version = await queue.save("ops", ranking("a"));
  await queue.take(version, ok(version));
  assert.deepEqual([queue.durable, queue.versions.length, queue.confirmed("ops")?.rev], [false, 0, 1]);
});

test("a tap is seen by the next one before it lies in the store", async () => {
  const queue = await opened(new MemoryStore());
  const slow = queue.save("ops", ranking("a"));
  assert.deepEqual(queue.newest("ops")?.body, ranking("a"));
  await slow;
});

test("saved_at never goes back, whatever happens to the device's clock", () => {
  const earlier = { saved_at: new Date(NOON).toISOString() } as Version;
  assert.equal(stamp(NOON - 60_000, [earlier]), earlier.saved_at);
  assert.equal(stamp(NOON + 1, [earlier]), new Date(NOON + 1).toISOString());
});

test("only our own word about this op_id is an answer", () => {
  const answers: unknown[] = [null, "<html>", {}, { ok: false, code: "access.denied" }, { result: "ok" }, { result: "ok", op_id: "other" }, { result: "fine", op_id: "x" }];
  assert.deepEqual(answers.map((answer) => isAnswer(answer, "x")), answers.map(() => false));
  assert.equal(isAnswer({ result: "closed", op_id: "x" }, "x"), true);
});

test("an answer before the opening takes the version off", () => {
  const version = { op_id: "x", lease: 1, rev: 1, saved_at: new Date(NOON).toISOString() } as Version;
  assert.deepEqual(settled(closed(version, null), version, [version]), [version]);
});

// --- found by the model check (tests/faults/model) ---

test("an answer that another tab took already still leaves what was saved in time", async () => {
  const store = new MemoryStore();
  const [one, other] = [await opened(store), await opened(store)];
  time = NOON;
  await one.save("ops", ranking("in time"));
  time = NOON + 60_000;
  const late = await one.save("ops", ranking("late"));
  await other.load();
  await other.take(late, closed(late, NOON + 30_000));
  await one.load();
  await one.take(late, closed(late, NOON + 30_000));
  assert.deepEqual(bodies(one), [ranking("in time")]);
  time = NOON;
});

test("a stale tab of the same browser does not cost the seat: what it saved goes out under the new lease", async () => {
  const store = new MemoryStore();
  const stale = await opened(store, 1);
  const holder = await opened(store, 2);
  const version = await stale.save("ops", ranking("a"));
  await holder.load();
  assert.equal(await holder.take(version, { op_id: version.op_id, result: "taken_over" }), true);
  assert.equal(holder.takenOver, false);
  assert.deepEqual(holder.next().map((one) => [one.lease, one.body]), [[2, ranking("a")]]);
});

test("what a stale tab saved is not sent over another device's newer vote", async () => {
  const store = new MemoryStore();
  const stale = await opened(store, 1);
  const holder = await opened(store, 3);
  const version = await stale.save("ops", ranking("a"));
  await holder.load();
  const counting = { contest: "ops", body: ranking("b"), rev: 1, lease: 2, receipt: "EFGH-6789", received_at: null, saved_at: null };
  await holder.meet(1, [counting]);
  await holder.take(version, { op_id: version.op_id, result: "taken_over" });
  assert.deepEqual(holder.next(), []);
});

test("a new lease carries every version in order: the newest may turn out to be too late", async () => {
  const store = new MemoryStore();
  const before = await opened(store, 1);
  time = NOON;
  await before.save("ops", ranking("in time"));
  time = NOON + 60_000;
  await before.save("ops", ranking("late"));
  time = NOON;
  const again = await opened(store, 3);
  await again.adopt(() => 0);
  const [late] = again.next();
  assert.ok(late);
  assert.deepEqual(late.body, ranking("late"));
  assert.equal(await again.take(late, closed(late, NOON + 30_000)), true);
  assert.deepEqual(again.next().map((one) => [one.lease, one.body]), [[3, ranking("in time")]]);
});

test("after a take-over every version asks for its answer, not only the newest", async () => {
  const queue = await opened(new MemoryStore());
  const first = await queue.save("ops", ranking("a"));
  const second = await queue.save("ops", ranking("b"));
  assert.equal(await queue.take(second, { op_id: second.op_id, result: "taken_over" }), true);
  assert.deepEqual(bodies(queue), [ranking("a")]);
  await queue.take(first, ok(first));
  assert.deepEqual(queue.next(), []);
  assert.deepEqual(queue.versions.map((one) => one.body), [ranking("b")]);
});

test("refused after the grace, a ballot that counts is asked for the answer that was lost", async () => {
  const queue = await opened(new MemoryStore());
  const first = await queue.save("ops", ranking("a"));
  const second = await queue.save("ops", ranking("b"));
  assert.equal(await queue.take(second, { op_id: second.op_id, result: "closed", at: new Date(NOON + 30_000).toISOString(), counted: true }), true);
  assert.deepEqual(bodies(queue), [ranking("a")]);
  await queue.take(first, ok(first));
  assert.equal(queue.confirmed("ops")?.receipt, "ABCD-2345");
});
