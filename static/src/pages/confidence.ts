/** The speaker's screen: digits, one word, a bar. Three states differ in shape as well as colour; nothing flashes. */
import { need, one, pick, setData, setText, show } from "../lib/dom";
import { openChannel } from "../lib/live";
import { keepParts } from "../lib/parts";
import type { MessageNotice } from "../lib/protocol";
import { screenToken } from "../lib/screen";
import { readTimer, runTimers, type TimerReading } from "../lib/timer";

const main = need(".confidence");
const parts = keepParts();
const channel = openChannel({
  namespace: "/screen",
  channel: "stage",
  screen: { id: "confidence", scene: "confidence" },
  auth: { token: screenToken() },
  onDocument: (document) => parts.meet(document),
});

function message(): string {
  const notices = channel.document?.sections.notices ?? [];
  return notices.find((notice): notice is MessageNotice => notice.kind === "message")?.text ?? "";
}

function word(reading: TimerReading | null): string {
  if (reading?.paused) return pick("一時停止中", "Paused");
  if (reading?.state === "over") return pick("おまとめください", "Please conclude");
  return reading?.state === "warning" || reading?.state === "danger" ? pick("まもなく終了", "Almost over") : "";
}

function draw(now: number): void {
  const document = channel.document;
  if (!document) return;
  const timer = document.sections.timer;
  const reading = timer ? readTimer(timer, now) : null;
  const over = reading?.state === "over";
  setData(main, "state", !reading ? "idle" : over ? "over" : reading.state === "calm" ? "calm" : "warning");
  setText(one("[data-left]"), !reading ? "" : over ? pick("超過", "over") : pick("残り", "left"));
  setText(one("[data-word]"), message() || word(reading));
  setData(need("[data-word]"), "message", message() ? "" : null);
  drawDigits(reading);
  if (timer && reading) drawBar(timer.warn_s, reading);
  show(one(".confidence__bar"), reading !== null);
}

/** The plus sign hangs outside, so that the digits stay where they are. */
function drawDigits(reading: TimerReading | null): void {
  const digits = need(".confidence__digits");
  setData(digits, "over", reading?.text.startsWith("+") ? "" : null);
  const text = reading ? reading.text.replace("+", "") : "–:––";
  setData(digits, "length", String(text.length));
  setText(one("[data-timer]", digits), text);
}

function drawBar(warn: number, reading: TimerReading): void {
  const left = reading.total_ms > 0 ? Math.max(0, Math.min(1, reading.remaining_ms / reading.total_ms)) : 0;
  one(".confidence__bar > i")?.style.setProperty("transform", `scaleX(${left})`);
  one(".confidence__bar > b")?.style.setProperty("inset-inline-start", `${reading.total_ms > 0 ? (warn * 100_000) / reading.total_ms : 0}%`);
}

runTimers(channel.clock, draw);
