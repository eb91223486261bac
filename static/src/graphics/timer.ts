/** What is left of a talk. Overtime stays at 0:00 on air: only the speaker sees it counted. Never red. */
import { el, need, setText } from "../lib/dom";
import type { DescribedTimer } from "../lib/protocol";
import { formatRemaining, readTimer } from "../lib/timer";
import { Graphic, isCount, isRecord, isText } from "./graphic";
import { text } from "./parts";

interface Data {
  number: number;
  of: number;
  word: string;
  timer: DescribedTimer;
}

export default class Timer extends Graphic<Data> {
  protected read(raw: Record<string, unknown>): Data | null {
    const { number, of, word, timer } = raw;
    if (!isCount(number) || !isCount(of) || !isText(word) || !isTimer(timer)) return null;
    return { number, of, word, timer };
  }

  protected words(data: Data): string {
    return `0123456789: /${data.word}`;
  }

  protected paint(data: Data): void {
    if (!this.firstElementChild) this.build();
    setText(need(".timer__number", this), `${data.number} / ${data.of}`);
    setText(need(".timer__word", this), data.word);
    this.draw();
  }

  private build(): void {
    this.className = "graphic zone zone-b pair timer";
    const bar = el("div", { class: "timer__bar" }, el("i"));
    this.append(
      el("div", { class: "plate-white" }, text("label tabular timer__number", ""), text("label timer__word", "")),
      el("div", { class: "plate-navy" }, text("timer__digits tabular", ""), bar),
    );
    this.every(() => this.draw());
  }

  private draw(): void {
    const now = this.clock();
    if (!this.data || now === null || this.hidden) return;
    const { remaining_ms, total_ms } = readTimer(this.data.timer, now);
    const left = Math.min(Math.max(remaining_ms, 0), total_ms);
    setText(need(".timer__digits", this), formatRemaining(left));
    need<HTMLElement>(".timer__bar > i", this).style.transform = `scaleX(${total_ms > 0 ? (left / total_ms).toFixed(4) : 0})`;
  }
}

function isTimer(value: unknown): value is DescribedTimer {
  if (!isRecord(value)) return false;
  const numbers = ["duration_ms", "added_ms", "paused_ms"].every((name) => Number.isFinite(value[name]));
  return numbers && (value["started_at"] === null || isText(value["started_at"]));
}
