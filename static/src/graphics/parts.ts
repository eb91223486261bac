/** Pieces that several graphics share: plates, the map of municipalities, words that cross-fade. */
import { el } from "../lib/dom";
import { OUT_MS, pause, type Tile } from "./graphic";

const SVG = "http://www.w3.org/2000/svg";
const ISLANDS = 7;

/** One square = one municipality; the islands stand a little apart. */
export function locator(map: readonly Tile[], lit: readonly Tile[]): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "locator");
  svg.setAttribute("viewBox", "0 0 166 98");
  svg.setAttribute("aria-hidden", "true");
  for (const [column, row] of map) {
    const square = document.createElementNS(SVG, "rect");
    square.setAttribute("x", String(column * 12));
    square.setAttribute("y", String(row * 12 + (row === ISLANDS ? 4 : 0)));
    square.setAttribute("width", "10");
    square.setAttribute("height", "10");
    if (lit.some(([x, y]) => x === column && y === row)) square.setAttribute("data-on", "");
    svg.append(square);
  }
  return svg;
}

export function text(name: string, words: string, data: Record<string, string> = {}): HTMLElement {
  const attributes = Object.fromEntries(Object.entries(data).map(([key, value]) => [`data-${key}`, value]));
  return el("p", { class: name, ...attributes }, words);
}

/** New words over old ones in a plate that stays; equal words stay untouched. */
export function crossFade(plate: HTMLElement, next: HTMLElement, still: boolean): void {
  next.classList.add("words");
  const old = [...plate.children].filter((child) => !child.hasAttribute("data-leaving"));
  const [current] = old;
  if (current?.isEqualNode(next)) return;
  if (still || !current) {
    plate.replaceChildren(next);
    return;
  }
  for (const child of old) child.setAttribute("data-leaving", "");
  next.setAttribute("data-coming", "");
  plate.append(next);
  void pause(OUT_MS).then(() => {
    for (const child of old) child.remove();
    next.removeAttribute("data-coming");
  });
}
