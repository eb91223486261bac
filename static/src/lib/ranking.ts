/** What one tap does to a ballot: the same as eventapp/rules/ranking.py, so that a tablet and a plain form agree. */

export interface Tapped {
  ranking: string[];
  out?: string;
  swapped?: string;
  closedUp: boolean;
}

/** Gives `entry` the `place` (from 1). Its own place again takes it off; a ranked entry swaps, an unranked one moves the holder out. */
export function tap(ranking: readonly string[], entry: string, place: number): Tapped {
  if (ranking[place - 1] === entry) {
    return { ranking: ranking.filter((name) => name !== entry), closedUp: place < ranking.length };
  }
  if (place > ranking.length) {
    const rest = ranking.filter((name) => name !== entry);
    return { ranking: [...rest, entry], closedUp: rest.length !== place - 1 || rest.length !== ranking.length };
  }
  const holder = ranking[place - 1] as string;
  const after = [...ranking];
  const before = ranking.indexOf(entry);
  after[place - 1] = entry;
  if (before < 0) return { ranking: after, out: holder, closedUp: false };
  after[before] = holder;
  return { ranking: after, swapped: holder, closedUp: false };
}

/** Moves a ranked entry up (−1) or down (1) by one place; at the end of the list, or unranked, nothing happens. */
export function shift(ranking: readonly string[], entry: string, step: number): Tapped {
  const from = ranking.indexOf(entry);
  const to = from + step;
  if (from < 0 || to < 0 || to >= ranking.length) return { ranking: [...ranking], closedUp: false };
  const after = ranking.filter((name) => name !== entry);
  after.splice(to, 0, entry);
  return { ranking: after, swapped: ranking[to] as string, closedUp: false };
}

/** Chooses an entry or takes it back; with no choice left the oldest one moves out. */
export function choose(chosen: readonly string[], entry: string, most: number): Tapped {
  if (chosen.includes(entry)) return { ranking: chosen.filter((name) => name !== entry), closedUp: false };
  const after = [...chosen, entry];
  const out = after.length > most ? after[0] : undefined;
  return { ranking: after.slice(-most), ...(out === undefined ? {} : { out }), closedUp: false };
}
