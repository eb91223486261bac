/** Who speaks and what about: white = who with the map of where that is, navy = number, category, title. */
import { el } from "../lib/dom";
import { fitNames, fitTitle } from "../lib/fit";
import { Graphic, isCount, isText, isTexts, isTiles, type Tile } from "./graphic";
import { crossFade, locator, text } from "./parts";

const TITLE_PX = 50;
const TITLE_WIDTH = 1124;

interface Data {
  number: number;
  of: number;
  category: string;
  title: string[];
  names: string[];
  note: string;
  kana: string;
  tiles: Tile[];
  map: Tile[];
}

export default class LowerThird extends Graphic<Data> {
  protected read(raw: Record<string, unknown>): Data | null {
    const { number, of, category, title, names, note = "", kana = "", tiles = [], map = [] } = raw;
    if (!isCount(number) || !isCount(of) || !isText(category) || !isTexts(title) || !isTexts(names)) return null;
    if (typeof note !== "string" || typeof kana !== "string" || !isTiles(tiles) || !isTiles(map)) return null;
    return { number, of, category, title, names, note, kana, tiles, map };
  }

  protected words(data: Data): string {
    return [...data.names, ...data.title, data.category, data.note, data.kana, "0123456789 / ・ほか区市町村団体共同"].join("");
  }

  protected paint(data: Data, _step: number, still: boolean): void {
    if (!this.firstElementChild) {
      this.className = "graphic zone zone-a pair lower-third";
      this.append(el("div", { class: "plate-white" }), el("div", { class: "plate-navy" }));
    }
    const [white, navy] = this.children as unknown as [HTMLElement, HTMLElement];
    const fresh = still || !white.firstElementChild;
    crossFade(white, this.who(data), fresh);
    crossFade(navy, this.what(data), fresh);
  }

  private who(data: Data): HTMLElement {
    const { lines, joint } = fitNames(data.names);
    const small: Record<string, string> = lines.length > 1 ? { lines: "2" } : {};
    return el("div", {}, text("who", lines.join("\n"), small), text("label", joint || data.note || data.kana), locator(data.map, data.tiles));
  }

  private what(data: Data): HTMLElement {
    const { lines, size } = fitTitle(data.title, TITLE_PX, TITLE_WIDTH);
    const head = el("p", { class: "label" }, el("span", { class: "tabular" }, `${data.number} / ${data.of}`), el("span", { class: "label--pale" }, data.category));
    return el("div", {}, head, text("title", lines.join("\n"), { fit: String(size) }));
  }
}
