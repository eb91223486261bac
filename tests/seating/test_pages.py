"""The pages of the seats: 85 judges by Excel, a change at 9:50, a stand-in, a device given back, whom to phone."""

import html
import io
import re
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from eventapp import access, excel
from eventapp.admin.queries import edition_named, every_link
from eventapp.extensions import db
from eventapp.models import JournalLine, Link, Seat, SeatRecusal
from eventapp.seating.sheet import WIDTHS
from tests.page import PageClient


@pytest.fixture
def desk(app: Flask, client: PageClient) -> PageClient:
    client.enter(every_link("http://localhost")["secretariat"])
    return client


def downloaded(desk: PageClient) -> list[list[str]]:
    sheet = load_workbook(io.BytesIO(desk.get("/desk/seats/list.xlsx").data)).worksheets[0]
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def upload(desk: PageClient, lines: list[list[str]] | bytes) -> Any:
    data = lines if isinstance(lines, bytes) else excel.write("席", dict.fromkeys(lines[0], 10), lines[1:])
    return desk.form_post("/desk/seats/import", file=(io.BytesIO(data), "席.xlsx"))


def apply(desk: PageClient, page: str, **more: str) -> Any:
    fields = {name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)}
    return desk.post("/desk/seats/import/apply", data=fields | more)


def seat(label: str) -> Seat:
    return db.session.scalars(select(Seat).where(Seat.label == label, Seat.edition_id == edition_named(None).id)).one()


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Seat)) or 0


def last(act: str) -> str:
    line = db.session.scalars(select(JournalLine).where(JournalLine.act == act).order_by(JournalLine.id.desc())).first()
    return line.details if line else ""


def freeze() -> None:
    edition = edition_named(None)
    edition.rules_frozen_at = edition.created_at if hasattr(edition, "created_at") else db.session.scalar(select(JournalLine.at).limit(1))
    edition.rules_sha256 = "0" * 64
    db.session.commit()


def test_the_list_that_is_saved_is_taken_back_unchanged(desk: PageClient) -> None:
    lines = downloaded(desk)

    assert (lines[0], len(lines)) == (list(WIDTHS), 86)
    page = upload(desk, lines).get_data(as_text=True)
    assert re.findall(r'class="figure"[^>]*>.*?(\d+)', page, re.S)[:4] == ["0", "0", "85", "0"]


def test_85_judges_come_from_excel_into_an_edition_without_any(app: Flask, desk: PageClient) -> None:
    lines = downloaded(desk)
    for row in db.session.scalars(select(Seat)):
        db.session.delete(row)
    db.session.commit()

    page = upload(desk, lines)
    assert (page.status_code, count()) == (200, 0)
    assert apply(desk, page.get_data(as_text=True)).status_code == 303

    judges = every_link("http://localhost")["judges"]
    assert len(judges) == 85
    chofu = next(row for row in judges if row["name"] == "調布市CIO")
    assert (chofu["group"], chofu["bodies"]) == ("municipal-cio", ["132080"])
    other = app.test_client()
    assert other.enter(judges[84]["url"]).status_code == 303  # type: ignore[attr-defined]
    assert desk.get("/desk/seats/cards").get_data(as_text=True).count('class="card"') == 85


def test_a_file_changes_adds_and_removes_only_when_told(desk: PageClient) -> None:
    lines = downloaded(desk)
    lines[1][2], lines[1][7] = "東京都 最高情報責任者", "S-014"
    kept = [*lines[:85], ["B-01", "自治体職員", "追加の職員", "ついか", "", "", "調布市", "", "03-0000-0000", "b@example.org"]]
    page = upload(desk, kept).get_data(as_text=True)
    assert apply(desk, page).status_code == 303
    assert (count(), seat("A-01").name, seat("B-01").bodies[0].name) == (86, "東京都 最高情報責任者", "調布市")
    assert db.session.scalars(select(SeatRecusal.reason).where(SeatRecusal.seat_id == seat("A-01").id)).all() == ["list"]
    assert "追加の職員" not in last("seats.imported")

    page = upload(desk, kept).get_data(as_text=True)
    assert apply(desk, page, drop="on").status_code == 303
    assert count() == 85
    assert db.session.scalars(select(Link).join(Seat, Seat.id == Link.seat_id).where(Seat.label == "A-85")).first() is None


def test_faults_are_told_by_cell_and_nothing_is_taken(desk: PageClient) -> None:
    lines = downloaded(desk)
    lines[1][1], lines[2][6], lines[3][0] = "町内会", "大阪市", "A-02"
    answer = upload(desk, lines)

    page = answer.get_data(as_text=True)
    assert (answer.status_code, count()) == (422, 85)
    words = ("「町内会」という区分はありません", "「大阪市」という団体はありません", "席「A-02」は3行目にもあります")
    assert all(word in page for word in words)
    assert "エラー" in page


@pytest.mark.parametrize(
    ("data", "word"), [("名前\nx\n".encode(), "見出し"), (b"PK\x03\x04?", "読み取れません"), (b"\xd0\xcf\x11\xe0", "パスワード")]
)
def test_a_file_that_is_no_list_says_so_on_the_page(desk: PageClient, data: bytes, word: str) -> None:
    answer = upload(desk, data)
    assert (answer.status_code, word in answer.get_data(as_text=True)) == (422, True)


def test_without_a_file_the_page_says_so(desk: PageClient) -> None:
    answer = desk.form_post("/desk/seats/import")
    assert (answer.status_code, "ファイルを選んでください" in answer.get_data(as_text=True)) == (422, True)


def test_seats_that_changed_since_the_preview_are_not_overwritten(desk: PageClient) -> None:
    lines = downloaded(desk)
    lines[1][2] = "上書き"
    page = upload(desk, lines).get_data(as_text=True)
    seat("A-05").phone = "03-1111-2222"
    db.session.commit()

    assert apply(desk, page).status_code == 409
    assert seat("A-01").name == "東京都CIO"


@pytest.mark.parametrize("rows", ["", "[]]", "{}", "null", "[1]", '[{"label": "A-01"}]', "[" * 5000, '[{"label": 1, "group": 2}]'])
def test_forged_rows_are_refused(desk: PageClient, rows: str) -> None:
    page = upload(desk, downloaded(desk)).get_data(as_text=True)
    assert apply(desk, page, rows=rows).status_code == 400
    assert count() == 85


def test_after_the_freeze_names_and_contacts_still_change_and_nothing_else(desk: PageClient) -> None:
    freeze()
    lines = downloaded(desk)
    lines[1][2], lines[1][9] = "東京都CIO(交代)", "cio@example.org"
    assert apply(desk, upload(desk, lines).get_data(as_text=True)).status_code == 303
    assert (seat("A-01").name, seat("A-01").mail) == ("東京都CIO(交代)", "cio@example.org")

    lines[2][1] = "自治体職員"
    page = upload(desk, lines).get_data(as_text=True)
    assert "この内容で取り込む" not in page
    assert apply(desk, page).status_code == 409
    assert seat("A-02").group.code == "bureau-head"
    assert apply(desk, upload(desk, lines[:50]).get_data(as_text=True), drop="on").status_code == 409
    assert count() == 85


def hidden(page: str) -> dict[str, str]:
    return {"seen": re.findall(r'name="seen" value="([^"]*)"', page)[0]}


def change(desk: PageClient, label: str, **cells: str) -> Any:
    page = desk.get(f"/desk/seats/{label}").get_data(as_text=True)
    own = seat(label)
    said = {"name": own.name, "kana": own.kana, "name_en": own.name_en, "short": own.short, "group": own.group.code}
    said["bodies"] = "、".join(body.name for body in own.bodies)
    return desk.form_post(f"/desk/seats/{label}", **(said | hidden(page) | cells))


def test_a_name_changes_at_ten_to_ten(desk: PageClient) -> None:
    freeze()
    assert change(desk, "A-07", name="町田市 副市長", kana="まちだし ふくしちょう", mail="deputy@example.org").status_code == 303
    assert (seat("A-07").name, seat("A-07").mail) == ("町田市 副市長", "deputy@example.org")
    assert "副市長" not in last("seat.changed")
    assert "まちだし ふくしちょう" in desk.get("/desk/seats/cards?only=A-07").get_data(as_text=True)


def test_after_the_freeze_the_form_cannot_smuggle_a_group(desk: PageClient) -> None:
    freeze()
    assert change(desk, "A-07", name="改", group="staff", bodies="調布市", recused="S-014").status_code == 303
    assert (seat("A-07").group.code, [body.code for body in seat("A-07").bodies]) != ("staff", ["132080"])


def test_a_wrong_cell_keeps_what_was_typed(desk: PageClient) -> None:
    answer = change(desk, "A-07", name="新しい名前", mail="not a mail", kana="漢字")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "新しい名前" in page, "ひらがなで書いてください" in page) == (422, True, True)
    assert seat("A-07").name != "新しい名前"


def test_a_stale_page_does_not_overwrite(desk: PageClient) -> None:
    assert change(desk, "A-07", name="改", seen="0" * 32).status_code == 409


def test_an_unknown_seat_is_not_found(desk: PageClient) -> None:
    assert desk.get("/desk/seats/Z-99").status_code == 404
    assert desk.form_post("/desk/seats", "/desk/seats/Z-99/release").status_code == 404


def test_the_reception_puts_a_stand_in_and_releases_a_device_and_sees_no_code(app: Flask, client: PageClient) -> None:
    links = every_link("http://localhost")
    judge = app.test_client()
    judge.enter(links["judges"][6]["url"])  # type: ignore[attr-defined]
    client.enter(links["reception"])
    page = client.get("/desk/seats/A-07").get_data(as_text=True)
    assert links["judges"][6]["code"] not in page
    assert "端末あり" in page

    assert client.form_post("/desk/seats/A-07", "/desk/seats/A-07/stand-in", name="総務部長", recused="S-014").status_code == 303
    assert client.form_post("/desk/seats/A-07", "/desk/seats/A-07/release").status_code == 303
    page = client.get("/desk/seats/A-07").get_data(as_text=True)
    assert all(word in page for word in ("総務部長", "端末なし", "代理の申出"))
    assert client.get("/desk/seats/cards").status_code == 401
    assert client.form_post("/desk/seats/A-07", name="x").status_code == 401

    assert client.form_post("/desk/seats/A-07", "/desk/seats/A-07/stand-in", name="").status_code == 303
    assert seat("A-07").stand_in == ""


def test_the_phone_list_holds_exactly_the_seats_without_a_device(app: Flask, desk: PageClient) -> None:
    judge = app.test_client()
    judge.enter(every_link("http://localhost")["judges"][6]["url"])  # type: ignore[attr-defined]
    taken = seat("A-08")
    taken.phone = "042-000-0000"
    db.session.commit()

    page = desk.get("/desk/seats/phone").get_data(as_text=True)
    listed = re.findall(r">(A-\d\d)</a>", page)
    free = desk.get("/desk/seats?free=1").get_data(as_text=True)
    assert "A-07" not in listed
    assert "042-000-0000" in page
    assert listed == re.findall(r">(A-\d\d)</a>", free)


@pytest.mark.parametrize(
    ("wanted", "found"), [("A-07", 1), ("ちょうふ", 1), ("調布", 1), ("チョウフ シーアイ", 1), ("いません", 0), ("職員", 18)]
)
def test_a_seat_is_found_by_label_name_reading_and_body(desk: PageClient, wanted: str, found: int) -> None:
    page = desk.get("/desk/seats", query_string={"q": wanted}).get_data(as_text=True)
    assert len(re.findall(r">(A-\d\d)</a>", page)) >= found
    assert bool(re.findall(r">(A-\d\d)</a>", page)) == bool(found)


def test_the_seats_of_another_edition_are_not_there(app: Flask) -> None:
    from eventapp.seating import queries

    actor = access.system(edition_named(None))
    assert queries.one_seat(actor, "A-07") is not None
    assert queries.one_seat(actor, "a-07") is None
