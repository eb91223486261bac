/** The edition's clock as this device estimates it: five samples, the one with the smallest round trip counts. */

export interface Sample {
  sent: number;
  received: number;
  server: number;
  rate: number;
}

export const SAMPLES = 5;
const SLEPT_MS = 2_000;
const DAY_MS = 86_400_000;
const TOKYO_MS = 9 * 3_600_000;

let slept = 0;

/** Milliseconds of this device that never go back when somebody sets its clock, and go on while it sleeps (some browsers' do not). */
export function localMs(): number {
  const ticked = performance.timeOrigin + performance.now();
  const ahead = Date.now() - ticked;
  if (ahead > slept + SLEPT_MS) slept = ahead;
  return ticked + slept;
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
  private kept: Sample | null = null;

  /** False until the server has answered this page once: then seconds are hidden. */
  get synced(): boolean {
    return this.samples.length > 0;
  }

  /** True when there is an estimate at all: of this page, or one that an earlier page of this device has left. */
  get known(): boolean {
    return this.synced || this.kept !== null;
  }

  /** The estimate in one sample, to be kept for a reload without network. */
  get memory(): Sample | null {
    const at = localMs();
    const server = estimate(this.samples, at);
    return server === null ? this.kept : { sent: at, received: at, server, rate: this.samples.at(-1)?.rate ?? 1 };
  }

  /** What an earlier page knew; counts until the server answers. */
  recall(sample: Sample): void {
    if ([sample.sent, sample.received, sample.server, sample.rate].every(Number.isFinite)) this.kept = sample;
  }

  get full(): boolean {
    return this.samples.length >= SAMPLES;
  }

  add(sample: Sample): void {
    const last = this.samples.at(-1);
    if (last && last.rate !== sample.rate) this.samples = [];
    this.samples = [...this.samples, sample].slice(-SAMPLES);
  }

  /** The clock was set (demo, rehearsal) or the device slept: old samples count only until there is a new one. */
  forget(): void {
    this.kept = this.memory;
    this.samples = [];
  }

  now(): number {
    const at = localMs();
    return estimate(this.samples, at) ?? estimate(this.kept ? [this.kept] : [], at) ?? at;
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
