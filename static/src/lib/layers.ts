/** Which layers of a document a scene paints at an instant. Pure. */
import type { Layer } from "./protocol";

/** A wrong number on air is worse than none: these leave when the link has been down for so long. */
export const STALE_MS = 15_000;
const NUMBERS = ["timer", "vote-progress"];

export interface Moment {
  /** The edition's time, null while unknown. */
  now: number | null;
  /** How long the link has been down. */
  downMs: number;
}

export function layersFor(scene: string, layers: readonly Layer[], byHand: boolean, moment: Moment): Layer[] {
  const fresh = layers.filter(({ graphic }) => moment.downMs < STALE_MS || !NUMBERS.includes(graphic));
  if (scene !== "auto") return fresh.filter(({ graphic }) => graphic === scene);
  return byHand ? fresh : followed(fresh, moment);
}

/** One zone, one graphic: a prize stands alone; a name gives way after seconds; progress waits until nobody speaks. */
function followed(layers: Layer[], { now }: Moment): Layer[] {
  const reveal = layers.filter(({ graphic }) => graphic === "award-reveal");
  if (reveal.length) return reveal;
  const speaking = layers.some(({ graphic }) => graphic === "lower-third");
  return layers.filter((layer) => {
    if (layer.graphic === "lower-third") return !hasLeft(layer, now);
    return layer.graphic !== "vote-progress" || !speaking;
  });
}

function hasLeft({ data }: Layer, now: number | null): boolean {
  const leaves = typeof data["leaves_at"] === "string" ? Date.parse(data["leaves_at"]) : NaN;
  return now !== null && now >= leaves;
}
