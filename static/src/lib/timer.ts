/** Draws a described timer from the clock. The server never ticks. */
import { type Clock, formatClock, formatSeconds } from "./clock";
import { all, setData, setText } from "./dom";
import type { DescribedTimer } from "./protocol";

export type TimerState = "idle" | "calm" | "warning" | "danger" | "over";

export interface TimerReading {
  state: TimerState;
  remaining_ms: number;
  elapsed_ms: number;
  total_ms: number;
  paused: boolean;
  text: string;
}

/** Pure: what the timer says at `now` (ms). Counts down on full seconds, then up with a plus sign. */
export function readTimer(timer: DescribedTimer, now: number): TimerReading {
  const total = timer.duration_ms + timer.added_ms;
  const until = timer.paused_at ? Date.parse(timer.paused_at) : now;
  const elapsed = timer.started_at ? Math.max(0, until - Date.parse(timer.started_at) - timer.paused_ms) : 0;
  const remaining = total - elapsed;
  return {
    state: timer.started_at ? stateOf(timer, remaining) : "idle",
    remaining_ms: remaining,
    elapsed_ms: elapsed,
    total_ms: total,
    paused: timer.paused_at !== null,
    text: formatRemaining(remaining),
  };
}

function stateOf(timer: DescribedTimer, remaining: number): TimerState {
  if (remaining <= 0) return "over";
  if (remaining <= timer.danger_s * 1000) return "danger";
  if (remaining <= timer.warn_s * 1000) return "warning";
  return "calm";
}

/** Pure: 2:46 while time is left, +0:23 after it. */
export function formatRemaining(remaining: number): string {
  if (remaining > 0) return formatSeconds(Math.ceil(remaining / 1000));
  const over = Math.floor(-remaining / 1000);
  return over ? `+${formatSeconds(over)}` : "0:00";
}

function parse(text: string | undefined): DescribedTimer | null {
  return text ? (JSON.parse(text) as DescribedTimer) : null;
}

/** Gives every [data-timer] below root a new description; null empties it. */
export function describeTimers(root: ParentNode, timer: DescribedTimer | null): void {
  for (const node of all<HTMLElement>("[data-timer]", root)) node.dataset.timer = timer ? JSON.stringify(timer) : "";
}

function drawTimer(node: HTMLElement, now: number): void {
  const timer = parse(node.dataset.timer);
  const reading = timer && readTimer(timer, now);
  setText(node, reading ? reading.text : "–:––");
  setData(node, "timerState", reading ? reading.state : "none");
}

/** Draws all [data-timer] and [data-clock] of the page five times a second; returns a function that stops it. */
export function runTimers(clock: Clock, each?: (now: number) => void): () => void {
  const draw = (): void => {
    const now = clock.now();
    if (clock.synced) {
      for (const node of all<HTMLElement>("[data-timer]")) drawTimer(node, now);
      for (const node of all<HTMLElement>("[data-clock]")) {
        const text = node.querySelector<HTMLElement>("[data-clock-text]") ?? node;
        setText(text, formatClock(now, node.dataset.clock !== "m"));
      }
    }
    each?.(now);
  };
  draw();
  const timer = setInterval(draw, 200);
  return () => clearInterval(timer);
}

/** Pure: what the closing counter shows. Seconds only in the last ten minutes. */
export function readCounter(closes: number, now: number): { state: "calm" | "closing" | "closed"; text: string } {
  const left = Math.ceil((closes - now) / 1000);
  if (left <= 0) return { state: "closed", text: "0:00" };
  const state = left <= 30 ? "closing" : "calm";
  return { state, text: left <= 600 ? formatSeconds(left) : minutes(left) };
}

function minutes(seconds: number): string {
  const whole = Math.ceil(seconds / 60);
  const english = typeof document !== "undefined" && document.documentElement.lang === "en";
  if (whole < 60) return english ? `${whole} min` : `${whole}分`;
  const hours = Math.floor(whole / 60);
  return english ? `${hours} h ${whole % 60} min` : `${hours}時間${whole % 60}分`;
}
