/** The edition's clock as this device estimates it: five samples, the one with the smallest round trip counts. */

export interface Sample {
  sent: number;
  received: number;
  server: number;
  rate: number;
}

export const SAMPLES = 5;
const DAY_MS = 86_400_000;
const TOKYO_MS = 9 * 3_600_000;

/** Milliseconds of this device that do not jump when somebody sets its clock. */
export function localMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Pure: the edition's time at the local instant `at`, by the best of the samples. Null without samples. */
export function estimate(samples: readonly Sample[], at: number): number | null {
  let best: Sample | undefined;
  for (const sample of samples) {
    if (!best || sample.received - sample.sent < best.received - best.sent) best = sample;
  }
  if (!best) return null;
  return best.server + (at - (best.sent + best.received) / 2) * best.rate;
}

export class Clock {
  private samples: Sample[] = [];

  /** False until the server has answered once: then seconds are hidden. */
  get synced(): boolean {
    return this.samples.length > 0;
  }

  get full(): boolean {
    return this.samples.length >= SAMPLES;
  }

  add(sample: Sample): void {
    const last = this.samples.at(-1);
    if (last && last.rate !== sample.rate) this.samples = [];
    this.samples = [...this.samples, sample].slice(-SAMPLES);
  }

  /** The clock was set (demo, rehearsal) or the device slept: old samples say nothing any more. */
  forget(): void {
    this.samples = [];
  }

  now(): number {
    const at = localMs();
    return estimate(this.samples, at) ?? at;
  }
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Pure: HH:MM or HH:MM:SS in Asia/Tokyo, which has no summer time. */
export function formatClock(ms: number, seconds = true): string {
  const day = Math.floor((((ms + TOKYO_MS) % DAY_MS) + DAY_MS) % DAY_MS / 1000);
  const text = `${two(Math.floor(day / 3600))}:${two(Math.floor(day / 60) % 60)}`;
  return seconds ? `${text}:${two(day % 60)}` : text;
}

/** Pure: m:ss of a whole number of seconds, h:mm:ss from one hour up. */
export function formatSeconds(total: number): string {
  const value = Math.abs(Math.trunc(total));
  const hours = Math.floor(value / 3600);
  const rest = `${two(Math.floor(value / 60) % 60)}:${two(value % 60)}`;
  return hours ? `${hours}:${rest}` : rest.replace(/^0(?=\d:)/, "");
}

/** Pure: how late, as the desk writes it: +2:10, ±0:00, −0:30. */
export function formatDelta(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  const sign = seconds > 0 ? "+" : seconds < 0 ? "−" : "±";
  return sign + formatSeconds(seconds);
}
