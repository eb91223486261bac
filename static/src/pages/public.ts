/** いま・次 for everybody: drawn from the document of the public channel, in the same words as templates/programme/public.html. */
import { formatClock } from "../lib/clock";
import { all, el, one, pick, setAttribute, setData, setText, show } from "../lib/dom";
import { openChannel } from "../lib/live";
import type { BlockFacts, DelayNotice, Instant, LiveDocument, SlotItem } from "../lib/protocol";
import { runTimers } from "../lib/timer";

const SAMPLE = "【サンプル】";
const KINDS: Record<string, [string, string]> = {
  opening: ["開会", "Opening"], session: ["セッション", "Session"], break: ["休憩", "Break"], ceremony: ["式典", "Ceremony"],
};

function minute(at: Instant | null): string {
  return at ? formatClock(Date.parse(at), false) : "";
}

function put(selector: string, ...children: (Node | string)[]): void {
  const node = one(selector);
  const text = children.map((child) => (typeof child === "string" ? child : child.textContent)).join("");
  if (node && node.textContent?.trim() !== text.trim()) node.replaceChildren(...children);
}

/** Planned, and struck with the expected time behind it when it is noticeably late. */
function span(planned: Instant, expected: Instant | null, delta: number | null): HTMLElement {
  const [plan, now] = [minute(planned), minute(expected)];
  if (delta === null || Math.abs(delta) < 60 || !expected || plan === now) return el("span", { class: "times" }, plan);
  const read = pick(`予定${plan}、見込み${now}`, `planned ${plan}, expected ${now}`);
  const seen = el("span", { "aria-hidden": "true" }, el("del", {}, plan), " → ", el("ins", {}, now));
  return el("span", { class: "times" }, el("span", { class: "hidden-text" }, read), seen);
}

function titleOf(item: SlotItem): (Node | string)[] {
  const title = pick(item.title, item.title_en || item.title);
  return title.startsWith(SAMPLE) ? [el("span", { class: "sample" }, SAMPLE), title.slice(SAMPLE.length)] : [title];
}

function labelOf(item: SlotItem): (Node | string)[] {
  if (item.entry) {
    const category = pick(item.entry.category_name, item.entry.category_name_en);
    return [`${category} `, el("span", { class: "nowrap tight" }, item.position_text)];
  }
  const [japanese, english] = KINDS[item.kind] ?? ["お知らせ", "Notice"];
  return [pick(japanese, english)];
}

function drawNow(item: SlotItem | null, on: boolean): void {
  show(one("[data-now]"), item !== null);
  if (!item) return;
  put("[data-now-state]", on ? pick("進行中", "Now on stage") : pick("準備中", "Standing by"));
  put("[data-now-label]", ...labelOf(item));
  put("[data-now-title]", ...titleOf(item));
  put("[data-now-who]", pick(item.who, item.who_en || item.who));
  if (on) put("[data-now-time]", pick("終了見込み ", "Ends about "), el("b", { class: "num" }, minute(item.expected_end)));
  else put("[data-now-time]", span(item.planned_at, item.expected_at, item.delta_s));
}

function drawNext(item: SlotItem | null): void {
  show(one("[data-next]"), item !== null);
  if (!item) return;
  put("[data-next-label]", ...labelOf(item));
  put("[data-next-title]", ...titleOf(item));
  put("[data-next-who]", pick(item.who, item.who_en || item.who));
  put("[data-next-time]", span(item.planned_at, item.expected_at, item.delta_s));
}

function drawDelay(delay: DelayNotice | undefined): void {
  if (!delay) return;
  const minutes = Math.round(Math.abs(delay.delta_s) / 60);
  const { holds, at } = delay;
  if (delay.state === "late") {
    put("[data-stands]", el("span", { class: "late" }, pick(`約${minutes}分遅れ`, `About ${minutes} min late`)), pick("で進行しています。", "."));
  } else {
    const words: Record<Exclude<DelayNotice["state"], "late">, string> = {
      early: pick(`約${minutes}分早く進行しています。`, `About ${minutes} min early.`),
      before: pick(`${minute(at)}に始まります。`, `Starts at ${minute(at)}.`),
      after: pick("本日のプログラムは終了しました。", "The programme of the day is over."),
      on_time: pick("予定どおり進行しています。", "Everything is on time."),
    };
    put("[data-stands]", words[delay.state]);
  }
  const kept = holds ? pick(`${minute(holds.at)}の${holds.short}は予定どおりです。`, `${holds.short_en} at ${minute(holds.at)} is on time.`) : "";
  put("[data-holds]", kept);
}

function wordOf(block: BlockFacts, coming: string | undefined): string {
  const count = block.count ? pick(`${block.count}${block.unit}`, `${block.count} ${block.unit_en}`) : "";
  if (block.state === "done") return `${count ? `${count} ` : ""}${pick("終了", "over")}`;
  if (block.state === "skipped") return pick("中止", "left out");
  if (block.state === "on") return pick("進行中", "Now");
  if (block.code === coming) return pick("次", "Next");
  if (count) return count;
  if (block.kind === "ceremony") return pick(`${minute(block.planned_end)}まで`, `until ${minute(block.planned_end)}`);
  const length = Math.trunc((Date.parse(block.planned_end) - Date.parse(block.planned_at)) / 60_000);
  return pick(`${length}分`, `${length} min`);
}

function drawRow(row: HTMLElement, block: BlockFacts, coming: string | undefined): void {
  const ahead = block.state === "upcoming" || block.state === "standby";
  setAttribute(row, "data-past", block.state === "done" || block.state === "skipped" ? "" : null);
  setAttribute(row, "data-now", block.state === "on" ? "" : null);
  show(row, block.fold !== "rest");
  const time = span(block.planned_at, ahead ? block.expected_at : block.planned_at, ahead ? block.delta_s : 0);
  const place = one("[data-row-time]", row);
  if (place && place.textContent?.trim() !== time.textContent) place.replaceChildren(time);
  const short = block.fold === "first" ? pick("開会・午前のセッション", "Opening and morning sessions") : pick(block.short, block.short_en);
  setText(one("[data-row-title]", row), short);
  setText(one("[data-row-word]", row), wordOf(block, coming));
}

function draw(live: LiveDocument): void {
  const { now_next: three, schedule, notices } = live.sections;
  if (!three) return;
  const next = three.now ? three.standby : three.next;
  drawNow(three.now ?? three.standby, three.now !== null);
  drawNext(next);
  drawDelay(notices?.find((notice): notice is DelayNotice => notice.kind === "delay"));
  for (const block of schedule ?? []) {
    const row = one(`.schedule__row[data-block="${CSS.escape(block.code)}"]`);
    if (row) drawRow(row, block, next?.block);
    for (const part of all<HTMLElement>(`.day-bar rect[data-block="${CSS.escape(block.code)}"]`)) setData(part, "state", block.state);
  }
}

/** Now on the day's bar, and the instant that the page stands for. */
function drawClock(now: number): void {
  if (!channel.clock.synced) return;
  setText(one("[data-at]"), formatClock(now));
  const bar = one(".day-bar");
  const text = one("[data-bar-text]");
  if (!bar || !text) return;
  const [starts, ends] = [Date.parse(bar.dataset.starts ?? ""), Date.parse(bar.dataset.ends ?? "")];
  const share = Math.max(0, Math.min(100, ((now - starts) / (ends - starts)) * 100));
  setText(text, `${pick("いま", "Now")} ${formatClock(now, false)}`);
  setAttribute(text, "x", `${share <= 14 ? 0 : share >= 86 ? 100 : share.toFixed(2)}%`);
  setAttribute(text, "text-anchor", share <= 14 ? "start" : share >= 86 ? "end" : "middle");
  for (const name of ["x1", "x2"]) setAttribute(one("[data-bar-now]"), name, `${share.toFixed(2)}%`);
}

const channel = openChannel({ namespace: "/public", channel: "public", onDocument: draw });
runTimers(channel.clock, drawClock);
