/** 審査中 41 / 85席: squares fill in the order of counting, never by seat. The figure swaps without motion. */
import { all, el, need, setText } from "../lib/dom";
import { Graphic, isCount, isText } from "./graphic";
import { text } from "./parts";

interface Data {
  category: string;
  confirmed: number;
  eligible: number;
}

const ROWS = 5;

export default class VoteProgress extends Graphic<Data> {
  protected read(raw: Record<string, unknown>): Data | null {
    const { category, confirmed, eligible } = raw;
    if (!isText(category) || !isCount(confirmed) || !isCount(eligible) || confirmed > eligible) return null;
    return { category, confirmed, eligible };
  }

  protected words(data: Data): string {
    return `審査中席0123456789 /${data.category}`;
  }

  protected paint(data: Data): void {
    if (!this.firstElementChild) this.build();
    setText(need(".label", this), data.category);
    setText(need(".progress__confirmed", this), String(data.confirmed));
    setText(need("small", this), ` / ${data.eligible}席`);
    this.squares(data);
  }

  private build(): void {
    this.className = "graphic zone zone-a pair progress";
    const figure = el("p", { class: "progress__figure tabular" }, el("span", { class: "progress__confirmed" }), el("small"));
    this.append(
      el("div", { class: "plate-white" }, el("b", {}, "審査中"), text("label", "")),
      el("div", { class: "plate-navy" }, figure, el("div", { class: "squares" })),
    );
  }

  /** Rows are read left to right, so columns fill from the left: square n lies in row n mod 5. */
  private squares(data: Data): void {
    const grid = need<HTMLElement>(".squares", this);
    while (grid.children.length < data.eligible) grid.append(el("i"));
    while (grid.children.length > data.eligible) grid.lastElementChild?.remove();
    grid.dataset["rows"] = String(ROWS);
    all(":scope > i", grid).forEach((square, index) => square.toggleAttribute("data-on", index < data.confirmed));
  }
}
