/** The pure parts of the front end: versions, clock, timers, counts. Run by tests/front/test_library.py. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, estimate, formatClock, formatDelta, formatSeconds } from "../../static/src/lib/clock";
import { countCharacters } from "../../static/src/lib/text";
import { formatRemaining, readCounter, readTimer } from "../../static/src/lib/timer";
import { compareVersions, etagOf, isNewer, NOTHING } from "../../static/src/lib/version";

const START = Date.parse("2025-12-24T06:35:00.000Z");
const TALK = { slot: 6, started_at: "2025-12-24T06:35:00.000Z", duration_ms: 300_000, added_ms: 0, paused_at: null, paused_ms: 0, warn_s: 60, danger_s: 30 };

test("a higher epoch wins over any revision", () => {
  assert.equal(isNewer([2, 0], [1, 999]), true);
  assert.equal(isNewer([1, 999], [2, 0]), false);
});

test("the same version is not newer, and everything is newer than nothing", () => {
  assert.equal(isNewer([5, 7], [5, 7]), false);
  assert.equal(isNewer([0, 0], NOTHING), true);
  assert.equal(compareVersions([5, 7], [5, 8]) < 0, true);
  assert.equal(etagOf([5, 7]), '"5.7"');
});

test("the sample with the smallest round trip counts", () => {
  const slow = { sent: 0, received: 1_000, server: 90_000, rate: 1 };
  const quick = { sent: 2_000, received: 2_010, server: 50_000, rate: 1 };
  assert.equal(estimate([slow, quick], 3_005), 51_000);
});

test("an edition clock runs at its rate, and without samples there is no estimate", () => {
  assert.equal(estimate([{ sent: 0, received: 0, server: 1_000, rate: 10 }], 100), 2_000);
  assert.equal(estimate([], 100), null);
});

test("a clock keeps five samples and forgets them when the rate changes", () => {
  const clock = new Clock();
  assert.equal(clock.synced, false);
  for (let n = 0; n < 7; n += 1) clock.add({ sent: n, received: n, server: n, rate: 1 });
  assert.equal(clock.full, true);
  clock.add({ sent: 9, received: 9, server: 9, rate: 60 });
  assert.equal(clock.full, false);
  assert.equal(clock.synced, true);
});

test("times are shown in Tokyo", () => {
  assert.equal(formatClock(Date.parse("2025-12-24T06:39:24.900Z")), "15:39:24");
  assert.equal(formatClock(Date.parse("2025-12-24T15:00:00Z"), false), "00:00");
});

test("seconds and deltas are written as the desk writes them", () => {
  assert.deepEqual([0, 5, 65, 600, 3_725].map(formatSeconds), ["0:00", "0:05", "1:05", "10:00", "1:02:05"]);
  assert.deepEqual([130_000, 0, -30_000, 400].map(formatDelta), ["+2:10", "±0:00", "−0:30", "±0:00"]);
});

test("a talk counts down on full seconds and up afterwards", () => {
  assert.equal(readTimer(TALK, START + 134_100).text, "2:46");
  assert.equal(formatRemaining(0), "0:00");
  assert.equal(readTimer(TALK, START + 323_400).text, "+0:23");
});

test("a talk's state follows its warnings", () => {
  const states = [0, 240_000, 270_000, 300_000].map((after) => readTimer(TALK, START + after).state);
  assert.deepEqual(states, ["calm", "warning", "danger", "over"]);
  assert.equal(readTimer({ ...TALK, started_at: null }, START).state, "idle");
});

test("splitting a pause in two equals one pause", () => {
  const paused = { ...TALK, paused_at: "2025-12-24T06:36:00.000Z", paused_ms: 10_000 };
  assert.equal(readTimer(paused, START + 200_000).elapsed_ms, 50_000);
  assert.equal(readTimer({ ...TALK, paused_ms: 10_000 }, START + 60_000).elapsed_ms, 50_000);
  assert.equal(readTimer({ ...TALK, added_ms: 30_000 }, START).remaining_ms, 330_000);
});

test("the closing counter shows seconds only in the last ten minutes", () => {
  const closes = 10_000_000;
  assert.deepEqual(readCounter(closes, closes - 3_378_000), { state: "calm", text: "57分" });
  assert.deepEqual(readCounter(closes, closes - 600_000), { state: "calm", text: "10:00" });
  assert.deepEqual(readCounter(closes, closes - 21_000), { state: "closing", text: "0:21" });
  assert.deepEqual(readCounter(closes, closes), { state: "closed", text: "0:00" });
});

test("characters are counted as the server counts them", () => {
  assert.equal(countCharacters("か\u3099𠮷\r\nあ"), 4);
});
