/** The right column: what I have said, whether it is safe, and its receipt; at the end the record of it all. */
import { formatClock } from "../lib/clock";
import { all, el, need, one, pick, setAttribute, setData, setText, show } from "../lib/dom";
import type { Version } from "../lib/outbox";
import type { BallotState, BallotVersion } from "../lib/protocol";
import { unitOf } from "../lib/queue";
import { isBlank } from "./marks";
import { paintSign } from "./paper";
import { perEntry, type SignWord, type State } from "./state";
import { given, plain, receivedAt, signWord, titleOf, who } from "./words";

export function paintPanel(state: State, ballot: BallotState): void {
  const panel = one<HTMLElement>(`[data-panel="${ballot.contest}"]`);
  if (!panel) return;
  if (perEntry(ballot)) paintMarks(state, ballot, panel);
  else paintRanking(state, ballot, panel);
  const record = one<HTMLElement>(`[data-paper="${ballot.contest}"] [data-recorded]`);
  if (record) paintRecord(state, ballot, record);
}

// --- choice and points -----------------------------------------------------------------------------------------------------

function paintRanking(state: State, ballot: BallotState, panel: HTMLElement): void {
  const ranking = state.chosen(ballot);
  for (const slot of all<HTMLElement>("[data-slot]", panel)) paintSlot(ballot, slot, ranking);
  const word = state.sign(ballot);
  for (const cell of all<HTMLElement>(".rail3__state", panel)) setAttribute(cell, "aria-current", String(cell.dataset.state === word));
  paintReceipt(need<HTMLElement>(".receipt", panel), state.waiting(ballot), state.confirmed(ballot), state.late.get(ballot.contest));
}

function paintSlot(ballot: BallotState, slot: HTMLElement, ranking: string[]): void {
  const place = Number(slot.dataset.slot);
  const entry = ballot.entries.find((one) => one.id === ranking[place - 1]);
  setData(slot, "empty", entry ? null : "");
  setText(one("[data-slot-title]", slot), entry ? plain(entry.title) : pick("まだ選んでいません", "Not chosen yet"));
  setText(one("[data-slot-who]", slot), entry ? who(entry) : "");
  for (const button of all<HTMLButtonElement>(".move", slot)) {
    const up = button.value.startsWith("up");
    button.value = `${up ? "up" : "down"} ${entry?.id ?? ""}`;
    show(button, Boolean(entry) && (up ? place > 1 : place < ranking.length));
  }
}

// --- score and grade ---------------------------------------------------------------------------------------------------------

function paintMarks(state: State, ballot: BallotState, panel: HTMLElement): void {
  const counts: Record<SignWord, number> = { empty: 0, local: 0, confirmed: 0 };
  for (const entry of state.markable(ballot)) {
    const word = state.sign(ballot, entry.id);
    counts[word] += 1;
    const row = one<HTMLElement>(`[data-mark="${entry.id}"]`, panel);
    const home = row && one<HTMLElement>("[data-mark-state]", row);
    if (!row || !home) continue;
    paintSign(home, word, signWord(word), true);
    setText(one("[data-mark-given]", row), given(state, ballot, entry.id));
    setData(row, "lacks", state.lacks(ballot, entry.id).length ? "" : null);
  }
  const word: SignWord = counts.local ? "local" : counts.confirmed ? "confirmed" : "empty";
  for (const cell of all<HTMLElement>(".rail3__state", panel)) {
    const own = cell.dataset.state as SignWord;
    setAttribute(cell, "aria-current", String(own === word));
    setText(one("[data-rail-count]", cell), String(counts[own]));
  }
  const last = state.last.get(ballot.contest) ?? "";
  const late = state.late.get(unitOf({ contest: ballot.contest, entry: last }));
  paintReceipt(need<HTMLElement>(".receipt", panel), last ? state.waiting(ballot, last) : null, last ? state.confirmed(ballot, last) : null, late, last ? titleOf(ballot, last) : "");
}

// --- the receipt -----------------------------------------------------------------------------------------------------------------

function paintReceipt(node: HTMLElement, waiting: Version | null, safe: BallotVersion | null, note: string | undefined, about = ""): void {
  const lines = receiptLines(waiting, safe, about);
  if (note) lines.push(["receipt__label late", note]);
  const key = lines.map((line) => line.join("|")).join("\n");
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  node.replaceChildren(...lines.map(([name, text]) => el("p", { class: name }, text)));
}

function receiptLines(waiting: Version | null, safe: BallotVersion | null, about: string): [string, string][] {
  const subject: [string, string][] = about ? [["receipt__about", about]] : [];
  if (waiting) {
    const saved = formatClock(Date.parse(waiting.saved_at));
    return [...subject, ["receipt__label", pick("受付番号はまだありません", "No receipt yet")], ["receipt__wait", pick(`${saved} に端末へ保存`, `Saved on this tablet ${saved}`)]];
  }
  if (safe) {
    const blank = isBlank(safe.body) ? (about ? pick("評価なし・", "declined, ") : pick("白票・", "blank, ")) : "";
    const received = receivedAt(safe);
    return [...subject, ["receipt__label", pick(`受付番号(${blank}${received} 受付)`, `Receipt (${blank}${received})`)], ["receipt__code", safe.receipt ?? ""]];
  }
  return [["receipt__label", pick("選ぶと、すぐに端末へ保存して送信します。", "Each choice is saved on this tablet and sent at once.")]];
}

// --- the record ------------------------------------------------------------------------------------------------------------------

/** Shown when the poll is over, or when every entry was presented and everything said is confirmed. */
function isOver(state: State, ballot: BallotState): boolean {
  const phase = state.phaseOf(ballot.contest);
  if (phase === "grace" || phase === "closed") return true;
  return phase !== "draft" && ballot.entries.every((entry) => entry.stage === "done") && state.complete(ballot);
}

function paintRecord(state: State, ballot: BallotState, record: HTMLElement): void {
  const shown = state.anyConfirmed(ballot) && isOver(state, ballot);
  show(record, shown);
  if (!shown) return;
  const rows = perEntry(ballot) ? markRows(state, ballot) : nameRows(state, ballot);
  const list = need<HTMLElement>("[data-summary]", record);
  const key = JSON.stringify(rows);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...rows.map(([what, said, receipt]) => el("li", {},
    el("span", { class: "summary__what" }, what), el("span", { class: "summary__given" }, said), el("span", { class: "summary__receipt" }, receipt))));
}

type Row = [what: string, said: string, receipt: string];

function markRows(state: State, ballot: BallotState): Row[] {
  const inOrder = [...state.markable(ballot)].sort((a, b) => (a.id < b.id ? -1 : 1));
  return inOrder.map((entry) => {
    if (state.waiting(ballot, entry.id)) return [who(entry), pick("送信を待っています", "Waiting to be sent"), ""];
    const receipt = state.confirmed(ballot, entry.id)?.receipt ?? "";
    const said = state.lacks(ballot, entry.id).length ? pick("数えません(項目が不足)", "Does not count (incomplete)") : given(state, ballot, entry.id);
    return [who(entry), said || pick("評価なし", "Not marked"), receipt];
  });
}

function nameRows(state: State, ballot: BallotState): Row[] {
  const receipt = state.confirmed(ballot)?.receipt ?? "";
  const ranking = state.chosen(ballot);
  if (!ranking.length) return [[pick("白票(棄権)", "Blank ballot (abstained)"), "", receipt]];
  return ranking.map((name, index) => {
    const entry = ballot.entries.find((one) => one.id === name);
    const said = ballot.method === "points" ? pick(`${index + 1}位`, `#${index + 1}`) : pick("1票", "Vote");
    return [entry ? who(entry) : name, said, index === 0 ? receipt : ""];
  });
}
