/**
 * The life of a graphic after EBU OGraf v1: load, playAction, updateAction, stopAction, dispose.
 *
 * Actions may come before the former one resolved; they queue and none is ignored. Data that is not complete is
 * answered with 400 and changes nothing: the graphic stays as it was.
 */

export interface LoadParams {
  data: unknown;
  renderType?: string;
  renderCharacteristics?: Record<string, unknown>;
}

export interface PlayParams {
  goto?: number;
  delta?: number;
  skipAnimation?: boolean;
}

export interface UpdateParams {
  data: unknown;
  skipAnimation?: boolean;
}

export interface Answer {
  statusCode: number;
  statusMessage?: string;
  currentStep?: number | undefined;
}

export interface GraphicElement extends HTMLElement {
  /** The edition's time in ms; null while nobody knows it. */
  clock: () => number | null;
  load(params: LoadParams): Promise<Answer>;
  playAction(params?: PlayParams): Promise<Answer>;
  updateAction(params: UpdateParams): Promise<Answer>;
  stopAction(params?: { skipAnimation?: boolean }): Promise<Answer>;
  customAction(params: { id: string; payload?: unknown }): Promise<Answer>;
  dispose(): Promise<Answer>;
}

export const IN_MS = 320;
export const OUT_MS = 160;
const FONT_MS = 3_000;
const FAMILY = "Noto Sans JP Variable";

export function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** The faces that these words need; a slow font holds the graphic back for three seconds at most. */
export async function fontsFor(text: string): Promise<void> {
  const faces = ["700", "400"].map((weight) => document.fonts.load(`${weight} 50px "${FAMILY}"`, text));
  await Promise.race([Promise.allSettled(faces), pause(FONT_MS)]);
}

export abstract class Graphic<D> extends HTMLElement implements GraphicElement {
  static readonly stepCount: number = 1;
  clock: () => number | null = () => Date.now();
  protected data: D | null = null;
  protected step = -1;
  private raw: Record<string, unknown> = {};
  private queue: Promise<unknown> = Promise.resolve();
  private readonly timers = new Set<ReturnType<typeof setInterval>>();

  /** The data as this graphic needs it, or null when something is missing. */
  protected abstract read(raw: Record<string, unknown>): D | null;

  /** Every word that a step paints, for the fonts. */
  protected abstract words(data: D, step: number): string;

  /** Paints a step; `still` forbids every motion. Called again with newer data while on air. */
  protected abstract paint(data: D, step: number, still: boolean): void | Promise<void>;

  /** Whether the data is enough for this step. */
  protected ready(_data: D, _step: number): boolean {
    return true;
  }

  load({ data }: LoadParams): Promise<Answer> {
    return this.inTurn(async () => {
      const read = this.take(data);
      if (!read) return { statusCode: 400, statusMessage: "incomplete data" };
      this.hidden = true;
      await fontsFor(this.words(read, 0));
      return { statusCode: 200 };
    });
  }

  playAction({ goto, delta, skipAnimation }: PlayParams = {}): Promise<Answer> {
    return this.inTurn(async () => {
      const target = goto ?? this.step + (delta ?? 1);
      const { stepCount } = this.constructor as typeof Graphic;
      if (target >= stepCount) {
        await this.leave(Boolean(skipAnimation));
        return { statusCode: 200, currentStep: undefined };
      }
      const { data } = this;
      if (!data || target < 0 || !this.ready(data, target)) return this.refuse();
      await fontsFor(this.words(data, target));
      const entering = this.step < 0;
      this.step = target;
      this.hidden = false;
      if (entering) this.mark(skipAnimation ? null : "in");
      await this.paint(data, target, Boolean(skipAnimation));
      if (!skipAnimation) await pause(IN_MS);
      return { statusCode: 200, currentStep: this.step };
    });
  }

  updateAction({ data, skipAnimation }: UpdateParams): Promise<Answer> {
    return this.inTurn(async () => {
      const before = this.raw;
      const read = this.take({ ...before, ...(isRecord(data) ? data : {}) });
      if (!read) return this.refuse();
      if (this.step >= 0) {
        await fontsFor(this.words(read, this.step));
        this.mark(null);
        if (this.ready(read, this.step)) await this.paint(read, this.step, Boolean(skipAnimation));
      }
      return { statusCode: 200, currentStep: this.step < 0 ? undefined : this.step };
    });
  }

  stopAction({ skipAnimation }: { skipAnimation?: boolean } = {}): Promise<Answer> {
    return this.inTurn(async () => {
      await this.leave(Boolean(skipAnimation));
      return { statusCode: 200, currentStep: undefined };
    });
  }

  async customAction(): Promise<Answer> {
    return { statusCode: 404, statusMessage: "no such action" };
  }

  async dispose(): Promise<Answer> {
    for (const timer of this.timers) clearInterval(timer);
    this.timers.clear();
    this.replaceChildren();
    return { statusCode: 200 };
  }

  /** Calls back five times a second until the graphic is disposed of. */
  protected every(callback: () => void): void {
    this.timers.add(setInterval(callback, 200));
  }

  /** Runs the motion in or out of overlay.css, or none. */
  protected mark(play: "in" | "out" | null): void {
    if (play) this.dataset["play"] = play;
    else delete this.dataset["play"];
  }

  protected async leave(still: boolean): Promise<void> {
    if (this.step >= 0 && !still) {
      this.mark("out");
      await pause(OUT_MS);
    }
    this.step = -1;
    this.hidden = true;
    this.mark(null);
  }

  private take(data: unknown): D | null {
    if (!isRecord(data)) return null;
    const read = this.read(data);
    if (read) [this.raw, this.data] = [data, read];
    return read;
  }

  private refuse(): Answer {
    return { statusCode: 400, statusMessage: "incomplete data", currentStep: this.step < 0 ? undefined : this.step };
  }

  private inTurn(action: () => Promise<Answer>): Promise<Answer> {
    const turn = this.queue.then(action, action);
    this.queue = turn.catch(() => undefined);
    return turn;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** At least one text, all of them filled. */
export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

export type Tile = [column: number, row: number];

export function isTiles(value: unknown): value is Tile[] {
  return Array.isArray(value) && value.every((one) => Array.isArray(one) && one.length === 2 && one.every(isCount));
}
