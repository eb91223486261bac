"""The papers of the ceremony: what is on them, who may open them, and that nothing is on them too early."""

import io
import re

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from eventapp.access import Role
from eventapp.admin.queries import every_link
from eventapp.awards import queries as awards
from eventapp.ceremony.operations import name_person
from eventapp.extensions import db
from eventapp.models import Edition, JournalLine, Person
from eventapp.papers import queries
from tests.awards.day import actor, close_day, seal_day, step
from tests.page import PageClient, parse


@pytest.fixture
def day(app: Flask) -> Edition:
    return close_day()


@pytest.fixture
def desk(day: Edition, client: PageClient) -> PageClient:
    client.enter(every_link("http://localhost")["secretariat"])
    return client


def text_of(page: str) -> str:
    for reading in re.findall(r"<rt>.*?</rt>|<rp>.*?</rp>", page):
        page = page.replace(reading, "")
    return "".join(parse(page).itertext())


def without_tokens(page: str) -> str:
    return re.sub(r'(content|value)="[^"]*"', "", page)


def test_before_the_reveal_no_paper_of_the_desk_knows_a_winner(desk: PageClient, day: Edition) -> None:
    seal_day()
    pages = [desk.get(f"/desk/prints{path}").get_data(as_text=True) for path in ("", "/certificates", "/awarded", "/press")]

    numbers = [entry.number for entry in awards.finalists(day)]
    assert not any(number in page for number in numbers for page in pages)
    assert ["発表された賞はありません" in page for page in pages] == [True] * 4


def test_proofs_are_the_same_whatever_the_votes_were(desk: PageClient, day: Edition) -> None:
    before = desk.get("/desk/prints/proofs").get_data(as_text=True)
    close_day(seed=2)
    seal_day()

    after = desk.get("/desk/prints/proofs").get_data(as_text=True)
    assert before.count("certificate__heading") == 29
    assert without_tokens(before) == without_tokens(after)


def test_a_named_person_opens_the_certificates_and_that_is_journalled(desk: PageClient, day: Edition) -> None:
    seal_day()
    assert desk.form_post("/ceremony", "/papers/certificates").status_code == 403
    person = db.session.scalars(select(Person).where(Person.role == "secretariat")).first()
    assert person is not None
    name_person(actor(Role.CHAIR), person=person.id)

    page = desk.form_post("/ceremony", "/papers/certificates", paper="a3", ruby="1")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    html = page.get_data(as_text=True)
    assert (html.count("certificate__heading"), html.count('data-paper="a3"')) == (8, 8)
    line = db.session.scalars(select(JournalLine).where(JournalLine.act == "pack.opened")).one()
    assert '"certificates"' in line.details


def test_the_words_of_a_certificate(day: Edition) -> None:
    entry = next(one for one in awards.finalists(day) if len(one.bodies) == 1 and one.applicant_type == "body")
    found = queries.certificate(day, entry, "grand-service", ruby=False)

    assert (found.prize, found.day, found.office) == ("大賞", "令和七年十二月二十四日", "東京都ＣＩＯ　副知事")
    assert [piece.text for name in found.names for piece in name] == [entry.bodies[0].name]
    assert not set("、。") & set("".join(piece.text for piece in found.text))
    assert [place for place, (_x, _y, own) in enumerate(found.squares, 1) if own] == [entry.bodies[0].position]


def test_every_recipient_of_a_joint_entry_has_a_square_and_a_name(day: Edition) -> None:
    entry = next(one for one in awards.finalists(day) if len(one.bodies) > 1)
    found = queries.certificate(day, entry, "grand-service", ruby=True)

    assert [(piece.text, piece.ruby) for name in found.names for piece in name] == [(body.name, body.kana) for body in entry.bodies]
    assert sum(own for _x, _y, own in found.squares) == len(entry.bodies)


def test_the_frame_is_62_squares_in_code_order_from_the_top_right() -> None:
    found = queries.squares({1})

    assert len({(x, y) for x, y, _own in found}) == queries.TILES == len(found)
    assert (found[0], found[13][:2], found[31][:2], found[44][:2]) == ((196.0, 14.0, True), (14.0, 14.0), (14.0, 283.0), (196.0, 283.0))


def test_after_the_reveal_the_lists_hold_every_prize(desk: PageClient, day: Edition) -> None:
    seal_day()
    step(4 * 8)
    certificates, awarded, press = (
        desk.get(f"/desk/prints/{path}").get_data(as_text=True) for path in ("certificates", "awarded", "press")
    )

    assert certificates.count("certificate__heading") == 8
    told = [winner for one in awards.revealed(day) for winner in one["winners"]]
    assert all(winner["title"] in text_of(awarded) and winner["title"] in text_of(press) for winner in told)
    codes = re.findall(r'<td class="num">(\d{6})', press)
    assert codes == sorted(codes)
    assert len(codes) == 8


def test_the_press_table_as_excel(desk: PageClient, day: Edition) -> None:
    seal_day()
    step(4 * 8)
    sheet = load_workbook(io.BytesIO(desk.get("/desk/prints/press.xlsx").data)).worksheets[0]

    rows = list(sheet.iter_rows(values_only=True))
    assert (rows[0][:4], len(rows)) == (("団体コード", "団体", "ふりがな", "賞"), 9)


def test_the_results_for_approval_are_the_sealed_ones(desk: PageClient, day: Edition) -> None:
    assert desk.get("/papers/results").status_code == 409
    seal_day()
    page = without_tokens(desk.get("/papers/results").get_data(as_text=True))
    seal = awards.sealed(day)
    assert seal is not None

    close_day(seed=2)
    assert without_tokens(desk.get("/papers/results").get_data(as_text=True)) == page
    assert seal.hash[:8] in page
    assert text_of(page).count("電子署名") == 2


def test_who_is_no_sealer_does_not_open_the_results(day: Edition, client: PageClient) -> None:
    seal_day()
    person = db.session.scalars(select(Person).where(Person.role == "deputy")).one()
    person.is_sealer = False
    db.session.commit()
    client.enter(every_link("http://localhost")["deputy"])

    assert client.get("/papers/results").status_code == 403
