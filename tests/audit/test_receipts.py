"""The published receipts: only after all polls are closed, without content, time and seat; a judge finds the own one."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from eventapp.admin.queries import edition_named, every_link
from eventapp.audit import queries
from eventapp.extensions import db
from eventapp.models import BallotVersion, Poll, Seat
from tests.awards.day import close_day, sample_votes
from tests.page import PageClient

CODES = re.compile(r"<li>([0-9A-Z]{4}-[0-9A-Z]{4})</li>")


def voted_twice() -> tuple[str, str, Seat]:
    """Polls closed with a few ballots; the replaced and the counting receipt of one seat that voted twice, and the seat."""
    votes = sample_votes(edition_named(None), 1)[:8]
    edition = close_day([*votes, votes[2]])
    seat = db.session.scalars(select(Seat).where(Seat.edition_id == edition.id, Seat.label == votes[2][1])).one()
    old, new = db.session.scalars(
        select(BallotVersion.receipt).where(BallotVersion.seat_id == seat.id).order_by(BallotVersion.id)
    ).all()  # fmt: skip
    return old, new, seat


def test_nothing_is_published_before_every_poll_is_closed(app: Flask, client: PageClient) -> None:
    old, new, _ = voted_twice()
    poll = db.session.scalars(select(Poll).where(Poll.contest == "idea")).one()
    poll.state, poll.closed_at, poll.closes_at = "open", None, None
    db.session.commit()

    page = client.get(f"/receipts?code={new}").get_data(as_text=True)

    assert (queries.receipts(edition_named(None)), CODES.findall(page), new in page, old in page) == (None, [], False, False)
    assert "すべての投票が締め切られると" in page
    assert queries.standing_of(edition_named(None), new) == ("unknown", [])


def test_the_list_holds_the_counting_receipts_by_code_and_nothing_beside(app: Flask, client: PageClient) -> None:
    old, new, seat = voted_twice()

    answer = client.get("/receipts")
    page = answer.get_data(as_text=True)

    codes = CODES.findall(page)
    assert (len(codes), codes == sorted(codes), new in codes, old in codes) == (8, True, True, False)
    assert (answer.headers["Cache-Control"], "Set-Cookie" in answer.headers) == ("no-store", False)
    assert seat.label not in re.sub(r"<[^>]*>", " ", page[page.index("<main") : page.index("</main")])


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{plain}", "{wide}"])
def test_a_judge_finds_the_own_receipt_however_it_is_typed(app: Flask, client: PageClient, typed: str) -> None:
    _, new, _ = voted_twice()
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in new)
    code = typed.format(new, lower=new.lower(), plain=new.replace("-", ""), wide=wide)

    page = client.get("/receipts", query_string={"code": code}).get_data(as_text=True)

    assert "この受付番号は一覧にあります" in page


def test_a_replaced_receipt_and_a_foreign_one_are_told_apart(app: Flask, client: PageClient) -> None:
    old, _, _ = voted_twice()

    told = [client.get("/receipts", query_string={"code": code, "lang": "en"}).get_data(as_text=True) for code in (old, "ABCD-2345", "<b>")]

    assert "A newer ballot of the same seat has replaced this one" in told[0]
    assert ["This receipt is not on the list" in page for page in told] == [False, True, True]


@pytest.mark.parametrize("code", ["0001", "TEST", "%", "_" * 9, "'", "あ" * 5000, "0001-TES"])
def test_only_a_whole_code_finds_anything(app: Flask, client: PageClient, code: str) -> None:
    voted_twice()

    answer = client.get("/receipts", query_string={"code": code})

    assert (answer.status_code, "この受付番号は一覧にありません" in answer.get_data(as_text=True)) == (200, True)


def test_a_judge_sees_the_own_receipts_and_that_they_are_published(app: Flask, client: PageClient) -> None:
    old, new, seat = voted_twice()
    judge = next(row for row in every_link("http://localhost")["judges"] if row["seat"] == seat.label)
    client.enter(judge["url"])

    page = client.get("/judge/receipts").get_data(as_text=True)

    assert "あなたの受付番号は公表された一覧にあります" in page
    assert (page.index(new) < page.index(old), page.count("TEST</b>")) == (True, 2)
    assert "新しい投票に置き換わりました" in page
    assert f"/receipts?code={new}" in page
    assert "Your receipt is on the published list" in client.get("/judge/receipts?lang=en").get_data(as_text=True)


def test_before_the_list_a_judge_is_told_when_it_comes(app: Flask, client: PageClient) -> None:
    client.enter(every_link("http://localhost")["judges"][0]["url"])

    page = client.get("/judge/receipts").get_data(as_text=True)

    assert "一覧は、すべての投票が締め切られると公表されます" in page
    assert "/judge/receipts" in client.get("/judge").get_data(as_text=True)
