"""What a zero report freezes, and when a poll may close."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventapp import clock
from eventapp.awards import queries as awards
from eventapp.extensions import db
from eventapp.models import Entry, JournalLine, JudgeGroup, Reveal, Seal, Seat
from eventapp.programme import queries as programme
from eventapp.programme.operations import add, go, skip
from eventapp.rules.refusal import Refusal
from eventapp.voting import queries, sections, timing
from eventapp.voting.polls import close_due_polls, close_poll, finish_poll, open_poll, reopen_poll, report_zero
from tests.programme.day import edition_at
from tests.voting.factories import CONTEST, edition, entries, free_for, later, office, opened, poll, put, seat, sit
from tests.voting.test_polls import line


def acts() -> list[str]:
    return list(db.session.scalars(select(JournalLine.act).order_by(JournalLine.seq)))


# --- the zero report --------------------------------------------------------------------------------------------------------


def test_a_zero_report_says_what_it_freezes_and_who_pressed() -> None:
    report = report_zero(office(), contest=CONTEST)

    assert (report["ballots"], report["seats"], report["entries"], report["rules"]) == (0, 85, entries(), edition().rules_sha256)
    assert poll().zero_report == report | {"by": "office"}
    assert poll().state == "zero"
    assert len(edition().frozen["seats"]) == 85


def test_tags_changed_after_the_zero_report_have_no_effect_on_ballots_and_count() -> None:
    opened("dx-sprint")
    before = queries.entry_rows(edition())
    nominees = [one["number"] for one in awards.nominees(edition(), "dx-sprint")]
    for entry in db.session.scalars(select(Entry).where(Entry.outcome == "finalist")):
        entry.tags = [] if entry.tags else ["sprint", "ai"]
    db.session.commit()

    assert queries.entry_rows(edition()) == before
    assert [one["number"] for one in awards.nominees(edition(), "dx-sprint")] == nominees
    contest = queries.contests(edition())["dx-sprint"]
    assert [one.number for one in queries.finalists(edition()) if queries.in_contest(contest, one)] == sorted(nominees)


def test_a_seat_added_or_changed_after_the_zero_report_has_no_vote_and_no_other_weight() -> None:
    opened()
    first = seat("A-01")
    rows = queries.judge_rows(edition())
    first.group = next(one for one in db.session.scalars(select(JudgeGroup)) if one.id != first.group_id)
    for one in db.session.scalars(select(Seat)):
        one.bodies = []
    db.session.add(Seat(edition_id=edition().id, label="Z-01", position=999, group=first.group, name="追加"))
    db.session.commit()

    assert queries.judge_rows(edition())[:85] == rows
    late = sit("Z-01")
    assert put(late, entries()[:1])["result"] == "invalid"


def test_an_opening_refuses_ballots_that_are_there() -> None:
    opened()
    judge = sit("A-01")
    put(judge, free_for(judge)[:1])
    poll().state, poll().opened_at = "zero", None
    db.session.commit()
    for act in (lambda: report_zero(office(), contest=CONTEST), lambda: open_poll(office(), contest=CONTEST, from_="zero")):
        with pytest.raises(Refusal, match=r"poll\.counted"):
            act()
    assert poll().state == "zero"


# --- the closing ------------------------------------------------------------------------------------------------------------


def on_stage(wall: str) -> None:
    """The last entry of the contest goes on stage at a time of the day, everything before it is over."""
    edition_at(wall)
    *before, last = [slot.code for slot in programme.slots(edition()) if slot.entry and slot.entry.number in entries()]
    for code in before:
        skip(office(), op_id=f"op-skip-{code}", slot=code)
    go(office(), op_id="op-last-slot", from_=None, to=last)


def test_a_poll_closes_no_earlier_than_the_end_of_its_last_slot() -> None:
    on_stage("11:50:00")
    opened()
    ends = timing.last_slot_end(edition(), poll(), clock.now(edition()))
    assert ends is not None
    assert ends > clock.now(edition()) + timedelta(seconds=30)

    assert close_poll(office(), contest=CONTEST, from_="open")["closes_at"] == clock.iso(ends)


def test_remote_judges_see_the_last_slot_end_before_the_poll_closes() -> None:
    seat("A-01").remote = True
    db.session.commit()
    on_stage("11:50:00")
    opened()
    ends = timing.last_slot_end(edition(), poll(), clock.now(edition()))
    assert ends is not None

    assert close_poll(office(), contest=CONTEST, from_="open")["closes_at"] == clock.iso(ends + timedelta(seconds=20))


def test_time_given_to_the_last_slot_moves_an_announced_closing_on_and_never_back() -> None:
    on_stage("11:50:00")
    opened()
    close_poll(office(), contest=CONTEST, from_="open")
    announced = poll().closes_at
    assert announced is not None
    add(office(), op_id="op-more-time", seconds=60)
    close_due_polls(office())
    assert poll().closes_at == announced + timedelta(seconds=60)
    assert acts().count("poll.postponed") == 1
    add(office(), op_id="op-less-time", seconds=-120)
    close_due_polls(office())
    assert poll().closes_at == announced + timedelta(seconds=60)


def test_overtime_alone_never_postpones_a_closing() -> None:
    on_stage("11:50:00")
    opened()
    later(3600)
    close_poll(office(), contest=CONTEST, from_="open")
    announced = poll().closes_at
    later(29)
    close_due_polls(office())
    assert poll().closes_at == announced == clock.now(edition()) + timedelta(seconds=1)


def test_a_poll_is_not_finished_before_its_grace_is_over() -> None:
    opened()
    close_poll(office(), contest=CONTEST, from_="open")
    later(120)
    with pytest.raises(Refusal, match=r"poll\.superseded"):
        finish_poll(office(), contest=CONTEST)
    assert poll().state == "closing"


def test_boards_count_the_delayed() -> None:
    opened()
    judge = sit("A-01")
    saved = clock.iso(clock.now(edition()))
    close_poll(office(), contest=CONTEST, from_="open")
    later(60)
    assert put(judge, free_for(judge)[:1], saved_at=saved)["result"] == "ok"

    assert (line()["confirmed"], line()["delayed"]) == (1, 1)
    assert "delayed" not in line(sections.overlay_polls)


# --- open again -------------------------------------------------------------------------------------------------------------


def closed() -> None:
    opened()
    close_poll(office(), contest=CONTEST, from_="open")
    later(121)
    close_due_polls(office())


def test_a_reopened_poll_voids_the_seal_with_a_line_of_its_own() -> None:
    closed()
    db.session.add(Seal(edition_id=edition().id, canonical="{}", hash="x", created_at=clock.now(edition())))
    db.session.commit()
    with pytest.raises(Refusal, match=r"reason\.omitted"):
        reopen_poll(office(), contest=CONTEST, reason=" ")
    reopen_poll(office(), contest=CONTEST, reason="機器の故障")

    assert acts()[-2:] == ["result.voided", "poll.reopened"]
    assert (poll().state, poll().reason) == ("open", "機器の故障")


@pytest.mark.parametrize(("n", "step"), [(0, "category"), (0, "winner"), (1, "idle")])
def test_c24_after_the_reveal_has_begun_nobody_reopens_a_poll(n: int, step: str) -> None:
    closed()
    row = db.session.get(Reveal, edition().id)
    if row is None:
        row = Reveal(edition_id=edition().id)
        db.session.add(row)
    row.n, row.step = n, step
    db.session.commit()
    lines = len(acts())
    with pytest.raises(Refusal, match=r"poll\.revealed"):
        reopen_poll(office(), contest=CONTEST, reason="もう一度")
    assert (poll().state, len(acts())) == ("closed", lines)
