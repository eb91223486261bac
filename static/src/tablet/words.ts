/** The words of the tablet that depend on a ballot's state; the page without scripts says the same (templates/voting). */
import { formatClock } from "../lib/clock";
import { pick } from "../lib/dom";
import type { BallotEntry, BallotState, BallotVersion } from "../lib/protocol";
import { total } from "./marks";
import { perEntry, type SignWord, type State } from "./state";

export function plain(title: string): string {
  return title.replace(/^【サンプル】/, "");
}

export function who(entry: BallotEntry): string {
  const owner = pick(entry.owner, entry.owner_en || entry.owner);
  return entry.number && !entry.category_name ? pick(`${entry.number}番 ${owner}`, `No. ${entry.number} ${owner}`) : owner;
}

export function titleOf(ballot: BallotState, id: string): string {
  return plain(ballot.entries.find((entry) => entry.id === id)?.title ?? id);
}

export function signWord(word: SignWord): string {
  return { empty: pick("未記入", "Not marked"), local: pick("端末に保存", "On this tablet"), confirmed: pick("確定", "Confirmed") }[word];
}

/** The own mark of an entry in a few characters; empty where nothing was said. */
export function given(state: State, ballot: BallotState, entry: string): string {
  if (state.declined(ballot, entry)) return pick("評価しない", "Declined");
  if (ballot.method === "grade") {
    const grade = state.grade(ballot, entry);
    return grade === null ? "" : pick(grade, ballot.grades?.find((one) => one.code === grade)?.name_en ?? grade);
  }
  const marks = state.marks(ballot, entry);
  if (!Object.keys(marks).length) return "";
  const sum = total(marks, ballot.criteria ?? []);
  return pick(`${sum}点`, `${sum} pt`);
}

export function noteOf(ballot: BallotState): string {
  const count = ballot.entries.length;
  if (ballot.method === "points") return pick(`${count}件・${ballot.places}つ選んで順位をつけます`, `${count} entries, rank up to ${ballot.places}`);
  if (ballot.method === "choice") return pick(`${count}件・${ballot.places}つ選びます`, `${count} entries, choose ${ballot.places}`);
  const steps = (ballot.method === "score" ? ballot.criteria : ballot.grades)?.length ?? 0;
  if (ballot.method === "score") return pick(`${count}件・${steps}つの観点で採点します`, `${count} entries, score each by ${steps} criteria`);
  return pick(`${count}件・${steps}段階で評価します`, `${count} entries, grade each in ${steps} steps`);
}

export function hintOf(ballot: BallotState | undefined): string {
  if (ballot?.method === "score") return pick("すべての観点がそろった採点だけを数えます。", "Only complete marks count.");
  if (ballot?.method === "grade") return pick("評価した取組だけを数えます。", "Only what you grade counts.");
  if (!ballot || ballot.places < 2) return "";
  return pick("途中まででも有効です。空いた順位は詰めて数えます。", "A shorter list is valid too.");
}

/** The state of a whole paper, for its tab. */
export function tabState(state: State, ballot: BallotState): [SignWord, string] {
  const phase = state.phaseOf(ballot.contest);
  if (perEntry(ballot)) {
    const entries = state.markable(ballot);
    if (entries.some((entry) => state.waiting(ballot, entry.id))) return ["local", signWord("local")];
    const done = entries.filter((entry) => state.confirmed(ballot, entry.id));
    const partial = done.filter((entry) => state.lacks(ballot, entry.id).length).length;
    if (done.length) return ["confirmed", countWords(done.length - partial, partial)];
  } else if (state.sign(ballot) !== "empty") return [state.sign(ballot), signWord(state.sign(ballot))];
  if (ballot.recused) return ["empty", pick("利益相反", "Recused")];
  const poll = state.pollOf(ballot.contest);
  const opens = poll ? formatClock(Date.parse(poll.planned_open), false) : "";
  if (phase === "draft") return ["empty", pick(`${opens} から`, `from ${opens}`)];
  if (phase === "open" || phase === "closing") return ["empty", pick("受付中", "Open")];
  return ["empty", pick("未投票・締切", "Not voted, closed")];
}

/** An incomplete mark is kept, and not passed off as one that counts. */
function countWords(whole: number, partial: number): string {
  if (!partial) return pick(`${whole}件 確定`, `${whole} confirmed`);
  return pick(`${whole}件 確定・途中${partial}件`, `${whole} confirmed, ${partial} incomplete`);
}

export function receivedAt(version: BallotVersion): string {
  return version.received_at ? formatClock(Date.parse(version.received_at)) : "";
}
