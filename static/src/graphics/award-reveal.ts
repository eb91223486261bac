/**
 * A prize, told in steps: category, nominees, hold (no motion at all), winner. Plates and sizes of the winner are
 * chosen when its data is there and not before; nothing of it is built, measured or fetched in advance.
 */
import { el } from "../lib/dom";
import { ems, fitCategory, fitNames, fitPrize, fitTitle } from "../lib/fit";
import { Graphic, isRecord, isText, isTexts, isTiles, OUT_MS, pause, type Tile } from "./graphic";
import { locator, text } from "./parts";

interface Nominee {
  names: string[];
  title: string;
}

interface Winner {
  names: string[];
  note: string;
  kana: string;
  title: string[];
  short: string;
  tiles: Tile[];
}

interface Data {
  prize: string[];
  category: string;
  level: string;
  unit: string;
  sample: boolean;
  nominees: Nominee[];
  /** Null before their own step; none at all is 該当なし. */
  winners: Winner[] | null;
  map: Tile[];
}

const WINNER = 3;
const PANELS = ["category", "nominees", "nominees", "winner"] as const;
const TITLE_PX = 52;
const ZONE = 1728;
const PLATE = 392;
const PRIZE_PX = 61.2;
const READING_WIDTH = 860;
const NAME_EM = 8.6;
const NOBODY = "該当なし";
const NOMINEE_TITLE_PX = 614;

export default class AwardReveal extends Graphic<Data> {
  static override readonly stepCount = 4;
  private panel: HTMLElement | null = null;

  protected read(raw: Record<string, unknown>): Data | null {
    const { prize, category = "", level = "special", unit = "件", sample = false, nominees = [], winners = null, map = [] } = raw;
    if (!isTexts(prize) || typeof category !== "string" || !isText(level) || !isText(unit) || !isTiles(map)) return null;
    if (!Array.isArray(nominees) || !nominees.every(isNominee)) return null;
    if (winners !== null && !(Array.isArray(winners) && winners.every(isWinner))) return null;
    return { prize, category, level, unit, sample: sample === true, nominees, winners, map };
  }

  protected override ready(data: Data, step: number): boolean {
    return step < 1 || (step < WINNER ? data.nominees.length > 0 : data.winners !== null);
  }

  protected words(data: Data, step: number): string {
    const prize = [...data.prize, data.category, data.unit, "0123456789件発表【サンプル】・ほか区市町村団体共同"];
    const rows = step === 1 || step === 2 ? data.nominees.flatMap((row) => [...row.names, row.title]) : [];
    const winners = step === WINNER ? (data.winners ?? []).flatMap((one) => [...one.names, one.note, one.kana, ...one.title, one.short]) : [];
    return [...prize, ...rows, ...winners, NOBODY].join("");
  }

  protected async paint(data: Data, step: number, still: boolean): Promise<void> {
    const kind = PANELS[step] ?? "category";
    const next = this.build(kind, data);
    const old = this.panel;
    if (old && old.dataset["panel"] === kind) {
      delete old.dataset["play"];
      if (!old.isEqualNode(next)) this.swap(next);
      return;
    }
    if (old && !still) {
      old.dataset["play"] = "out";
      await pause(OUT_MS);
    }
    if (!still) next.dataset["play"] = "in";
    this.swap(next);
  }

  protected override async leave(still: boolean): Promise<void> {
    if (this.panel && !still) {
      this.panel.dataset["play"] = "out";
      await pause(OUT_MS);
    }
    this.panel = null;
    this.replaceChildren();
    await super.leave(true);
  }

  private swap(panel: HTMLElement): void {
    this.panel = panel;
    this.replaceChildren(panel);
  }

  private build(kind: (typeof PANELS)[number], data: Data): HTMLElement {
    const panel = kind === "category" ? category(data) : kind === "nominees" ? nominees(data) : winner(data);
    panel.dataset["panel"] = kind;
    panel.dataset["level"] = data.level;
    return panel;
  }
}

function prizePlate(data: Data): HTMLElement {
  const { lines, em } = fitPrize(data.prize);
  return el("div", { class: "plate-white" }, text("winner__prize", lines.join("\n"), { em }), text("winner__category", fitCategory(data.category)));
}

/** A plate's width may follow the prize, never the winner. */
function titleWidth(data: Data): number {
  const { lines, em } = fitPrize(data.prize);
  const plate = em === "long" ? Math.max(PLATE, Math.ceil(Math.max(...lines.map(ems)) * PRIZE_PX) + 72) : PLATE;
  return ZONE - plate - 92;
}

/** Which prize is told now; a pair of its own with no room for a winner. */
function category(data: Data): HTMLElement {
  const { lines, em } = fitPrize(data.prize);
  const words = data.category ? [text("label label--pale", "受賞の発表"), text("title", data.category)] : [text("title", "受賞の発表")];
  const white = el("div", { class: "plate-white" }, text("winner__prize", lines.join("\n"), { em }));
  return el("section", { class: "graphic zone zone-a pair award-category" }, white, el("div", { class: "plate-navy" }, ...words));
}

function nominees(data: Data): HTMLElement {
  const count = `${data.nominees.length}${data.unit}${data.sample ? "【サンプル】" : ""}`;
  const head = el("div", { class: "plate-white" }, el("b", { "data-em": fitPrize(data.prize).em }, data.prize.join("")), el("span", {}, [data.category, count].filter(Boolean).join(data.category.includes("・") ? "\n" : "　")));
  const rows = el("ol", { class: "plate-navy", "data-large": true }, ...data.nominees.map(row));
  return el("section", { class: "graphic zone zone-d nominees" }, head, rows);
}

function row(nominee: Nominee, index: number): HTMLElement {
  const { lines } = fitNames(nominee.names);
  const oneLine = ems(lines.join("")) <= NAME_EM;
  const names = el("b", oneLine ? {} : { "data-lines": "2" }, lines.join(oneLine ? "" : "\n"));
  const long = ems(nominee.title) * 32 > NOMINEE_TITLE_PX;
  return el("li", { class: "nominee" }, el("span", { class: "tabular" }, String(index + 1)), names, el("span", long ? { "data-long": true } : {}, nominee.title));
}

function winner(data: Data): HTMLElement {
  const winners = data.winners ?? [];
  const [sealed] = winners;
  const words = !sealed ? [text("winner__body", NOBODY, { names: "1" })] : winners.length > 1 ? winners.flatMap(shared) : alone(sealed, titleWidth(data));
  const map = locator(data.map, winners.flatMap(({ tiles }) => tiles));
  return el("section", { class: "graphic zone zone-a pair winner" }, prizePlate(data), el("div", { class: "plate-navy" }, ...words, map));
}

function alone(sealed: Winner, width: number): HTMLElement[] {
  const { lines, count, joint } = fitNames(sealed.names);
  const reading = sealed.kana || sealed.note || joint;
  const wide = ems(reading) * 30 + [...reading].length * 12 <= READING_WIDTH;
  const title = fitTitle(sealed.title, TITLE_PX, width);
  return [
    text("winner__reading", reading, wide ? {} : { narrow: "" }),
    text("winner__body", lines.join("\n"), { names: String(count) }),
    text("winner__title", title.lines.join("\n"), { fit: String(title.size) }),
  ];
}

/** Several winners of one prize: a name and a short title each. */
function shared(sealed: Winner): HTMLElement[] {
  return [text("winner__body", fitNames(sealed.names).lines.join(""), { names: "many" }), text("winner__short", sealed.short)];
}

function isNominee(value: unknown): value is Nominee {
  return isRecord(value) && isTexts(value["names"]) && isText(value["title"]);
}

function isWinner(value: unknown): value is Winner {
  if (!isRecord(value)) return false;
  const { names, note, kana, title, short, tiles } = value;
  return isTexts(names) && isText(short) && typeof note === "string" && typeof kana === "string" && isTexts(title) && isTiles(tiles);
}
