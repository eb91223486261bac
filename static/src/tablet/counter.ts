/** Until when, in words; and the talk that has outrun its time. */
import { formatClock } from "../lib/clock";
import { all, one, pick, setData, setText } from "../lib/dom";
import type { PollState } from "../lib/protocol";
import { readCounter } from "../lib/timer";
import type { Phase, State } from "./state";
import { hintOf } from "./words";

export function paintCounter(state: State, changed: () => void): void {
  paintOvertime();
  const poll = state.pollOf(state.front);
  const counter = one<HTMLElement>(`[data-panel="${state.front}"] .counter`);
  if (!poll || !counter) return;
  const phase = state.phaseOf(state.front);
  const [label, text, closes] = counterWords(state, poll, phase);
  const reading = readCounter(closes, state.time());
  setText(one("[data-counter-label]", counter), label);
  setText(one("[data-counter-text]", counter), text);
  const shown = phase === "grace" || phase === "closed" ? "" : phase === "draft" ? formatClock(closes, false) : reading.text;
  setText(one("[data-counter-time]", counter), reading.state === "closed" && phase === "open" ? pick("まもなく", "Soon") : shown);
  setData(counter, "state", phase === "closing" ? "closing" : "calm");
  const paper = one<HTMLElement>(`[data-paper="${state.front}"]`);
  if (paper && paper.dataset.phase !== phase) changed();
}

/** Never 「残り +0:47」: what is over is said to be over. */
function paintOvertime(): void {
  for (const node of all<HTMLElement>(".stage-card__left")) {
    const over = one<HTMLElement>("[data-timer]", node)?.dataset.timerState === "over";
    setText(one("[data-left-word]", node), over ? pick("時間超過", "Over time") : pick("発表の残り", "Time left"));
    setData(node, "over", over ? "" : null);
  }
}

function counterWords(state: State, poll: PollState, phase: Phase): [string, string, number] {
  const closes = Date.parse(poll.closes_at ?? poll.planned_close);
  const waiting = state.unsent().count;
  const until = poll.delayed_until ? formatClock(Date.parse(poll.delayed_until)) : "";
  const ballot = state.ballotOf(state.front);
  if (phase === "draft") return [pick("受付の開始(予定)", "Opens (planned)"), "", Date.parse(poll.planned_open)];
  if (phase === "open") {
    const at = formatClock(closes, false);
    return [pick(`投票の締切(${at})まで`, `Until the planned close (${at})`), hintOf(ballot), closes];
  }
  if (phase === "closing") {
    const at = formatClock(closes);
    return [pick(`投票の締切(${at})まで`, `Until the close (${at})`), pick(`締切までに選んだ内容は、${until}までにつながれば数えます。`, `What you choose before then counts if it arrives by ${until}.`), closes];
  }
  if (phase === "grace" && waiting) {
    return [pick("締切りました", "Closed"), pick(`端末の${waiting}枚は送信を続けています。${until}までにつながれば数えます。`, `${waiting} ballots on this tablet are still being sent; they count if they arrive by ${until}.`), closes];
  }
  const recorded = ballot && state.anyConfirmed(ballot);
  return [pick("締切りました", "Closed"), recorded ? pick("あなたの投票は記録されました。", "Your vote is recorded.") : pick("この投票では記録がありません。", "No vote of yours was recorded here."), closes];
}
