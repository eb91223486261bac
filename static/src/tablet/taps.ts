/** A tap on a ballot: what it changes is saved on the tablet at once; nobody is moved silently, and there is a way back. */
import { el, need, pick } from "../lib/dom";
import type { BallotBody, BallotState } from "../lib/protocol";
import { unitOf } from "../lib/queue";
import { choose, shift, tap, type Tapped } from "../lib/ranking";
import { press, type Pressed, readPress } from "./marks";
import type { State } from "./state";
import { titleOf } from "./words";

export function watchTaps(state: State): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const ballot = state.ballotOf(form.dataset.ballot ?? "");
    const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
    if (!ballot || !button || !state.box) return;
    event.preventDefault();
    const pressed = readPress(button.name, button.value);
    if (pressed && state.mayMark(ballot.contest)) give(state, ballot, pressed);
    if (pressed?.kind === "abstain") button.closest("details")?.removeAttribute("open");
  });
}

function give(state: State, ballot: BallotState, pressed: Pressed): void {
  if (pressed.kind === "level" || pressed.kind === "grade" || pressed.kind === "none") giveMark(state, ballot, pressed);
  else giveNames(state, ballot, pressed);
}

// --- choice and points -----------------------------------------------------------------------------------------------------

function giveNames(state: State, ballot: BallotState, pressed: Extract<Pressed, { kind: "place" | "move" | "abstain" }>): void {
  const before = state.chosen(ballot);
  const tapped = tappedBy(ballot, before, pressed);
  void save(state, ballot, namesBody(ballot, tapped.ranking));
  announce(state, ballot, pressed.kind === "abstain" ? [abstained(before)] : wordsOf(ballot, tapped), () => namesBody(ballot, before));
}

function tappedBy(ballot: BallotState, before: string[], pressed: Extract<Pressed, { kind: "place" | "move" | "abstain" }>): Tapped {
  if (pressed.kind === "abstain") return { ranking: [], closedUp: false };
  if (pressed.kind === "move") return shift(before, pressed.entry, pressed.step);
  return ballot.method === "points" ? tap(before, pressed.entry, pressed.place) : choose(before, pressed.entry, ballot.places);
}

function namesBody(ballot: BallotState, names: string[]): BallotBody {
  return ballot.method === "points" ? { ranking: names } : { entries: names };
}

function abstained(before: string[]): string {
  const taken = before.length ? pick("選んでいた内容は外しました。", " What you had chosen was taken off.") : "";
  return pick("白票で棄権します。", "You abstain with a blank ballot.") + taken;
}

function wordsOf(ballot: BallotState, tapped: Tapped): string[] {
  const words: string[] = [];
  if (tapped.out) words.push(pick(`「${titleOf(ballot, tapped.out)}」は外れました。`, `“${titleOf(ballot, tapped.out)}” was taken off.`));
  if (tapped.swapped) words.push(pick(`「${titleOf(ballot, tapped.swapped)}」と順位を入れ替えました。`, `Swapped with “${titleOf(ballot, tapped.swapped)}”.`));
  if (tapped.closedUp) words.push(pick("空いた順位を詰めました。", "The empty rank was closed up."));
  return words;
}

// --- score and grade ---------------------------------------------------------------------------------------------------------

function giveMark(state: State, ballot: BallotState, pressed: Extract<Pressed, { kind: "level" | "grade" | "none" }>): void {
  const { entry } = pressed;
  const before = state.body(ballot, entry);
  const body = markBody(state, ballot, pressed);
  state.last.set(ballot.contest, entry);
  void save(state, ballot, body, entry);
  const taken = pressed.kind === "none" && before !== null;
  const words = taken ? [pick(`「${titleOf(ballot, entry)}」の評価を外しました。`, `Your mark of “${titleOf(ballot, entry)}” was taken off.`)] : [];
  announce(state, ballot, words, () => before as BallotBody, entry);
}

function markBody(state: State, ballot: BallotState, pressed: Extract<Pressed, { kind: "level" | "grade" | "none" }>): BallotBody {
  if (pressed.kind === "level") return { marks: press(state.marks(ballot, pressed.entry), pressed.criterion, pressed.value) };
  if (pressed.kind === "none") return ballot.method === "score" ? { marks: {} } : { grade: null };
  const grade = ballot.grades?.[pressed.index]?.code ?? null;
  return { grade: grade === state.grade(ballot, pressed.entry) ? null : grade };
}

// --- both ----------------------------------------------------------------------------------------------------------------------

async function save(state: State, ballot: BallotState, body: BallotBody, entry = ""): Promise<void> {
  state.late.delete(unitOf({ contest: ballot.contest, entry }));
  await state.box?.save(ballot.contest, body, entry);
}

function announce(state: State, ballot: BallotState, words: string[], before: () => BallotBody, entry = ""): void {
  const news = need("[data-news]");
  if (!words.length) {
    news.replaceChildren();
    return;
  }
  const undo = el("button", { class: "button", type: "button", "data-size": "sm" }, pick("元に戻す", "Undo"));
  undo.addEventListener("click", () => {
    if (!state.mayMark(ballot.contest)) return;
    void save(state, ballot, before(), entry);
    news.replaceChildren(el("span", {}, pick("元に戻しました。", "Undone.")));
  });
  news.replaceChildren(el("span", {}, words.join("")), undo);
}
