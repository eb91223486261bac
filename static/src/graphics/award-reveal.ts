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
  tiles: Tile[];
}

interface Data {
  prize: string[];
  category: string;
  level: string;
  unit: string;
  sample: boolean;
  nominees: Nominee[];
  winner: Winner | null;
  map: Tile[];
}

const WINNER = 3;
const PANELS = ["category", "nominees", "nominees", "winner"] as const;
const TITLE_PX = 52;
const TITLE_WIDTH = 1244;
const READING_WIDTH = 860;
const NAME_EM = 8.6;
const NOMINEE_TITLE_PX = 614;

export default class AwardReveal extends Graphic<Data> {
  static override readonly stepCount = 4;
  private panel: HTMLElement | null = null;

  protected read(raw: Record<string, unknown>): Data | null {
    const { prize, category = "", level = "special", unit = "件", sample = false, nominees = [], winner = null, map = [] } = raw;
    if (!isTexts(prize) || typeof category !== "string" || !isText(level) || !isText(unit) || !isTiles(map)) return null;
    if (!Array.isArray(nominees) || !nominees.every(isNominee)) return null;
    if (winner !== null && !isWinner(winner)) return null;
    return { prize, category, level, unit, sample: sample === true, nominees, winner, map };
  }

  protected override ready(data: Data, step: number): boolean {
    return step < 1 || (step < WINNER ? data.nominees.length > 0 : data.winner !== null);
  }

  protected words(data: Data, step: number): string {
    const prize = [...data.prize, data.category, data.unit, "0123456789件発表【サンプル】・ほか区市町村団体共同"];
    const rows = step === 1 || step === 2 ? data.nominees.flatMap((row) => [...row.names, row.title]) : [];
    const winner = step === WINNER && data.winner ? [...data.winner.names, data.winner.note, data.winner.kana, ...data.winner.title] : [];
    return [...prize, ...rows, ...winner].join("");
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

/** The pair at the place of the winner, with no room for one: navy says which prize is being told. */
function category(data: Data): HTMLElement {
  return el("section", { class: "graphic zone zone-a pair winner winner--category" }, prizePlate(data), el("div", { class: "plate-navy" }, text("label label--pale", "受賞の発表")));
}

function nominees(data: Data): HTMLElement {
  const count = `${data.nominees.length}${data.unit}${data.sample ? "【サンプル】" : ""}`;
  const head = el("div", { class: "plate-white" }, el("b", {}, data.prize.join("")), el("span", {}, [data.category, count].filter(Boolean).join(" ")));
  const rows = el("ol", { class: "plate-navy", "data-large": true }, ...data.nominees.map(row));
  return el("section", { class: "graphic zone zone-d nominees" }, head, rows);
}

function row(nominee: Nominee, index: number): HTMLElement {
  const { lines } = fitNames(nominee.names);
  const oneLine = lines.length > 1 && ems(lines.join("")) <= NAME_EM;
  const names = el("b", lines.length > 1 && !oneLine ? { "data-lines": "2" } : {}, oneLine ? lines.join("") : lines.join("\n"));
  const long = ems(nominee.title) * 32 > NOMINEE_TITLE_PX;
  return el("li", { class: "nominee" }, el("span", { class: "tabular" }, String(index + 1)), names, el("span", long ? { "data-long": true } : {}, nominee.title));
}

function winner(data: Data): HTMLElement {
  const sealed = data.winner;
  if (!sealed) throw new Error("no winner yet");
  const { lines, count, joint } = fitNames(sealed.names);
  const reading = sealed.kana || sealed.note || joint;
  const wide = ems(reading) * 30 + [...reading].length * 6 <= READING_WIDTH;
  const title = fitTitle(sealed.title, TITLE_PX, TITLE_WIDTH);
  const navy = el(
    "div", { class: "plate-navy" },
    text("winner__reading", reading, wide ? {} : { narrow: "" }),
    text("winner__body", lines.join("\n"), { names: String(count) }),
    text("winner__title", title.lines.join("\n"), { fit: String(title.size) }),
    locator(data.map, sealed.tiles),
  );
  return el("section", { class: "graphic zone zone-a pair winner" }, prizePlate(data), navy);
}

function isNominee(value: unknown): value is Nominee {
  return isRecord(value) && isTexts(value["names"]) && isText(value["title"]);
}

function isWinner(value: unknown): value is Winner {
  if (!isRecord(value)) return false;
  const { names, note, kana, title, tiles } = value;
  return isTexts(names) && typeof note === "string" && typeof kana === "string" && isTexts(title) && isTiles(tiles);
}
