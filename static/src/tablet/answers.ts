/** What an answer of the server means to the judge. Only an ack confirms. */
import { pick } from "../lib/dom";
import type { Version } from "../lib/outbox";
import type { BallotAnswer } from "../lib/protocol";
import { type State, unitKey } from "./state";

export function onAnswer(state: State, answer: BallotAnswer, version: Version): void {
  state.signedOut = false;
  const { contest, entry, body, saved_at, lease } = version;
  const key = unitKey(contest, entry);
  if (answer.result === "ok") {
    const known = state.acknowledgedReceipt(contest, entry);
    const received_at = (known?.receipt === answer.receipt ? known.received_at : null) ?? new Date(state.time()).toISOString();
    state.acknowledge({ contest, ...(entry ? { entry } : {}), body, rev: answer.rev, lease, receipt: answer.receipt, received_at, saved_at });
  } else if (answer.result === "stale" && answer.current) {
    state.acknowledge(answer.current);
  } else if (answer.result === "closed") {
    state.late.set(key, pick("締切のあとに選んだ内容は数えられません。", "What was chosen after the close does not count."));
  } else if (answer.result === "recused") {
    state.late.set(key, pick("利益相反のため、この内容は受け付けられませんでした。選び直してください。", "Refused because of a conflict of interest. Please choose again."));
  } else if (answer.result === "invalid") {
    state.late.set(key, pick("この内容は受け付けられませんでした。選び直してください。", "This was not accepted. Please choose again."));
  }
}
