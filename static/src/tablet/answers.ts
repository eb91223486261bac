/** What an answer of the server that confirms nothing means to the judge, in words. Acks are the queue's. */
import { pick } from "../lib/dom";
import type { Version } from "../lib/outbox";
import type { BallotAnswer } from "../lib/protocol";
import { unitOf } from "../lib/queue";
import type { State } from "./state";

export function onAnswer(state: State, answer: BallotAnswer, version: Version): void {
  state.signedOut = false;
  const words = wordsOf(answer, version);
  if (words) state.late.set(unitOf(version), words);
}

function wordsOf(answer: BallotAnswer, version: Version): string {
  if (answer.result === "closed") return wordsOfClosed(answer.at, version);
  if (answer.result === "recused") {
    return pick("利益相反のため、この内容は受け付けられませんでした。選び直してください。", "Refused because of a conflict of interest. Please choose again.");
  }
  return answer.result === "invalid" ? pick("この内容は受け付けられませんでした。選び直してください。", "This was not accepted. Please choose again.") : "";
}

/** Too late by the judge's hand, or by the network's: the difference is told. */
function wordsOfClosed(at: string | null, version: Version): string {
  if (at === null) return pick("この投票はまだ始まっていません。", "This poll has not been opened yet.");
  if (Date.parse(version.saved_at) > Date.parse(at)) {
    return pick("締切のあとに選んだ内容は数えられません。", "What was chosen after the close does not count.");
  }
  return pick("締切の前に選んだ内容でしたが、遅着の受付の終わりまでに届きませんでした。", "It was chosen in time, but did not arrive before the end of the grace.");
}
