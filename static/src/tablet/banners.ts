/** What stands in the judge's way, in words above the paper: taken over, signed out, waiting, to be checked, called. */
import { at, el, need, pick } from "../lib/dom";
import { canReloadOffline } from "../lib/shell";
import { perEntry, type State } from "./state";

interface Notice {
  kind: string;
  title: string;
  text: string;
  list?: string[];
  link?: [string, string];
}

export function paintBanners(state: State): void {
  const home = need<HTMLElement>("[data-banners]");
  const found = [...seatNotices(state), ...ballotNotices(state)];
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

function seatNotices(state: State): Notice[] {
  const { contests, count } = state.unsent();
  const waiting = contests.map((contest) => state.pollName(contest));
  const found: Notice[] = [];
  if (state.readOnly()) {
    const text = waiting.length ? pick("次の投票用紙は送信されていません。", "These ballots were not sent:") : pick("この端末では投票できません。", "This device is read-only.");
    found.push({ kind: "wait", title: pick("この席は別の端末に引き継がれました", "Another device has taken over this seat"), text, list: waiting, link: [at("/code"), pick("席カードのコードで続ける", "Go on here with the seat card's code")] });
  } else if (state.signedOut) {
    found.push({ kind: "wait", title: pick("席カードをもう一度お使いください", "Please use your seat card again"), text: pick("選んだ内容はこの端末に残っています。", "Your choices are kept on this tablet."), link: [at("/code"), pick("コードを入力する", "Enter the code")] });
  } else if (count && (state.channel?.state === "down" || stuck(state))) {
    const title = pick(`${count}枚の投票用紙が、この端末で送信を待っています`, `${count} ballots are waiting on this tablet`);
    found.push({ kind: "down", title, text: pick(`${waiting.join("と")}。通信が戻ると自動で送ります。1分たっても戻らないときは、手を挙げて係員をお呼びください。`, `${waiting.join(", ")}. They are sent when the connection is back. If it takes over a minute, please raise your hand.`) });
  }
  for (const seat of state.others) {
    found.push({ kind: "wait", title: pick(`席 ${seat} の投票が、この端末に残っています`, `Ballots of seat ${seat} are still on this device`), text: pick("まだ送信されていません。その席の画面を開くと送ります。", "They have not been sent. They are when that seat's page is open."), link: [`${at("/judge")}?seat=${encodeURIComponent(seat)}`, pick(`席 ${seat} の画面を開く`, `Open seat ${seat}`)] });
  }
  if (!canReloadOffline()) {
    found.push({ kind: "info", title: pick("この接続では、通信のない間に画面を読み込み直せません", "On this connection the page cannot be reloaded offline"), text: pick("通信が切れても投票は端末に残り、つながると送ります。切れている間は、画面を閉じたり読み込み直したりしないでください。", "Your ballots stay on this tablet and are sent when the connection is back. Until then, do not close or reload the page.") });
  }
  if (state.box && !state.box.durable) {
    found.push({ kind: "wait", title: pick("この端末には保存できません", "This browser cannot store ballots"), text: pick("確定するまで画面を閉じないでください。", "Keep this page open until your vote is confirmed.") });
  }
  return found;
}

function ballotNotices(state: State): Notice[] {
  const found: Notice[] = [];
  const ballot = state.ballotOf(state.front);
  if (ballot?.needs_review && (perEntry(ballot) || !state.waiting(ballot))) {
    found.push({ kind: "wait", title: pick("要確認: 選んでいた取組が投票の対象から外れました", "Please check: an entry you chose is no longer on your ballot"), text: pick("その取組の分は数えません。ほかの取組を選び直せます。", "It does not count any more. You may choose again.") });
  }
  for (const one of state.ballots()) {
    const silent = perEntry(one) ? !state.anyConfirmed(one) : state.sign(one) === "empty";
    if (one.nudged_at && silent) {
      const name = state.pollName(one.contest);
      found.push({ kind: "info", title: pick(`${name}の投票がまだ確定していません`, `${name}: your ballot is not confirmed yet`), text: pick("審査委員長からのお知らせです。", "A note from the chair.") });
    }
  }
  return found;
}

/** Unsent for more than five seconds although the link looks alive. */
function stuck(state: State): boolean {
  return (state.box?.versions ?? []).some((version) => state.time() - Date.parse(version.saved_at) > 5_000);
}
