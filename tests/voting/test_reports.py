"""What tablets report: cheap, never wrong after a restart, and told to the chair."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from eventapp import clock, live, reports
from eventapp.access import Actor, Role
from eventapp.admin.queries import every_link
from eventapp.extensions import db
from eventapp.models import ScreenReport, Seat
from tests.page import PageClient
from tests.voting.factories import CONTEST, edition, later, opened, seat, sit


def hear(label: str, n: int = 0, saved_s: float = 0) -> None:
    saved = {CONTEST: clock.iso(clock.now(edition()) - timedelta(seconds=saved_s))}
    reports.hear_tablet(seat(label), {"unsent": {CONTEST: n} if n else {}, "saved_at": saved if n else {}})


def receipt(label: str = "A-01") -> dict[str, Any]:
    db.session.rollback()
    lines = live.document(edition(), "chair")["sections"]["receipts"]
    return next(line for line in lines if (line["contest"], line["seat"]) == (CONTEST, label))


def test_85_reports_are_one_commit() -> None:
    opened()
    commits: list[int] = []
    event.listen(db.session, "after_commit", lambda _session: commits.append(1))
    for one in db.session.scalars(select(Seat).where(Seat.edition_id == edition().id)).all():
        reports.hear_tablet(one, {"unsent": {CONTEST: 1}})
    reports.write_gathered()

    assert len(commits) == 1
    db.session.rollback()
    held = [one.unsent for one in db.session.scalars(select(Seat).where(Seat.edition_id == edition().id))]
    assert held == [{CONTEST: 1}] * 85


def test_a_changed_queue_is_written_at_once_and_the_rest_now_and_then() -> None:
    now = clock.real()
    found = reports.gathered()
    assert not reports.is_due(found, now)
    found.written_at = now
    hear("A-01")
    assert not reports.is_due(found, now)
    assert reports.is_due(found, now + timedelta(seconds=reports.WRITE_S))
    hear("A-01", 1)
    assert reports.is_due(found, now)
    reports.write_gathered()
    hear("A-01", 1)
    assert not reports.is_due(found, clock.real())
    hear("A-01")
    assert reports.is_due(found, clock.real())


def test_a_restart_does_not_forget_who_holds_something(app: Flask) -> None:
    opened()
    sit("A-01")
    hear("A-01", 1, saved_s=40)
    reports.write_gathered()
    app.extensions.pop("eventapp.reports")

    reports_of_others = [label for label in ("A-02", "A-03") if hear(label) is None]
    reports.write_gathered()
    assert reports_of_others == ["A-02", "A-03"]
    line = receipt()
    assert (line["state"], line["held"], line["saved_at"]) == ("local", True, clock.iso(clock.now(edition()) - timedelta(seconds=40)))


def test_a_tablet_that_only_polls_is_there_and_still_holds_what_it_said(app: Flask, client: PageClient) -> None:
    opened()
    card = next(row for row in every_link("http://localhost")["judges"] if row["seat"] == "A-01")
    client.enter(card["url"])
    hear("A-01", 1)
    reports.write_gathered()
    client.get("/live/judge")
    reports.write_gathered()

    assert (receipt()["state"], receipt()["seen_at"] is not None) == ("local", True)


def test_a_write_that_fails_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hear("A-01", 1)

    def fail(*_args: object, **_kwargs: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(reports, "keep_reports", fail)
        with pytest.raises(OSError, match="disk full"):
            reports.write_gathered()
    hear("A-02", 2)
    reports.write_gathered()
    db.session.rollback()
    assert (seat("A-01").unsent, seat("A-02").unsent) == ({CONTEST: 1}, {CONTEST: 2})


@pytest.mark.parametrize("unsent", [None, [], "x", {"operations": True}, {"operations": "1"}, {"operations": -1}, {1: None}])
def test_a_report_that_is_none_counts_as_nothing_unsent(unsent: object) -> None:
    reports.hear_tablet(seat("A-01"), {"unsent": unsent, "saved_at": unsent})
    reports.write_gathered()
    db.session.rollback()
    assert (seat("A-01").unsent, seat("A-01").unsent_at) == ({}, {})


def test_an_instant_that_is_none_is_left_out() -> None:
    reports.hear_tablet(seat("A-01"), {"unsent": {CONTEST: 1}, "saved_at": {CONTEST: "soon", "idea": None}})
    reports.write_gathered()
    db.session.rollback()
    assert (seat("A-01").unsent, seat("A-01").unsent_at) == ({CONTEST: 1}, {})


def test_the_board_says_how_long_a_ballot_has_been_waiting(app: Flask, client: PageClient) -> None:
    opened()
    sit("A-01")
    hear("A-01", 1, saved_s=2)
    reports.write_gathered()
    later(40)
    client.enter(str(every_link("http://localhost")["chair"]))
    page = client.get(f"/chair?poll={CONTEST}").get_data(as_text=True)

    assert '通信待ち <span class="num">0:42</span>' in page


def test_screens_are_written_with_the_tablets_and_a_deleted_edition_stops_nobody() -> None:
    actor = Actor(Role.DIRECTOR, edition(), "director")
    reports.hear_screen(actor, "hall", {"scene": "now", "fps": 60, "channel": "stage", "epoch": 1, "rev": 2, "visible": True, "more": "x"})
    reports.gathered().screens[999_999, "gone"] = {"role": "screen", "seen_at": clock.real(), "report": {}}
    hear("A-01", 1)
    reports.write_gathered()
    row = db.session.scalars(select(ScreenReport).where(ScreenReport.screen == "hall")).one()

    assert row.report == {"scene": "now", "fps": 60, "channel": "stage", "epoch": 1, "rev": 2, "visible": True}
    assert seat("A-01").unsent == {CONTEST: 1}
    reports.hear_screen(actor, "hall", {"scene": "next"})
    reports.write_gathered()
    assert db.session.scalars(select(ScreenReport.report).where(ScreenReport.screen == "hall")).one() == {"scene": "next"}
