"""The pages of the seats: the list, one seat, Excel in and out, cards to print, whom to phone. Every button works without a script."""

from functools import partial
from io import BytesIO
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from eventapp import clock, excel, links
from eventapp.access import Actor, Role, access
from eventapp.models import Link, Seat
from eventapp.refusals import CATALOGUE, text_of
from eventapp.rules.refusal import Refusal
from eventapp.seating import queries, sheet
from eventapp.seating.forms import SeatForm, packed, typed_row, unpacked
from eventapp.seating.operations import change_seat, import_seats
from eventapp.seating.sheet import REQUIRED, WIDTHS, SeatRow, hiragana
from eventapp.voting.queries import finalists
from eventapp.voting.seats import release_seat, stand_in

blueprint = Blueprint("seating", __name__)
DOOR = (Role.SECRETARIAT, Role.RECEPTION)


def base() -> str:
    """The address that links and QR codes are printed with."""
    return str(current_app.config["EVENTAPP_SETTINGS"].base_url) + request.script_root


@blueprint.get("/desk/seats")
@access(*DOOR)
def seats(actor: Actor) -> str:
    """The seats, found by label, name, reading or body; `free` shows those without a device."""
    wanted, free = request.args.get("q", "").strip()[:60], "free" in request.args
    taken = queries.taken(actor.edition)
    rows = queries.seats_with_links(actor.edition)
    shown = [(seat, link) for seat, link in rows if _found(seat, wanted) and not (free and seat.id in taken)]
    return render_template("seating/seats.html", rows=shown, total=len(rows), taken=taken, q=wanted, free=free)


def _found(seat: Seat, wanted: str) -> bool:
    hay = " ".join((seat.label, seat.name, seat.stand_in, hiragana(seat.kana), *(f"{body.name} {body.kana}" for body in seat.bodies)))
    return all(hiragana(word).casefold() in hiragana(hay).casefold() for word in wanted.split())


@blueprint.get("/desk/seats/cards")
@access(Role.SECRETARIAT)
def cards(actor: Actor) -> str:
    """Seat cards to print, eight a page; `only` prints one."""
    only = request.args.get("only", "")
    found = [_card(seat, link) for seat, link in queries.seats_with_links(actor.edition) if only in ("", seat.label)]
    return render_template("seating/cards.html", pages=[found[i : i + 8] for i in range(0, len(found), 8)], base=base())


def _card(seat: Seat, link: Link) -> dict[str, Any]:
    return {"seat": seat, "url": f"{base()}/link/{links.token_of(link)}", "code": links.code_of(link)}


@blueprint.get("/desk/seats/phone")
@access(*DOOR)
def phone(actor: Actor) -> str:
    """Whom to phone: the seats on which no device sits."""
    taken = queries.taken(actor.edition)
    empty = [seat for seat in queries.seats(actor.edition) if seat.id not in taken]
    return render_template("seating/phone.html", seats=empty, at=clock.now(actor.edition))


# --- Excel ------------------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/seats/list.xlsx")
@access(Role.SECRETARIAT)
def download(actor: Actor) -> Response:
    """The seats as Excel: to fill in, to correct, to keep. Without seats, the empty list with its headings."""
    to_cells = _cells(actor)
    groups = [group.name for group in queries.groups_of(actor.edition)]
    data = excel.write("審査委員の席", WIDTHS, [to_cells(row) for row in queries.rows(actor.edition)], {sheet.GROUP: groups})
    return send_file(BytesIO(data), mimetype=excel.MIME, as_attachment=True, download_name=f"審査委員の席_{actor.edition.slug}.xlsx")


def _cells(actor: Actor) -> Any:
    groups = {group.code: group.name for group in queries.groups_of(actor.edition)}
    return partial(sheet.cells, groups=groups, bodies=queries.body_names())


@blueprint.get("/desk/seats/import")
@access(Role.SECRETARIAT)
def upload(_actor: Actor) -> str:
    return _upload()


def _upload(**found: Any) -> str:
    return render_template("seating/import.html", columns=WIDTHS, required=REQUIRED, **found)


@blueprint.post("/desk/seats/import")
@access(Role.SECRETARIAT)
def preview(actor: Actor) -> tuple[str, int]:
    """What the file would do, or its faults cell by cell; nothing is stored."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Refusal("file.omitted")
        rows = excel.read(file.read(), list(WIDTHS), required=REQUIRED)
    except Refusal as refusal:
        return _upload(refusal=text_of(refusal, "ja")), CATALOGUE[refusal.code].status
    checked = sheet.check(rows, queries.known(actor.edition))
    if checked.faults or not checked.seats:
        return _upload(faults=checked.faults, empty=not checked.seats), 422
    found = sheet.plan(queries.rows(actor.edition), checked.seats)
    return render_template(
        "seating/preview.html", plan=found, rows=packed(checked.seats), seen=queries.fingerprint(actor.edition),
        frozen=actor.edition.rules_frozen_at, groups={group.code: group.name for group in queries.groups_of(actor.edition)},
        bodies=queries.body_names(), columns=_columns(),
    ), 200  # fmt: skip


def _columns() -> dict[str, str]:
    return dict(zip(SeatRow.__slots__, (sheet.LABEL, sheet.GROUP, sheet.NAME, sheet.KANA, sheet.ENGLISH, sheet.SHORT, sheet.BODIES,
                                        sheet.RECUSED, sheet.PHONE, sheet.MAIL), strict=True))  # fmt: skip


@blueprint.post("/desk/seats/import/apply")
@access(Role.SECRETARIAT)
def apply(actor: Actor) -> Response:
    """Import the rows that the preview showed, all or nothing."""
    wanted = unpacked(request.form.get("rows", ""), queries.known(actor.edition), _cells(actor))
    found = import_seats(actor, wanted=wanted, drop="drop" in request.form, seen=request.form.get("seen", ""))
    flash(f"席を取り込みました(追加{len(found.new)}席、変更{len(found.changed)}席)。追加した席のカードを印刷してください。")
    return redirect(url_for(".seats"), 303)


# --- one seat ---------------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/seats/<seat>")
@access(*DOOR, seat=queries.one_seat)
def one(actor: Actor, seat: Seat) -> str:
    return _page(actor, seat, _form(actor, seat))


def _form(actor: Actor, seat: Seat) -> SeatForm:
    row = queries.row_of(seat)
    shown = dict(zip(SeatRow.__slots__, _cells(actor)(row), strict=True)) | {"group": row.group}
    form = SeatForm(data=shown)
    form.group.choices = [(group.code, group.name) for group in queries.groups_of(actor.edition)]
    return form


def _page(actor: Actor, seat: Seat, form: SeatForm) -> str:
    link = next((link for found, link in queries.seats_with_links(actor.edition) if found is seat), None)
    return render_template(
        "seating/seat.html", seat=seat, form=form, link=link, card=_card(seat, link) if link and actor.role is Role.SECRETARIAT else None,
        taken=seat.id in queries.taken(actor.edition), recusals=queries.recusals(seat), frozen=actor.edition.rules_frozen_at,
        seen=queries.fingerprint(actor.edition), entries=finalists(actor.edition),
    )  # fmt: skip


@blueprint.post("/desk/seats/<seat>")
@access(Role.SECRETARIAT, seat=queries.one_seat)
def change(actor: Actor, seat: Seat) -> Response | tuple[str, int]:
    """Names and contacts at any time; group, bodies and recusals until the seats are frozen."""
    form, before = _form(actor, seat), queries.row_of(seat)
    frozen: dict[str, str] = {}
    if actor.edition.rules_frozen_at is not None:
        as_shown = dict(zip(WIDTHS, _cells(actor)(before), strict=True))
        frozen = {column: as_shown[column] for column in (sheet.GROUP, sheet.BODIES, sheet.RECUSED)}
    row = typed_row(form, before, queries.known(actor.edition), frozen)
    if row is None:
        return _page(actor, seat, form), 422
    change_seat(actor, seat=seat.label, row=row, seen=request.form.get("seen", ""))
    flash(f"席 {seat.label} の内容を保存しました。")
    return redirect(url_for(".one", seat=seat.label), 303)


@blueprint.post("/desk/seats/<seat>/release")
@access(*DOOR, seat=queries.one_seat)
def release(actor: Actor, seat: Seat) -> Response:
    """Let the next device in without the code; the present one becomes read-only."""
    release_seat(actor, seat=seat.label)
    flash(f"席 {seat.label} の端末を外しました。新しい端末で席カードを読み取ってください。")
    return redirect(url_for(".one", seat=seat.label), 303)


@blueprint.post("/desk/seats/<seat>/stand-in")
@access(*DOOR, seat=queries.one_seat)
def substitute(actor: Actor, seat: Seat) -> Response:
    """Put a stand-in on the seat with the own recusals; an empty name takes the stand-in back."""
    stand_in(actor, seat=seat.label, name=request.form.get("name", ""), recused=request.form.getlist("recused"))
    said = "代理を登録しました。席カードはそのまま使えます。" if seat.stand_in else "代理を取り消しました。"
    flash(f"席 {seat.label} の{said}")
    return redirect(url_for(".one", seat=seat.label), 303)
