/**
 * The judge's tablet: draws states in place and moves rows when GO changes the stage. The ballot itself lives in the outbox
 * until the server has acknowledged it; no document ever touches what the judge has chosen and not yet sent.
 */
import { stayAwake } from "../lib/awake";
import { formatClock, localMs } from "../lib/clock";
import { all, at, el, need, one, pick, setAttribute, setData, setText, show, sign } from "../lib/dom";
import { openChannel } from "../lib/live";
import { openOutbox, type Outbox, type Version } from "../lib/outbox";
import type { BallotAnswer, BallotBody, BallotEntry, BallotState, BallotVersion, LiveDocument, PollState } from "../lib/protocol";
import { choose, tap, type Tapped } from "../lib/ranking";
import { canReloadOffline, keepShell } from "../lib/shell";
import { leaveWhenTaken, newerDocument, onSignOut, showSeat } from "../lib/tablet";
import { describeTimers, readCounter, runTimers } from "../lib/timer";

const STILL_MS = 400;
type Phase = "draft" | "open" | "closing" | "grace" | "closed";

const left = need(".tablet-left");
const seat = left.dataset.seat ?? "";
const lease = Number(left.dataset.lease);
let current = JSON.parse(need("#judge-document").textContent ?? "{}") as LiveDocument;
const loaded = localMs();
let box: Outbox | null = null;
let front = one<HTMLElement>(".ballot-tab[aria-current]")?.dataset.contest ?? "";
let signedOut = false;
let touchedAt = 0;
let fingers = 0;
const late = new Map<string, string>();

// --- what is known ------------------------------------------------------------------------------------------------------

function time(): number {
  return channel.clock.known ? channel.clock.now() : Date.parse(current.at) + (localMs() - loaded);
}

function ballots(): BallotState[] {
  return current.sections.ballots ?? [];
}

function ballotOf(contest: string): BallotState | undefined {
  return ballots().find((ballot) => ballot.contest === contest);
}

function pollOf(contest: string): PollState | undefined {
  return current.sections.polls?.find((poll) => poll.contest === contest);
}

/** What the server has confirmed, as well as this page knows it: an ack may be newer than the document. */
function confirmed(ballot: BallotState): BallotVersion | null {
  const known = box?.confirmed(ballot.contest) ?? null;
  const newer = known && (known.lease > ballot.lease || (known.lease === ballot.lease && known.rev > ballot.rev));
  if (newer) return known;
  return ballot.counted ? ballot : null;
}

function names(body: BallotBody | null | undefined): string[] {
  if (!body) return [];
  if ("ranking" in body) return body.ranking;
  return "entries" in body ? body.entries : [];
}

function chosen(ballot: BallotState): string[] {
  return names((box?.newest(ballot.contest) ?? confirmed(ballot))?.body);
}

function phaseOf(poll: PollState | undefined): Phase {
  if (!poll || poll.state === "draft" || poll.state === "zero") return "draft";
  if (poll.state === "closing" && poll.closes_at && time() > Date.parse(poll.closes_at)) return "grace";
  return poll.state;
}

function readOnly(): boolean {
  return Boolean(box?.takenOver);
}

// --- a tap ----------------------------------------------------------------------------------------------------------------

document.addEventListener("pointerdown", () => { fingers += 1; }, { capture: true, passive: true });
for (const event of ["pointerup", "pointercancel"]) {
  document.addEventListener(event, () => { fingers = Math.max(0, fingers - 1); touchedAt = localMs(); }, { capture: true, passive: true });
}

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const ballot = ballotOf(form.dataset.ballot ?? "");
  const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
  if (!ballot || !button || !box) return;
  event.preventDefault();
  const [place = "0", entry = ""] = button.value.split(" ");
  pressed(ballot, Number(place), entry);
});

function pressed(ballot: BallotState, place: number, entry: string): void {
  const phase = phaseOf(pollOf(ballot.contest));
  if (!box || readOnly() || (phase !== "open" && phase !== "closing")) return;
  const before = chosen(ballot);
  const tapped = ballot.method === "points" ? tap(before, entry, place) : choose(before, entry, ballot.places);
  void save(ballot, tapped.ranking);
  announce(ballot, tapped, before);
}

async function save(ballot: BallotState, ranking: string[]): Promise<void> {
  late.delete(ballot.contest);
  await box?.save(ballot.contest, ballot.method === "points" ? { ranking } : { entries: ranking });
}

/** Nobody is moved silently: say it, and offer the way back. */
function announce(ballot: BallotState, tapped: Tapped, before: string[]): void {
  const title = (id: string): string => plain(ballot.entries.find((entry) => entry.id === id)?.title ?? id);
  const words: string[] = [];
  if (tapped.out) words.push(pick(`「${title(tapped.out)}」は外れました。`, `“${title(tapped.out)}” was taken off.`));
  if (tapped.swapped) words.push(pick(`「${title(tapped.swapped)}」と順位を入れ替えました。`, `Swapped with “${title(tapped.swapped)}”.`));
  if (tapped.closedUp) words.push(pick("空いた順位を詰めました。", "The empty rank was closed up."));
  const news = need("[data-news]");
  if (!words.length) {
    news.replaceChildren();
    return;
  }
  const undo = el("button", { class: "button", type: "button", "data-size": "sm" }, pick("元に戻す", "Undo"));
  undo.addEventListener("click", () => {
    void save(ballot, before);
    news.replaceChildren(el("span", {}, pick("元に戻しました。", "Undone.")));
  });
  news.replaceChildren(el("span", {}, words.join("")), undo);
}

function plain(title: string): string {
  return title.replace(/^【サンプル】/, "");
}

// --- answers ----------------------------------------------------------------------------------------------------------------

function onAnswer(answer: BallotAnswer, version: Version): void {
  signedOut = false;
  channel.tell();
  if (answer.result === "closed") {
    late.set(version.contest, pick("締切のあとに選んだ内容は数えられません。", "What was chosen after the close does not count."));
  } else if (answer.result === "recused") {
    late.set(version.contest, pick("利益相反のため、この内容は受け付けられませんでした。選び直してください。", "Refused because of a conflict of interest. Please choose again."));
  } else if (answer.result === "invalid") {
    late.set(version.contest, pick("この内容は受け付けられませんでした。選び直してください。", "This was not accepted. Please choose again."));
  }
}

// --- painting ---------------------------------------------------------------------------------------------------------------

function paint(): void {
  for (const ballot of ballots()) {
    paintTab(ballot);
    paintPaper(ballot);
    paintPanel(ballot);
  }
  paintBanners();
  setData(left, "readonly", readOnly() ? "" : null);
}

function paintTab(ballot: BallotState): void {
  const tab = one<HTMLElement>(`.ballot-tab[data-contest="${ballot.contest}"]`);
  if (!tab) return;
  const poll = pollOf(ballot.contest);
  const [word, text] = stateOf(ballot, phaseOf(poll), poll);
  const node = need<HTMLElement>(".state", tab);
  if (node.dataset.state === word && node.textContent === text) return;
  setData(node, "state", word);
  node.replaceChildren(sign(word === "empty" ? "empty" : word === "local" ? "half" : "full"), el("span", {}, text));
}

function stateOf(ballot: BallotState, phase: Phase, poll: PollState | undefined): [string, string] {
  if (box?.newest(ballot.contest)) return ["local", pick("端末に保存", "On this tablet")];
  if (confirmed(ballot)) return ["confirmed", pick("確定", "Confirmed")];
  if (ballot.recused) return ["empty", pick("利益相反", "Recused")];
  const opens = poll ? formatClock(Date.parse(poll.planned_open), false) : "";
  if (phase === "draft") return ["empty", pick(`${opens} から`, `from ${opens}`)];
  if (phase === "open" || phase === "closing") return ["empty", pick("受付中", "Open")];
  return ["empty", pick("未投票・締切", "Not voted, closed")];
}

function paintPaper(ballot: BallotState): void {
  const paper = one<HTMLElement>(`[data-paper="${ballot.contest}"]`);
  if (!paper) return;
  const phase = phaseOf(pollOf(ballot.contest));
  setData(paper, "phase", phase);
  show(one("[data-wait]", paper), phase === "draft");
  show(one("[data-recorded]", paper), Boolean(confirmed(ballot)) && (phase === "grace" || phase === "closed"));
  const ranking = chosen(ballot);
  for (const button of all<HTMLButtonElement>(".rank", paper)) {
    const [place = "", entry = ""] = button.value.split(" ");
    const on = ballot.method === "points" ? ranking[Number(place) - 1] === entry : ranking.includes(entry);
    setAttribute(button, "aria-pressed", on ? "true" : "false");
  }
  arrange(paper, ballot);
}

/** Moves rows to where the stage wants them; never under a finger, never within 400 ms of a tap. */
function arrange(paper: HTMLElement, ballot: BallotState): void {
  const wanted: Record<string, BallotEntry[]> = { on: [], done: [], upcoming: [], rest: [] };
  for (const entry of ballot.entries) {
    const list = entry.stage === "upcoming" && (wanted.upcoming?.length ?? 0) > 0 ? "rest" : entry.stage;
    wanted[list]?.push(entry);
  }
  const plan = Object.entries(wanted).map(([list, entries]) => `${list}:${entries.map((entry) => entry.id).join(",")}`).join(";");
  if (paper.dataset.plan === plan) return;
  if (fingers > 0 || localMs() - touchedAt < STILL_MS) {
    setTimeout(paint, STILL_MS);
    return;
  }
  paper.dataset.plan = plan;
  for (const [list, entries] of Object.entries(wanted)) {
    const home = need<HTMLElement>(`[data-list="${list}"]`, paper);
    const rows = entries.map((entry) => dress(one<HTMLElement>(`[data-entry="${entry.id}"]`, paper), entry)).filter((row) => row !== null);
    if (rows.some((row, index) => home.children[index] !== row) || home.children.length !== rows.length) home.append(...rows);
  }
  show(one('[data-head="done"]', paper), Boolean(wanted.done?.length));
  const coming = (wanted.upcoming?.length ?? 0) + (wanted.rest?.length ?? 0);
  show(one('[data-head="upcoming"]', paper), coming > 0);
  setText(one("[data-coming]", paper), String(coming));
  setText(one("[data-rest]", paper), String(wanted.rest?.length ?? 0));
  show(one(".paper__rest", paper), Boolean(wanted.rest?.length));
}

function dress(row: HTMLElement | null, entry: BallotEntry): HTMLElement | null {
  if (!row) return null;
  const on = entry.stage === "on";
  if (row.dataset.stage !== entry.stage) {
    row.className = on ? "vote stage-card" : "vote entry-row";
    one(".ranks", row)?.classList.toggle("ranks--card", on);
    const act = one<HTMLDetailsElement>(".vote__act", row);
    if (act) act.open = entry.stage !== "upcoming";
    setData(row, "stage", entry.stage);
  }
  setText(one("[data-at]", row), entry.at ? formatClock(Date.parse(entry.at), false) : "");
  return row;
}

function paintPanel(ballot: BallotState): void {
  const panel = one<HTMLElement>(`[data-panel="${ballot.contest}"]`);
  if (!panel) return;
  const ranking = chosen(ballot);
  for (const slot of all<HTMLElement>("[data-slot]", panel)) {
    const entry = ballot.entries.find((one) => one.id === ranking[Number(slot.dataset.slot) - 1]);
    setData(slot, "empty", entry ? null : "");
    setText(one("[data-slot-title]", slot), entry ? plain(entry.title) : pick("まだ選んでいません", "Not chosen yet"));
    setText(one("[data-slot-who]", slot), entry ? who(entry) : "");
  }
  const waiting = box?.newest(ballot.contest) ?? null;
  const safe = confirmed(ballot);
  const word = waiting ? "local" : safe ? "confirmed" : "empty";
  for (const state of all<HTMLElement>(".rail3__state", panel)) {
    setAttribute(state, "aria-current", state.dataset.state === word ? "true" : "false");
  }
  paintReceipt(need<HTMLElement>(".receipt", panel), waiting, safe, late.get(ballot.contest));
}

function who(entry: BallotEntry): string {
  const owner = pick(entry.owner, entry.owner_en || entry.owner);
  return entry.number && !entry.category_name ? pick(`${entry.number}番 ${owner}`, `No. ${entry.number} ${owner}`) : owner;
}

function paintReceipt(node: HTMLElement, waiting: Version | null, safe: BallotVersion | null, note: string | undefined): void {
  const lines: [string, string][] = [];
  if (waiting) {
    const saved = formatClock(Date.parse(waiting.saved_at));
    lines.push(["receipt__label", pick("受付番号はまだありません", "No receipt yet")]);
    lines.push(["receipt__wait", pick(`${saved} に端末へ保存`, `Saved on this tablet ${saved}`)]);
  } else if (safe) {
    const received = safe.received_at ? formatClock(Date.parse(safe.received_at)) : "";
    const blank = names(safe.body).length === 0 ? pick("白票・", "Blank, ") : "";
    lines.push(["receipt__label", pick(`受付番号(${blank}${received} 受付)`, `Receipt (${blank}${received})`)]);
    lines.push(["receipt__code", safe.receipt ?? ""]);
  } else {
    lines.push(["receipt__label", pick("選ぶと、すぐに端末へ保存して送信します。", "Each choice is saved on this tablet and sent at once.")]);
  }
  if (note) lines.push(["receipt__label late", note]);
  const key = lines.map((line) => line.join("|")).join("\n");
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  node.replaceChildren(...lines.map(([name, text]) => el("p", { class: name }, text)));
}

interface Notice {
  kind: string;
  title: string;
  text: string;
  list?: string[];
  link?: [string, string];
}

function notices(): Notice[] {
  const waiting = Object.keys(box?.counts() ?? {}).map((contest) => pollName(contest));
  const found: Notice[] = [];
  if (readOnly()) {
    const text = waiting.length ? pick("次の投票用紙は送信されていません。", "These ballots were not sent:") : pick("この端末では投票できません。", "This device is read-only.");
    found.push({ kind: "wait", title: pick("この席は別の端末に引き継がれました", "Another device has taken over this seat"), text, list: waiting, link: [at("/code"), pick("席カードのコードで続ける", "Go on here with the seat card's code")] });
  } else if (signedOut) {
    found.push({ kind: "wait", title: pick("席カードをもう一度お使いください", "Please use your seat card again"), text: pick("選んだ内容はこの端末に残っています。", "Your choices are kept on this tablet."), link: [at("/code"), pick("コードを入力する", "Enter the code")] });
  } else if (waiting.length && (channel.state === "down" || stuck())) {
    const title = pick(`${waiting.length}枚の投票用紙が、この端末で送信を待っています`, `${waiting.length} ballots are waiting on this tablet`);
    found.push({ kind: "down", title, text: pick(`${waiting.join("と")}。通信が戻ると自動で送ります。1分たっても戻らないときは、手を挙げて係員をお呼びください。`, `${waiting.join(", ")}. They are sent when the connection is back. If it takes over a minute, please raise your hand.`) });
  }
  if (!canReloadOffline()) {
    found.push({ kind: "info", title: pick("この接続では、通信のない間に画面を読み込み直せません", "On this connection the page cannot be reloaded offline"), text: pick("通信が切れても投票は端末に残り、つながると送ります。切れている間は、画面を閉じたり読み込み直したりしないでください。", "Your ballots stay on this tablet and are sent when the connection is back. Until then, do not close or reload the page.") });
  }
  if (box && !box.durable) {
    found.push({ kind: "wait", title: pick("この端末には保存できません", "This browser cannot store ballots"), text: pick("確定するまで画面を閉じないでください。", "Keep this page open until your vote is confirmed.") });
  }
  const ballot = ballotOf(front);
  if (ballot?.needs_review && !box?.newest(front)) {
    found.push({ kind: "wait", title: pick("要確認: 選んだ取組が取り下げられました", "Please check: an entry you chose was withdrawn"), text: pick("順位を選び直してください。", "Please choose again.") });
  }
  for (const one of ballots()) {
    if (one.nudged_at && !confirmed(one) && !box?.newest(one.contest)) {
      found.push({ kind: "info", title: pick(`${pollName(one.contest)}の投票がまだ確定していません`, `${pollName(one.contest)}: your ballot is not confirmed yet`), text: pick("審査委員長からのお知らせです。", "A note from the chair.") });
    }
  }
  return found;
}

/** Unsent for more than five seconds although the link looks alive. */
function stuck(): boolean {
  return (box?.versions ?? []).some((version) => time() - Date.parse(version.saved_at) > 5_000);
}

function pollName(contest: string): string {
  const poll = pollOf(contest);
  return poll ? pick(poll.name, poll.name_en) : contest;
}

function paintBanners(): void {
  const home = need<HTMLElement>("[data-banners]");
  const found = notices();
  const key = JSON.stringify(found);
  if (home.dataset.key === key) return;
  home.dataset.key = key;
  home.replaceChildren(...found.map((notice) => el("div", { class: "banner", "data-kind": notice.kind },
    el("div", {},
      el("p", { class: "banner__title" }, notice.title),
      el("p", {}, notice.text),
      notice.list?.length ? el("ul", {}, ...notice.list.map((name) => el("li", {}, name))) : null,
      notice.link ? el("p", {}, el("a", { href: notice.link[0] }, notice.link[1])) : null,
    ))));
}

// --- the counter -------------------------------------------------------------------------------------------------------------

function paintCounter(): void {
  const now = time();
  const poll = pollOf(front);
  const counter = one<HTMLElement>(`[data-panel="${front}"] .counter`);
  if (!poll || !counter) return;
  const phase = phaseOf(poll);
  const [label, text, closes] = counterWords(poll, phase);
  const reading = readCounter(closes, now);
  setText(one("[data-counter-label]", counter), label);
  setText(one("[data-counter-text]", counter), text);
  const shown = phase === "grace" || phase === "closed" ? "" : phase === "draft" ? formatClock(closes, false) : reading.text;
  setText(one("[data-counter-time]", counter), reading.state === "closed" && phase === "open" ? pick("まもなく", "Soon") : shown);
  setData(counter, "state", phase === "closing" ? "closing" : "calm");
  const paper = one<HTMLElement>(`[data-paper="${front}"]`);
  if (paper && paper.dataset.phase !== phase) paint();
}

function counterWords(poll: PollState, phase: Phase): [string, string, number] {
  const closes = Date.parse(poll.closes_at ?? poll.planned_close);
  const waiting = Object.keys(box?.counts() ?? {}).length;
  const until = poll.delayed_until ? formatClock(Date.parse(poll.delayed_until)) : "";
  const partial = pick("途中まででも有効です。空いた順位は詰めて数えます。", "A shorter ranking is valid too.");
  if (phase === "draft") return [pick("受付の開始(予定)", "Opens (planned)"), "", Date.parse(poll.planned_open)];
  if (phase === "open") {
    const at = formatClock(closes, false);
    return [pick(`投票の締切(${at})まで`, `Until the planned close (${at})`), ballotOf(front)?.method === "points" ? partial : "", closes];
  }
  if (phase === "closing") {
    const at = formatClock(closes);
    return [pick(`投票の締切(${at})まで`, `Until the close (${at})`), pick(`締切までに選んだ内容は、${until}までにつながれば数えます。`, `What you choose before then counts if it arrives by ${until}.`), closes];
  }
  if (phase === "grace" && waiting) {
    return [pick("締切りました", "Closed"), pick(`端末の${waiting}枚は送信を続けています。${until}までにつながれば数えます。`, `${waiting} ballots on this tablet are still being sent; they count if they arrive by ${until}.`), closes];
  }
  const recorded = ballotOf(front) && confirmed(ballotOf(front) as BallotState);
  return [pick("締切りました", "Closed"), recorded ? pick("あなたの投票は記録されました。", "Your vote is recorded.") : pick("この投票では記録がありません。", "No vote of yours was recorded here."), closes];
}

// --- which ballot is in front --------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const tab = (event.target as Element).closest<HTMLAnchorElement>(".ballot-tab");
  if (!tab?.dataset.contest || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  bringToFront(tab.dataset.contest);
  history.replaceState(null, "", tab.href);
});

function bringToFront(contest: string): void {
  front = contest;
  for (const tab of all<HTMLElement>(".ballot-tab")) setAttribute(tab, "aria-current", tab.dataset.contest === contest ? "page" : null);
  for (const paper of all<HTMLElement>("[data-paper]")) show(paper, paper.dataset.paper === contest);
  for (const panel of all<HTMLElement>("[data-panel]")) show(panel, panel.dataset.panel === contest);
  const ballot = ballotOf(contest);
  setText(one("[data-heading]"), pollName(contest));
  if (ballot) {
    const japanese = ballot.method === "points" ? `${ballot.entries.length}件・${ballot.places}つ選んで順位をつけます` : `${ballot.entries.length}件・${ballot.places}つ選びます`;
    setText(one("[data-heading-note]"), pick(japanese, `${ballot.entries.length} entries, ${ballot.method === "points" ? `rank up to ${ballot.places}` : `choose ${ballot.places}`}`));
  }
  need("[data-news]").replaceChildren();
  left.scrollTop = 0;
  paint();
  paintCounter();
}

// --- start -----------------------------------------------------------------------------------------------------------------------

const channel = openChannel({
  namespace: "/judge",
  channel: "judge",
  screen: { id: `judge-${seat}`, scene: "ballot" },
  auth: { seat },
  unsent: () => box?.counts() ?? {},
  savedAt: () => box?.savedAt() ?? {},
  onRefused: (code) => {
    if (code === "seat.taken_over") box?.giveUp();
    else signedOut = true;
    if (box) paint();
  },
  onDocument: (document) => {
    if ((document.sections.seat?.lease ?? lease) > lease) location.reload(); // this browser has claimed the seat anew
    current = document;
    signedOut = false;
    box?.keepDocument(document);
    for (const ballot of ballots()) box?.floor(ballot.contest, ballot.lease === lease ? ballot.rev : 0);
    void box?.meet(document.epoch, ballots());
    describeTimers(left, document.sections.timer ?? null);
    paint();
  },
  onLink: () => { if (box) paint(); },
});

async function start(): Promise<void> {
  const opened = await openOutbox({ seat, lease, now: time, onChange: () => { if (box) paint(); }, onAnswer, onSignedOut: () => { signedOut = true; paint(); } });
  for (const ballot of ballots()) opened.floor(ballot.contest, ballot.lease === lease ? ballot.rev : 0);
  current = await newerDocument(opened, seat, current);
  await opened.adopt((contest) => ballotOf(contest)?.lease ?? 0);
  await opened.meet(current.epoch, ballots());
  box = opened;
  paint();
  runTimers(channel.clock, paintCounter);
  setInterval(paintBanners, 1_000);
  opened.wake();
  stayAwake();
  leaveWhenTaken(opened, seat);
  onSignOut(opened, seat);
  await keepShell(seat);
}

showSeat(seat, front, bringToFront);
void start();
