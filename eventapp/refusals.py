"""How a refusal looks: the catalogue of codes in Japanese and English, as a page, as JSON, as a socket's ack."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from eventapp import outage
from eventapp.rules.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Text:
    status: int
    ja: str
    en: str


CATALOGUE: dict[str, Text] = {
    # the frame
    "access.denied": Text(401, "この画面を開くには、お手元のリンクまたは席カードが必要です。", "Open your personal link or seat card to see this page."),
    "page.missing": Text(404, "お探しのページは見つかりませんでした。アドレスをお確かめください。", "There is no such page. Please check the address."),
    "form.expired": Text(400, "画面を開いてから時間がたったため、受け付けられませんでした。もう一度開いてから操作してください。入力した内容は残っていません。", "This page was open for too long. Please reload it and try again."),
    "request.malformed": Text(400, "送られた内容を読み取れませんでした。", "The request could not be read."),
    "request.too_large": Text(413, "送られた内容が大きすぎます。", "The request is too large."),
    "method.refused": Text(405, "この操作は受け付けられません。", "This is not allowed here."),
    "server.failed": Text(500, "処理中に問題が起きました。内容は変わっていません。少し待ってからもう一度お試しください。", "Something went wrong. Nothing was changed. Please try again shortly."),
    "server.busy": Text(503, "ただいま受け付けられません。内容は変わっていません。少し待ってからもう一度お試しください。", "The service cannot answer right now. Nothing was changed. Please try again shortly."),
    "command.unknown": Text(400, "その操作はありません。", "There is no such command."),
    "command.reused": Text(409, "同じ受付番号で別の操作が送られました。画面を開き直してください。", "This operation id was used for another command."),
    "clock.refused": Text(409, "時計を動かせるのは、デモとリハーサルだけです。", "Only a demo or a rehearsal may set its clock."),
    "edition.kept": Text(409, "削除できるのは、リハーサルだけです。", "Only a rehearsal can be deleted."),
    # people
    "link.invalid": Text(404, "このリンクは使えません。事務局に新しいリンクをお求めください。", "This link does not work. Please ask the office for a new one."),
    "code.wrong": Text(400, "コードが違います。席カードの8文字をお確かめください。", "The code is wrong. Please check the eight letters on your card."),
    "code.locked": Text(429, "コードの誤りが続いたため、15分ほど受け付けを止めています。お急ぎのときは係員にお声がけください。", "Too many wrong codes. Please wait 15 minutes or ask the staff."),
    "seat.occupied": Text(409, "この席はほかの端末で使われています。引き継ぐには席カードのコードを入力してください。", "This seat is in use on another device. Enter the code on the card to take it over."),
    "reason.omitted": Text(422, "理由を記入してください。", "Please give a reason."),
    "phase.superseded": Text(409, "ほかの方が先に段階を進めました。いまの段階を確かめてください。", "Somebody else has moved the phase. Please check where it is."),
    # the rundown
    "slot.unknown": Text(404, "その進行項目はありません。", "There is no such slot."),
    "slot.started": Text(409, "その項目はもう始まっています。", "That slot has already started."),
    "slot.finished": Text(409, "その項目は終わっています。", "That slot is over."),
    "slot.skipped": Text(409, "その項目は飛ばされています。戻すには「取り消す」を使ってください。", "That slot was skipped. Undo to bring it back."),
    "slot.idled": Text(409, "その項目は進行中ではありません。", "That slot is not on stage."),
    "slot.paused": Text(409, "その項目はもう一時停止しています。", "That slot is already paused."),
    "slot.resumed": Text(409, "その項目は一時停止していません。", "That slot is not paused."),
    "slot.restored": Text(409, "その項目は飛ばされていません。", "That slot was not skipped."),
    "cue.superseded": Text(409, "ほかの方が先に進行を動かしました。いまの項目を確かめてから、もう一度操作してください。", "Somebody else has moved the show on. Check what is on stage and try again."),
    "cue.unknown": Text(404, "取り消せる操作がありません。取り消せるのは最後の操作だけです。", "Nothing to undo: only the last cue can be taken back."),
    "block.emptied": Text(409, "発表が1件もありません。", "There is no presentation to place."),
    "block.overfilled": Text(409, "{n}件の発表はこのブロックの時間に入りません。", "{n} presentations do not fit into this block."),
    # polls and ballots
    "ballot.invalid": Text(422, "投票の内容を受け付けられませんでした({field})。画面を開き直してください。", "This ballot could not be accepted ({field}). Please reload the page."),
    "ballot.recused": Text(422, "利益相反のため、この取組には投票できません。", "You are recused from this entry."),
    "ballot.superseded": Text(409, "より新しい投票がすでに確定しています。", "A newer version of this ballot is already confirmed."),
    "seat.taken_over": Text(409, "この席は別の端末に引き継がれました。この端末では投票できません。", "This seat was taken over by another device. This one is read-only."),
    "seat.unknown": Text(404, "その席はありません。", "There is no such seat."),
    # lists in Excel, and the seats
    "file.omitted": Text(422, "ファイルを選んでください。", "Please choose a file."),
    "file.unreadable": Text(422, "ファイルを読み取れません。Excel(.xlsx)かCSVで保存し直してください。", "The file cannot be read. Please save it as Excel (.xlsx) or CSV."),
    "file.protected": Text(422, "パスワードの付いたファイルと古い形式(.xls)は読み取れません。パスワードを外し、.xlsxで保存し直してください。", "Protected files and the old .xls format cannot be read. Please save it as .xlsx without a password."),
    "file.macros": Text(422, "マクロの入ったファイルは受け付けません。マクロなしの.xlsxで保存し直してください。", "Files with macros are not accepted. Please save it as .xlsx."),
    "file.too_large": Text(413, "ファイルが大きすぎます(5,000行まで)。", "The file is too large (5,000 rows at most)."),
    "file.columns": Text(422, "1行目の見出しを確かめてください(足りない列: {missing}、重なっている列: {twice})。", "Please check the headings in row 1 (missing: {missing}; twice: {twice})."),
    "seat.frozen": Text(409, "最初の零票の確認で席は確定しています。変えられるのは名前、ふりがな、英語表記、略称、連絡先だけです({seats})。", "The seats are frozen since the first zero report; only names, readings and contacts may change ({seats})."),
    "seat.superseded": Text(409, "確認の画面を開いたあとで、席の一覧が変わりました。もう一度確かめてから取り込んでください。", "The seats have changed since the preview was shown. Please check again."),
    "seat.used": Text(409, "投票のある席は外せません({seats})。", "Seats that have voted cannot be removed ({seats})."),
    "poll.unknown": Text(404, "その投票はありません。", "There is no such poll."),
    "poll.not_open": Text(409, "この投票はまだ始まっていません。", "This poll has not been opened yet."),
    "poll.closed": Text(409, "この投票は締め切られました。", "This poll is closed."),
    "poll.superseded": Text(409, "投票の状態が変わっています(いまの状態: {current})。画面を確かめてください。", "The poll has moved on (now: {current}). Please check the screen."),
    "poll.counted": Text(409, "すでに票が入っているため、零票を確認できません。", "There are ballots already, so the zero report is refused."),
    "poll.empty": Text(409, "投票の対象になる取組がありません。", "There is no entry to vote on."),
    "poll.revealed": Text(409, "受賞の発表が始まっているため、再開できません。", "The reveal has begun, so this poll cannot be re-opened."),
    # the rules of the count
    "rules.frozen": Text(409, "集計のルールは確定しているため、変更できません。確定した日時と理由は「集計のルール」の画面にあります。", "The rules are frozen and cannot be changed. The page of the rules says since when and why."),
    "rules.superseded": Text(409, "ほかの方が先に集計のルールを保存しました。見比べてから、もう一度保存してください。", "Somebody else saved the rules first. Please compare and save again."),
    "rules.unweighted": Text(409, "「{groups}」の席に重みがないため、確定できません。集計のルールを直してください。", "Seats of {groups} have no weight, so the rules cannot be frozen. Please correct the rules."),
    "rules.malformed": Text(422, "集計のルールに直すところが{n}件あるため、保存していません。", "The rules were not saved: {n} things must be put right."),
    "rules.changed": Text(409, "零票の確認のあとで集計のルールが変わっています。", "The rules were changed after the first zero report."),
    # paper ballots
    "paper.unknown": Text(404, "そのコードの投票用紙はありません。用紙のコードをお確かめください。", "There is no paper ballot with this code."),
    "paper.superseded": Text(409, "この投票用紙の処理は先に進んでいます。いまの状態を確かめてください。", "This paper ballot has moved on. Please check where it stands."),
    "paper.untimely": Text(422, "受け取った時刻は、受付の開始からいままでの間で入力してください。", "Give a time between the opening of the poll and now."),
    "paper.blank": Text(422, "何も入力されていません。何も書かれていない用紙なら「白票」に印を付けてください。", "Nothing was entered. Tick “blank” if nothing is written on the paper."),
    "paper.contradicted": Text(422, "「白票」の印と入力した内容が食い違っています。用紙を見直してください。", "“Blank” is ticked and something was entered. Please look at the paper again."),
    "paper.unclear": Text(422, "{entry} の記入を読み取れません。順位は1から順に重ならないように、点数は数字で入力してください。", "The entry for {entry} cannot be read: ranks must differ, marks must be numbers."),
    "paper.seatless": Text(422, "用紙を印刷する席がありません。席の番号をお確かめください。", "There is no seat to print a paper for."),
    "nudge.repeated": Text(409, "続けて知らせるときは、{seconds}秒ほど間をあけてください。", "Please wait {seconds} seconds between calls."),
    # a judge's own recusal
    "recusal.unexplained": Text(422, "理由を選んでください。「その他」のときは、200字までで理由を書いてください。", "Please choose a reason. With “Other”, give it in up to 200 characters."),
    "recusal.unknown": Text(404, "そのエントリーは投票の対象にありません。", "This entry is not on any ballot."),
    "recusal.late": Text(409, "この取組の投票はすべて締め切られています。申し出は係員にお伝えください。", "Every poll about this entry is closed. Please tell the staff."),
    # the reveal
    "reveal.superseded": Text(409, "ほかの方が先に発表を進めました。いまの段階を確かめてください。", "Somebody else has moved the reveal on. Please check where it is."),
    "reveal.finished": Text(409, "すべての賞の発表が終わっています。", "Every prize has been revealed."),
    "reveal.revealed": Text(409, "発表した受賞は、取り消せません。訂正の手続きをしてください。", "A revealed winner cannot be taken back; use a correction."),
    "reveal.started": Text(409, "戻れる段階がありません。", "There is no step to go back to."),
    # the overlay
    "layer.unknown": Text(400, "その表示はありません。", "There is no such graphic."),
    # entries
    "entry.recused": Text(403, "所属団体のエントリーなので、採点できません(除斥)。", "This entry is of your own body, so you cannot score it."),
    "screening.closed": Text(409, "一次審査の期間ではないので、採点を変更できません。", "Scores can be changed during the first-round screening only."),
    "score.malformed": Text(422, "採点は、各項目1つずつ、示された点数から選んでください。", "Please choose one of the scores for each criterion."),
    "reason.missing": Text(422, "理由を入力してください。", "Please enter a reason."),
    "assignment.changed": Text(409, "割当の元になる情報が変わりました。もう一度、割当案を確かめてください。", "The data behind this draft has changed. Please look at the draft again."),
    "assignment.closed": Text(409, "一次審査が終わっているので、割当を変更できません。", "The first-round screening is over; assignments are closed."),
    "selection.unexplained": Text(422, "線だけでは決まらない選考です(同点、入替え、未完了の採点)。理由を入力してください。", "The line alone does not decide this (tie, exchange or open sheets). Please enter a reason."),
    "selection.undecided": Text(409, "選考案のない部門またはエントリーがあります。", "Some category or entry has no decision yet."),
    "selection.released": Text(409, "選考結果はもう通知されています。", "The outcomes have been released already."),
    "entry.unknown": Text(422, "この部門にないエントリーが含まれています。", "An entry does not belong to this category."),
    "phase.skipped": Text(409, "年度の段階は、1つずつ進めてください。", "Please move the phase one step at a time."),
    "entry.changed": Text(409, "ほかの方が先にこのエントリーを保存しました。画面を開き直して、内容を見比べてください。", "Somebody else saved this entry first. Please reload and compare."),
    "entry.incomplete": Text(409, "まだ直すところがあります。各ページの内容を確かめてください。", "The entry is not complete yet. Please check each step."),
    "entry.shared": Text(409, "共同応募の内容を変更できるのは、代表の団体です。", "Only the leading body may change a joint entry."),
    "submission.reserved": Text(409, "この操作は、団体の取りまとめ担当が行います。", "Only the body's coordinator may do this."),
    "body.missing": Text(409, "団体が登録されていません。事務局にお知らせください。", "No body is registered for you. Please tell the office."),
    "entry.superseded": Text(409, "ほかの方がこのエントリーの状態を変えました。画面を開き直してください。", "Somebody else has changed this entry. Please reload."),
    "entry.submitted": Text(409, "このエントリーはもう提出されています。", "This entry has been submitted already."),
    "entry.withdrawn": Text(409, "このエントリーは取り下げられています。", "This entry was withdrawn."),
    "entry.locked": Text(409, "この項目は、いまは変更できません。変更が必要なときは事務局にお知らせください。", "This answer can no longer be changed. Please tell the office."),
    "deadline.passed": Text(409, "提出の締切を過ぎています。下書きは保存されています。事務局にご相談ください。", "The deadline has passed. Your draft is kept; please contact the office."),
    # programme
    "block.missing": Text(404, "その時間枠はプログラムにありません。", "The programme has no such block."),
    "block.started": Text(409, "この時間枠はもう始まっているため、並べ直せません。", "This block has begun and cannot be arranged again."),
    "block.passed": Text(409, "その時間枠はもう始まっているか、終わっています。", "That block has begun or is over."),
    "message.overlong": Text(400, "伝言は{most}字までです。", "A message has at most {most} characters."),
    # results
    "result.withheld": Text(409, "すべての投票が締め切られるまで、集計は誰にも表示されません。", "No number is shown to anybody until all polls are closed."),
    "result.reserved": Text(403, "結果を開き、決定し、署名できるのは、あらかじめ定めた署名者だけです。", "Only the named sealers may see, decide and sign the result."),
    "result.unsettled": Text(409, "決定が必要な賞が残っているため、まだ署名できません。", "Some prizes still need a decision, so the result cannot be signed yet."),
    "result.superseded": Text(409, "画面を開いたあとに結果が変わりました。画面を開き直し、内容を確かめてから署名してください。", "The result has changed since this page was opened. Reload it and check before signing."),
    "result.sealed": Text(409, "結果はすでに確定しています。", "The result is already sealed."),
    "result.unsealed": Text(409, "結果がまだ確定していません。2名の署名のあとで発表を始められます。", "The result is not sealed yet. The reveal can begin after two signatures."),
    "result.revealed": Text(409, "結果の発表が始まっているため、変更できません。", "The reveal has begun, so this cannot be changed."),
    "signature.repeated": Text(409, "この結果にはすでに署名しています。もう1名の署名が必要です。", "You have already signed this result. Another person has to sign."),
    "decision.unneeded": Text(409, "この賞は、いまその決定を必要としていません。", "This prize does not need that decision now."),
    "decision.malformed": Text(400, "同順位のエントリーのすべてに、別々の順番を付けてください。", "Give every tied entry a place of its own."),
    "decision.recused": Text(403, "同順位のエントリーにご自身の団体が含まれるか、除斥を申し出ているため、決定できません。画面に示された、ほかの方が決定してください。", "Your own body is among the tied entries, or you declared yourself recused. Somebody else has to decide."),
    "decision.reserved": Text(403, "この賞を決定できる方がいるため、次の手順に委ねることはできません。", "Somebody may still decide this prize, so it cannot be left to the next step."),
    "decider.unnamed": Text(422, "除斥を申し出る対象を選んでください。", "Choose the entry from which you are recused."),
    "reason.overlong": Text(422, "理由は{most}字までです。", "The reason has at most {most} characters."),
    "ballots.sealed": Text(409, "票の中身は、結果が確定したあとに、監査担当と署名者だけが開けます。", "Ballots open after the seal, to the auditor and the sealers only."),
    # what is published of a prize
    "peek.reserved": Text(403, "発表の前に受賞者を確かめられるのは、署名者と、署名者が指定した担当者だけです。", "Only sealers and the persons they named may look at a winner before the reveal."),
    "prize.unknown": Text(404, "その賞はありません。", "There is no such prize."),
    "remark.overlong": Text(422, "講評は{most}字までです。", "The comment has at most {most} characters."),
    "correction.unneeded": Text(409, "発表した内容は、いまの結果と同じです。訂正するものはありません。", "What was published equals the result; there is nothing to correct."),
    "correction.superseded": Text(409, "訂正案のあとで内容が変わりました。もう一度、訂正案を作ってください。", "Something changed since this was proposed. Please propose it again."),
    "correction.alone": Text(409, "訂正には、訂正案を作った方とは別の署名者の確認が必要です。", "Another sealer has to confirm the correction."),
    # the public lot
    "lot.uncommitted": Text(409, "くじの約束がまだありません。先に約束を作ってください。", "The lot has not been promised yet."),
    "lot.early": Text(409, "会場のことばは、すべての投票が締め切られてから入力します。", "The hall's words are taken after all polls are closed."),
    "lot.worded": Text(409, "会場のことばはもう決まっています。聞き違いのときは、理由を書いて約束を作り直してください。", "The words are fixed. If they were misheard, take the lot back with a reason."),
    "lot.unworded": Text(409, "会場のことばがまだ入力されていません。", "The hall's words have not been entered yet."),
    "lot.wordless": Text(422, "会場のことばを、{most}字までの1行で入力してください。", "Enter the hall's words in one line of at most {most} characters."),
    "lot.drawn": Text(409, "くじはもう引かれています。引き直しはできません。", "The lot has been drawn. There is no second draw."),
    "lot.broken": Text(409, "約束した数を開けません(この装置の鍵が変わっています)。理由を書いて約束を作り直してください。", "The promise cannot be opened: the installation's secret has changed. Take it back with a reason."),
    # journal and ceremony
    "wording.malformed": Text(422, "表記は、1行300字までの文字で入力してください。", "Please enter each text as one line of at most 300 letters."),
    "wording.superseded": Text(409, "画面を開いたあとに表記が変わりました。画面を開き直し、確かめてから確認してください。", "The wording has changed since this page was opened. Reload it and check."),
    "wording.incomplete": Text(409, "足りない表記または長すぎる表記があるため、まだ確認できません。", "Some wording is missing or too long, so it cannot be confirmed yet."),
    "wording.unconfirmed": Text(409, "発表者の表記が確認されていないエントリーが{n}件あるため、プログラムの段階へ進めません。「発表者の表記」で確かめてください。", "The wording of {n} finalists is not confirmed, so the programme phase cannot begin."),
    "pack.reserved": Text(403, "表彰式の資料を開けるのは、署名者が指定した3名までの担当者だけです。", "Only the three persons named by the sealers may open the ceremony pack."),
    "pack.full": Text(409, "表彰式の資料を開けるのは{most}名までです。結果の確定のあとに資料を開いた方は、指定を外しても1名に数えます。", "At most {most} persons may open the ceremony pack; whoever has opened it counts."),
    "pack.unknown": Text(404, "その方は指定できません。", "This person cannot be named."),
    "line.unknown": Text(404, "記録にその行はありません。", "The journal has no such line."),
    # decisions
}  # fmt: skip


def text_of(refusal: Refusal, lang: str = "ja") -> str:
    """The sentence for people, with the details filled in."""
    known = CATALOGUE[refusal.code]
    values = {name: value for name, value in refusal.details.items() if isinstance(value, str | int)}
    return (known.en if lang == "en" else known.ja).format_map(_Blank(values))


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def as_ack(refusal: Refusal) -> dict[str, Any]:
    """A refusal as a socket's ack or a JSON body."""
    return {"ok": False, "code": refusal.code, "text": text_of(refusal), **_plain(refusal.details)}


def acknowledged(handler: Callable[..., Any]) -> Callable[..., Any]:
    """A socket's handler that never ends in silence: a refusal or failure is told as such, and a tablet keeps its ballot."""

    @wraps(handler)
    def run(*args: Any) -> Any:
        try:
            return handler(*args)
        except Refusal as refusal:
            return as_ack(refusal)
        except Exception as error:
            if outage.is_outage(error):
                outage.note(error)
                return as_ack(Refusal("server.busy"))
            logging.getLogger(__name__).exception("%s failed", handler.__name__)
            return as_ack(Refusal("server.failed"))

    return run


def _plain(details: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in details.items() if name not in ("ok", "code", "text", "roles")}


def wants_json() -> bool:
    return (
        request.is_json
        or request.path.startswith(("/live/", "/commands/", "/api/"))
        or (request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json")
    )


def as_response(refusal: Refusal) -> tuple[Response | str, int]:
    status = CATALOGUE[refusal.code].status
    if status == 503:
        return busy(), status
    if wants_json():
        return jsonify(as_ack(refusal)), status
    lang = "en" if request.args.get("lang") == "en" else "ja"
    return render_template("refusals/refusal.html", refusal=refusal, text=text_of(refusal, lang), status=status), status


def busy() -> Response:
    known = CATALOGUE["server.busy"]
    return outage.response(known.ja, known.en, as_json=wants_json())


HTTP_CODES = {400: "request.malformed", 404: "page.missing", 405: "method.refused", 413: "request.too_large", 503: "server.busy"}


def install(app: Flask) -> None:
    """Every error becomes a refusal of the catalogue: never a bare 5xx, never a stack trace."""
    app.register_error_handler(Refusal, as_response)

    @app.errorhandler(CSRFError)
    def csrf_refused(_error: CSRFError) -> tuple[Response | str, int]:
        return as_response(Refusal("form.expired"))

    @app.errorhandler(HTTPException)
    def http_refused(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        if error.code == 500:  # raised while the request was opened: a session that could not be read
            return failed(getattr(error, "original_exception", None) or error)
        return as_response(Refusal(HTTP_CODES.get(error.code, "request.malformed")))

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Any:
        if outage.is_outage(error):
            outage.note(error)
            return busy()
        if app.testing:
            raise error
        app.logger.exception("unexpected error")
        return as_response(Refusal("server.failed"))
