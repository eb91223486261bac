/**
 * The judge's tablet: draws states in place and moves rows when GO changes the stage (rooms: static/src/tablet/). The ballot
 * itself lives in the outbox until the server has acknowledged it; no document ever touches what the judge has chosen and not
 * yet sent.
 */
import { stayAwake } from "../lib/awake";
import { all, need, one, setAttribute, setData, setText, show } from "../lib/dom";
import { openChannel } from "../lib/live";
import { openOutbox } from "../lib/outbox";
import type { LiveDocument } from "../lib/protocol";
import { keepShell } from "../lib/shell";
import { leaveWhenTaken, newerDocument, onSignOut, otherSeats, showSeat } from "../lib/tablet";
import { describeTimers, runTimers } from "../lib/timer";
import { onAnswer } from "../tablet/answers";
import { paintBanners } from "../tablet/banners";
import { paintCounter } from "../tablet/counter";
import { keepNotes } from "../tablet/notes";
import { paintPanel } from "../tablet/panel";
import { paintPaper, paintTab, watchFingers } from "../tablet/paper";
import { State } from "../tablet/state";
import { watchTaps } from "../tablet/taps";
import { noteOf } from "../tablet/words";

const left = need(".tablet-left");
const state = new State(left.dataset.seat ?? "", Number(left.dataset.lease), JSON.parse(need("#judge-document").textContent ?? "{}") as LiveDocument);

function paint(): void {
  for (const ballot of state.ballots()) {
    paintTab(state, ballot);
    paintPaper(state, ballot, paint);
    paintPanel(state, ballot);
  }
  paintBanners(state);
  setData(left, "readonly", state.readOnly() ? "" : null);
}

// --- which ballot and which entry is in front --------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const tab = (event.target as Element).closest<HTMLAnchorElement>(".ballot-tab");
  if (tab?.dataset.contest) {
    event.preventDefault();
    bringToFront(tab.dataset.contest);
    history.replaceState(null, "", tab.href);
  }
  const row = (event.target as Element).closest<HTMLAnchorElement>(".marks-list__row");
  if (row) openEntry(row.hash.slice(1));
});

function bringToFront(contest: string): void {
  state.front = contest;
  for (const tab of all<HTMLElement>(".ballot-tab")) setAttribute(tab, "aria-current", tab.dataset.contest === contest ? "page" : null);
  for (const paper of all<HTMLElement>("[data-paper]")) show(paper, paper.dataset.paper === contest);
  for (const panel of all<HTMLElement>("[data-panel]")) show(panel, panel.dataset.panel === contest);
  const ballot = state.ballotOf(contest);
  setText(one("[data-heading]"), state.pollName(contest));
  if (ballot) setText(one("[data-heading-note]"), noteOf(ballot));
  need("[data-news]").replaceChildren();
  left.scrollTop = 0;
  paint();
  paintCounter(state, paint);
}

/** From my list to the entry: it and what folds it away are opened. */
function openEntry(id: string): void {
  const entry = document.getElementById(id);
  const rest = entry?.closest<HTMLDetailsElement>(".paper__rest");
  const act = entry?.querySelector<HTMLDetailsElement>(".vote__act");
  if (rest) rest.open = true;
  if (act) act.open = true;
}

// --- start -------------------------------------------------------------------------------------------------------------------

const channel = openChannel({
  namespace: "/judge",
  channel: "judge",
  screen: { id: `judge-${state.seat}`, scene: "ballot" },
  auth: { seat: state.seat },
  unsent: () => state.box?.counts() ?? {},
  savedAt: () => state.box?.savedAt() ?? {},
  onRefused: (code) => {
    if (code === "seat.taken_over") state.box?.giveUp();
    else state.signedOut = true;
    if (state.box) paint();
  },
  onDocument: (document) => {
    if ((document.sections.seat?.lease ?? state.lease) > state.lease) location.reload(); // this browser has claimed the seat anew
    state.current = document;
    state.signedOut = false;
    state.box?.keepDocument(document);
    state.raiseFloors();
    void state.box?.meet(document.epoch, state.counting());
    describeTimers(left, document.sections.timer ?? null);
    paint();
  },
  onLink: () => { if (state.box) paint(); },
});
state.channel = channel;

async function start(): Promise<void> {
  const opened = await openOutbox({
    seat: state.seat,
    lease: state.lease,
    now: () => state.time(),
    onChange: () => { if (state.box) paint(); },
    onAnswer: (answer, version) => {
      onAnswer(state, answer, version);
      channel.tell();
    },
    onSignedOut: () => { state.signedOut = true; paint(); },
  });
  state.raiseFloors(opened);
  state.current = await newerDocument(opened, state.seat, state.current);
  await opened.adopt((contest, entry) => state.confirmedLease(contest, entry));
  await opened.meet(state.current.epoch, state.counting());
  state.box = opened;
  paint();
  runTimers(channel.clock, () => paintCounter(state, paint));
  setInterval(() => paintBanners(state), 1_000);
  opened.wake();
  stayAwake();
  leaveWhenTaken(opened, state.seat);
  onSignOut(opened, state.seat);
  state.others = await otherSeats(opened, state.seat);
  opened.store?.onElsewhere(() => void otherSeats(opened, state.seat).then((found) => { state.others = found; }));
  await keepShell(state.seat);
}

watchFingers();
watchTaps(state);
showSeat(state.seat, state.front, bringToFront);
void start();
void keepNotes(state.seat);
