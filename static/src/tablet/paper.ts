/** The left column: the entries of a ballot, redrawn in place, and moved to where the stage wants them. */
import { formatClock, localMs } from "../lib/clock";
import { all, el, need, one, pick, setAttribute, setData, setText, show, sign } from "../lib/dom";
import type { BallotEntry, BallotState } from "../lib/protocol";
import { unitOf } from "../lib/queue";
import { readPress } from "./marks";
import { perEntry, type SignWord, type State } from "./state";
import { given, signWord, tabState } from "./words";

const STILL_MS = 400;
const SIGNS: Record<SignWord, "empty" | "half" | "full"> = { empty: "empty", local: "half", confirmed: "full" };
let touchedAt = 0;
let fingers = 0;

export function watchFingers(): void {
  document.addEventListener("pointerdown", () => { fingers += 1; }, { capture: true, passive: true });
  for (const event of ["pointerup", "pointercancel"]) {
    document.addEventListener(event, () => { fingers = Math.max(0, fingers - 1); touchedAt = localMs(); }, { capture: true, passive: true });
  }
}

export function paintTab(state: State, ballot: BallotState): void {
  const tab = one<HTMLElement>(`.ballot-tab[data-contest="${ballot.contest}"]`);
  if (tab) paintSign(need<HTMLElement>(".state", tab), ...tabState(state, ballot));
}

/** ○ ◐ ● with its word; touched only when it changes. */
export function paintSign(node: HTMLElement, word: SignWord, text: string, hidden = false): void {
  const key = `${word} ${text}`;
  if (node.dataset.drawn === key) return;
  node.dataset.drawn = key;
  setData(node, "state", word);
  node.replaceChildren(sign(SIGNS[word], hidden ? text : ""), ...(hidden ? [] : [el("span", {}, text)]));
}

export function paintPaper(state: State, ballot: BallotState, again: () => void): void {
  const paper = one<HTMLElement>(`[data-paper="${ballot.contest}"]`);
  if (!paper) return;
  const phase = state.phaseOf(ballot.contest);
  setData(paper, "phase", phase);
  show(one("[data-wait]", paper), phase === "draft");
  if (perEntry(ballot)) for (const entry of ballot.entries) paintMark(state, ballot, entry, paper);
  else paintRanks(state, ballot, paper);
  arrange(state, paper, ballot, again);
}

function paintRanks(state: State, ballot: BallotState, paper: HTMLElement): void {
  const ranking = state.chosen(ballot);
  for (const button of all<HTMLButtonElement>(".rank", paper)) {
    const [place = "", entry = ""] = button.value.split(" ");
    const on = ballot.method === "points" ? ranking[Number(place) - 1] === entry : ranking.includes(entry);
    setAttribute(button, "aria-pressed", String(on));
  }
}

function paintMark(state: State, ballot: BallotState, entry: BallotEntry, paper: HTMLElement): void {
  const row = one<HTMLElement>(`[data-entry="${entry.id}"]`, paper);
  const home = row && one<HTMLElement>("[data-unit]", row);
  if (!row || !home) return;
  for (const button of all<HTMLButtonElement>(".level", row)) setAttribute(button, "aria-pressed", String(isOn(state, ballot, button)));
  const said = given(state, ballot, entry.id);
  setText(one("[data-given]", row), said || pick("未採点", "Not marked"));
  setData(one("[data-given]", row), "none", said ? null : "");
  setText(one("[data-later]", row), said ? pick("見直す", "Change") : pick("評価する", "Mark"));
  paintUnit(state, ballot, entry, home);
}

function isOn(state: State, ballot: BallotState, button: HTMLButtonElement): boolean {
  const pressed = readPress(button.name, button.value);
  if (pressed?.kind === "level") return state.marks(ballot, pressed.entry)[pressed.criterion] === pressed.value;
  if (pressed?.kind === "grade") return state.grade(ballot, pressed.entry) === (ballot.grades?.[pressed.index]?.code ?? "");
  return pressed?.kind === "none" && state.declined(ballot, pressed.entry);
}

function paintUnit(state: State, ballot: BallotState, entry: BallotEntry, home: HTMLElement): void {
  const word = state.sign(ballot, entry.id);
  const receipt = word === "confirmed" ? state.confirmed(ballot, entry.id)?.receipt ?? "" : "";
  const lacks = state.lacks(ballot, entry.id);
  const late = state.late.get(unitOf({ contest: ballot.contest, entry: entry.id })) ?? "";
  const missing = lacks.length ? pick(`まだ数えられません。あと: ${lacks.join("、")}`, `Does not count yet. Missing: ${lacks.join(", ")}`) : "";
  const key = [word, receipt, missing, late].join("|");
  if (home.dataset.drawn === key) return;
  home.dataset.drawn = key;
  const node = el("span", { class: "state" });
  paintSign(node, word, signWord(word));
  home.replaceChildren(node,
    receipt ? el("span", { class: "unit__receipt" }, receipt) : "",
    missing ? el("span", { class: "unit__lacks" }, missing) : "",
    late ? el("span", { class: "unit__lacks" }, late) : "");
}

/** Moves rows to where the stage wants them; never under a finger, never within 400 ms of a tap. */
function arrange(state: State, paper: HTMLElement, ballot: BallotState, again: () => void): void {
  const wanted: Record<string, BallotEntry[]> = { on: [], done: [], upcoming: [], rest: [] };
  for (const entry of ballot.entries) {
    const list = entry.stage === "upcoming" && (wanted.upcoming?.length ?? 0) > 0 ? "rest" : entry.stage;
    wanted[list]?.push(entry);
  }
  const plan = Object.entries(wanted).map(([list, entries]) => `${list}:${entries.map((entry) => entry.id).join(",")}`).join(";");
  if (paper.dataset.plan === plan) return;
  if (fingers > 0 || localMs() - touchedAt < STILL_MS) {
    setTimeout(again, STILL_MS);
    return;
  }
  paper.dataset.plan = plan;
  for (const [list, entries] of Object.entries(wanted)) {
    const home = need<HTMLElement>(`[data-list="${list}"]`, paper);
    const rows = entries.map((entry) => dress(state, ballot, one<HTMLElement>(`[data-entry="${entry.id}"]`, paper), entry)).filter((row) => row !== null);
    if (rows.some((row, index) => home.children[index] !== row) || home.children.length !== rows.length) home.append(...rows);
  }
  show(one('[data-head="done"]', paper), Boolean(wanted.done?.length));
  const coming = (wanted.upcoming?.length ?? 0) + (wanted.rest?.length ?? 0);
  show(one('[data-head="upcoming"]', paper), coming > 0);
  setText(one("[data-coming]", paper), String(coming));
  setText(one("[data-rest]", paper), String(wanted.rest?.length ?? 0));
  show(one(".paper__rest", paper), Boolean(wanted.rest?.length));
}

function dress(state: State, ballot: BallotState, row: HTMLElement | null, entry: BallotEntry): HTMLElement | null {
  if (!row) return null;
  const on = entry.stage === "on";
  if (row.dataset.stage !== entry.stage) {
    row.className = `vote${perEntry(ballot) ? " vote--marks" : ""} ${on ? "stage-card" : "entry-row"}`;
    one(".ranks", row)?.classList.toggle("ranks--card", on);
    const act = one<HTMLDetailsElement>(".vote__act", row);
    if (act) act.open = perEntry(ballot) ? on || (act.open && state.lacks(ballot, entry.id).length > 0) : entry.stage !== "upcoming";
    setData(row, "stage", entry.stage);
  }
  setText(one("[data-at]", row), entry.at ? formatClock(Date.parse(entry.at), false) : "");
  return row;
}
