"""The ticker goes on when the machine's clock is set back or forward: polls close all the same."""

from datetime import timedelta

import pytest
from flask import Flask

from eventapp import clock, ticker
from eventapp.access import system
from eventapp.admin.queries import edition_named


def test_a_lease_is_held_by_one(app: Flask) -> None:
    actor = system(edition_named(None))

    assert ticker.take_lease(actor, "ticker", "one") is True
    assert ticker.take_lease(actor, "ticker", "two") is False
    assert ticker.take_lease(actor, "ticker", "one") is True


def test_a_lease_of_before_the_clock_was_set_back_holds_nobody_up(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    actor, at = system(edition_named(None)), clock.real()
    assert ticker.take_lease(actor, "ticker", "one") is True

    monkeypatch.setattr(clock, "real", lambda: at - timedelta(hours=3))

    assert ticker.take_lease(actor, "ticker", "two") is True


def test_jobs_run_on_when_the_clock_is_set_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(ticker, "jobs", [ticker.Job("polls", 0, lambda _actor: ran.append("polls"))])
    last: dict[str, float] = {}
    ticker.tick(last)
    at = clock.real()
    monkeypatch.setattr(clock, "real", lambda: at - timedelta(hours=3))

    ticker.tick(last)

    assert ran == ["polls", "polls"]
