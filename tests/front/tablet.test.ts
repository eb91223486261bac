/** The pure parts of the judge's tablet: marks, grades, what a button means, one step up or down. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { shift } from "../../static/src/lib/ranking";
import { gradeOf, isBlank, marksOf, missing, namesOf, press, readPress, total } from "../../static/src/tablet/marks";

const CRITERIA = [
  { code: "kindness", name: "やさしさ", name_en: "Kindness", weight: 2, levels: [] },
  { code: "courage", name: "思い切り", name_en: "Courage", weight: 1, levels: [] },
];

test("a press gives a level, another one changes it, the same takes it off", () => {
  assert.deepEqual(press({}, "kindness", 5), { kindness: 5 });
  assert.deepEqual(press({ kindness: 5, courage: 0 }, "kindness", 7.5), { kindness: 7.5, courage: 0 });
  assert.deepEqual(press({ kindness: 5, courage: 0 }, "courage", 0), { kindness: 5 });
});

test("a mark lacks what it does not say, and nought is said", () => {
  assert.deepEqual(missing({ kindness: 0 }, CRITERIA).map((one) => one.code), ["courage"]);
  assert.deepEqual(missing({ kindness: 0, courage: 0 }, CRITERIA), []);
});

test("the own total is weighted and short", () => {
  assert.equal(total({ kindness: 7.5, courage: 10 }, CRITERIA), "25");
  assert.equal(total({ kindness: 0.1, courage: 0.2 }, CRITERIA), "0.4");
});

test("bodies of every method are read, and nothing said is blank", () => {
  assert.deepEqual(namesOf({ ranking: ["a"] }), ["a"]);
  assert.deepEqual(namesOf({ marks: {} }), []);
  assert.deepEqual(marksOf({ grade: "A" }), {});
  assert.equal(gradeOf({ grade: "A" }), "A");
  assert.deepEqual([{ ranking: [] }, { entries: [] }, { marks: {} }, { grade: null }, null].map(isBlank), [true, true, true, true, true]);
  assert.deepEqual([{ ranking: ["a"] }, { marks: { courage: 0 } }, { grade: "A" }].map(isBlank), [false, false, false]);
});

test("a button says what it means", () => {
  assert.deepEqual(readPress("tap", "2 C-001"), { kind: "place", place: 2, entry: "C-001" });
  assert.deepEqual(readPress("tap", "abstain"), { kind: "abstain" });
  assert.deepEqual(readPress("move", "up C-001"), { kind: "move", step: -1, entry: "C-001" });
  assert.deepEqual(readPress("mark", "kindness 7.5 C-001"), { kind: "level", criterion: "kindness", value: 7.5, entry: "C-001" });
  assert.deepEqual(readPress("mark", "2 C-001"), { kind: "grade", index: 2, entry: "C-001" });
  assert.deepEqual(readPress("mark", "none C-001"), { kind: "none", entry: "C-001" });
  assert.equal(readPress("", ""), null);
});

test("a rank moves by one place and never beyond the list", () => {
  assert.deepEqual(shift(["a", "b", "c"], "c", -1), { ranking: ["a", "c", "b"], swapped: "b", closedUp: false });
  assert.deepEqual(shift(["a", "b", "c"], "a", 1).ranking, ["b", "a", "c"]);
  assert.deepEqual(shift(["a", "b"], "a", -1), { ranking: ["a", "b"], closedUp: false });
  assert.deepEqual(shift(["a", "b"], "z", 1).ranking, ["a", "b"]);
});
