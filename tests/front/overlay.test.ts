/** The pure parts of the overlay: how words fit, and which layers a scene paints when. Run by tests/front/test_library.py. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fitCategory, fitNames, fitPrize, fitTitle, halve } from "../../static/src/lib/fit";
import { layersFor, STALE_MS } from "../../static/src/lib/layers";

const ems = (text: string): number => [...text].reduce((sum, letter) => sum + (letter < "\u0100" ? 0.55 : 1), 0);
const WIDTH = 1124;

test("a title keeps its stored breaks at 50 px while its lines fit", () => {
  const lines = ["あ".repeat(22), "い".repeat(22)];
  assert.deepEqual(fitTitle(lines, 50, WIDTH, ems), { lines, size: 50 });
});

test("lines of 25 em go to 44 px, longer ones smaller but never below 28", () => {
  assert.equal(fitTitle(["あ".repeat(25)], 50, 1112, ems).lines.length, 2);
  assert.equal(fitTitle(["あ".repeat(25), "い"], 50, WIDTH, ems).size, 44);
  assert.equal(fitTitle(["あ".repeat(60), "い"], 50, WIDTH, ems).size, 28);
});

test("a title of one long line is broken once, evenly, never before a small letter nor after a bracket", () => {
  assert.deepEqual(halve("窓口案内の多言語AIチャット", ems), ["窓口案内の多言", "語AIチャット"]);
  assert.deepEqual(halve("ああっっいい", ems)[1]?.startsWith("っ"), false);
  assert.equal(fitTitle(["ー々".repeat(22)], 50, WIDTH, ems).size, 50);
});

test("bodies follow the rules of one, two or three, and more", () => {
  assert.deepEqual(fitNames(["福生市"]), { lines: ["福生市"], count: 1, joint: "" });
  assert.deepEqual(fitNames(["世田谷区", "三鷹市"]), { lines: ["世田谷区・", "三鷹市"], count: 2, joint: "2区市共同" });
  assert.deepEqual(fitNames(["武蔵村山市", "東大和市", "東村山市"]), { lines: ["武蔵村山市・東大和市・", "東村山市"], count: 3, joint: "3市共同" });
  assert.deepEqual(fitNames(["あ市", "い市", "う市", "え市"]), { lines: ["あ市", "ほか3市"], count: 2, joint: "4市共同" });
  assert.equal(fitNames(["あ市", "い組合"]).joint, "2団体共同");
});

test("prizes and categories have their sizes and breaks", () => {
  assert.equal(fitPrize(["大賞"]).em, "2");
  assert.equal(fitPrize(["優秀賞"]).em, "3");
  assert.equal(fitPrize(["DX", "スプリント賞"]).em, "long");
  assert.equal(fitCategory("行政サービス部門"), "行政サービス\n部門");
  assert.equal(fitCategory("業務改善部門"), "業務改善部門");
  assert.equal(fitCategory("行政サービス部門・業務改善部門"), "行政サービス部門・\n業務改善部門");
});

const leaves_at = "2025-12-24T06:30:08.000Z";
const early = { now: Date.parse(leaves_at) - 1, downMs: 0 };
const late = { now: Date.parse(leaves_at), downMs: 0 };
const layer = (graphic: string, data: Record<string, unknown> = {}) => ({ graphic, instance: graphic, step: 0, data });
const talk = [layer("lower-third", { leaves_at }), layer("timer"), layer("vote-progress")];
const names = (layers: { graphic: string }[]): string[] => layers.map(({ graphic }) => graphic);

test("a scene paints its own graphic as long as it is there", () => {
  assert.deepEqual(names(layersFor("lower-third", talk, false, late)), ["lower-third"]);
  assert.deepEqual(layersFor("award-reveal", talk, false, late), []);
});

test("the scene that follows the stage: the name for seconds, then the timer alone; progress when nobody speaks", () => {
  assert.deepEqual(names(layersFor("auto", talk, false, early)), ["lower-third", "timer"]);
  assert.deepEqual(names(layersFor("auto", talk, false, late)), ["timer"]);
  assert.deepEqual(names(layersFor("auto", [layer("vote-progress")], false, late)), ["vote-progress"]);
  assert.deepEqual(names(layersFor("auto", [...talk, layer("award-reveal")], false, late)), ["award-reveal"]);
});

test("what the stream desk chose is painted as it is", () => {
  assert.deepEqual(names(layersFor("auto", [layer("timer"), layer("vote-progress")], true, late)), ["timer", "vote-progress"]);
});

test("without a link numbers leave after 15 seconds, names and prizes stay", () => {
  const all = [...talk, layer("award-reveal")];
  assert.deepEqual(names(layersFor("timer", all, false, { ...late, downMs: STALE_MS - 1 })), ["timer"]);
  assert.deepEqual(layersFor("timer", all, false, { ...late, downMs: STALE_MS }), []);
  assert.deepEqual(layersFor("vote-progress", all, false, { ...late, downMs: STALE_MS }), []);
  assert.deepEqual(names(layersFor("lower-third", all, false, { ...late, downMs: 10 * STALE_MS })), ["lower-third"]);
  assert.deepEqual(names(layersFor("award-reveal", all, false, { ...late, downMs: 10 * STALE_MS })), ["award-reveal"]);
});
