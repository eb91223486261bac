/** What an answer of the server that confirms nothing means to the judge, in words. Acks are the queue's. */
import { pick } from "../lib/dom";
import type { Version } from "../lib/outbox";
import type { BallotAnswer } from "../lib/protocol";
import { unitOf } from "../lib/queue";
import type { State } from "./state";

export function onAnswer(state: State, answer: BallotAnswer, version: Version): void {
  state.signedOut = false;
  const words = wordsOf(answer);
  if (words) state.late.set(unitOf(version), words);
}

function wordsOf(answer: BallotAnswer): string {
  if (answer.result === "closed") return pick("締切のあとに選んだ内容は数えられません。", "What was chosen after the close does not count.");
  if (answer.result === "recused") {
    return pick("利益相反のため、この内容は受け付けられませんでした。選び直してください。", "Refused because of a conflict of interest. Please choose again.");
  }
  return answer.result === "invalid" ? pick("この内容は受け付けられませんでした。選び直してください。", "This was not accepted. Please choose again.") : "";
}
