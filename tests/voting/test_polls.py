"""The life of a poll, its boards, seats and nudges."""

import csv
import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from eventapp import clock, commands, live
from eventapp.extensions import db
from eventapp.models import ChannelRev, JournalLine, Nudge, RosterSeat, Seal, Seat
from eventapp.rules.refusal import Refusal
from eventapp.rules.tally_files import parse_files
from eventapp.voting import own, queries, sections
from eventapp.voting.polls import Progress, cancel_close, close_due_polls, close_poll, nudge, open_poll, reopen_poll
from eventapp.voting.seats import release_seat, stand_in
from tests.voting.factories import CONTEST, edition, free_for, later, office, opened, payload, poll, put, seat, sit


def view(label: str | None = None) -> live.View:
    return live.View(edition(), clock.now(edition()), seat(label) if label else None)


def line(of: Any = sections.polls, contest: str = CONTEST) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in of(view()) if row["contest"] == contest)
    return found


def test_opening_reports_zero_and_freezes_rules_and_seats() -> None:
    open_poll(office(), contest=CONTEST, from_="draft")
    row = poll()

    assert (row.state, row.zero_report["ballots"], row.zero_report["seats"], len(row.zero_report["entries"])) == ("open", 0, 85, 11)
    assert edition().rules_sha256 == queries.rules_sha256(edition())
    assert db.session.scalar(select(func.count()).select_from(RosterSeat)) == 85
    acts = list(db.session.scalars(select(JournalLine.act).order_by(JournalLine.seq.desc()).limit(2)))
    assert acts == ["poll.opened", "poll.reported"]


def test_two_operators_open_once() -> None:
    opened()
    with pytest.raises(Refusal) as refused:
        open_poll(office(), contest=CONTEST, from_="draft")
    assert (refused.value.code, refused.value.details["current"]) == ("poll.superseded", "open")


def test_changed_rules_are_refused_after_the_first_zero_report() -> None:
    opened()
    edition().rules_toml += "\n# changed\n"
    db.session.commit()
    with pytest.raises(Refusal, match=r"rules\.changed"):
        open_poll(office(), contest="idea", from_="draft")


def test_an_unknown_poll_is_refused() -> None:
    with pytest.raises(Refusal, match=r"poll\.unknown"):
        open_poll(office(), contest="nothing", from_="draft")


def test_closing_shows_its_instant_and_can_be_taken_back_until_then() -> None:
    opened()
    answer = close_poll(office(), contest=CONTEST, from_="open")
    assert line(sections.public_polls)["closes_at"] == answer["closes_at"]
    with pytest.raises(Refusal, match=r"reason\.omitted"):
        cancel_close(office(), contest=CONTEST, reason="")
    later(29)
    assert cancel_close(office(), contest=CONTEST, reason="発表が続いている") == {"state": "open"}
    assert line()["closes_at"] is None

    close_poll(office(), contest=CONTEST, from_="open")
    later(31)
    with pytest.raises(Refusal, match=r"poll\.superseded"):
        cancel_close(office(), contest=CONTEST, reason="遅い")


def test_the_ticker_closes_after_the_grace_only() -> None:
    opened()
    close_poll(office(), contest=CONTEST, from_="open")
    later(120)
    close_due_polls(office())
    assert poll().state == "closing"
    later(1)
    close_due_polls(office())
    close_due_polls(office())
    assert poll().state == "closed"


def test_reopening_voids_a_result_put_up_for_signing() -> None:
    opened()
    close_poll(office(), contest=CONTEST, from_="open")
    later(121)
    close_due_polls(office())
    db.session.add(Seal(edition_id=edition().id, canonical="{}", hash="x", created_at=clock.now(edition())))
    db.session.commit()
    reopen_poll(office(), contest=CONTEST, reason="機器の故障")

    assert db.session.scalars(select(Seal)).one().voided_at is not None


def test_the_states_of_the_seats_add_up() -> None:
    opened()
    sit("A-02")
    held = sit("A-03")
    put(sit("A-01"), free_for(sit("A-01"))[:1])
    assert held.seat
    held.seat.unsent = {CONTEST: 1}
    db.session.commit()
    found = line()

    assert (found["confirmed"], found["on_tablets"], found["empty"], found["seats"]) == (1, 1, 1, 85)
    assert sum(found[name] for name in ("confirmed", "on_tablets", "empty", "absent", "recused")) == 85
    assert found["eligible"] == 3


def test_public_polls_have_no_counts_and_the_overlay_has_one_pair() -> None:
    opened()
    assert {"confirmed", "eligible", "seats", "on_tablets"} & set(line(sections.public_polls)) == set()
    assert {"confirmed", "eligible"} <= set(line(sections.overlay_polls))
    assert {"on_tablets", "absent", "empty"} & set(line(sections.overlay_polls)) == set()


def test_receipts_say_who_and_when_and_never_what() -> None:
    opened()
    answer = put(sit("A-01"), free_for(sit("A-01"))[:1])
    first = sections.receipts(view())[0]

    assert first == {"contest": CONTEST, "seat": "A-01", "state": "confirmed", "at": clock.iso(clock.now(edition())), "seen_at": None}
    assert answer["receipt"] not in str(sections.receipts(view()))


def test_the_tablet_has_its_ballots_with_recused_entries() -> None:
    opened()
    judge = sit("A-01")
    names = free_for(judge)
    answer = put(judge, names[:2])
    ballots = {row["contest"]: row for row in own.ballots(view("A-01"))}

    assert list(ballots) == ["operations", "idea", "service", "dx-sprint", "ai-innovation"]
    assert (ballots[CONTEST]["body"], ballots[CONTEST]["receipt"]) == ({"ranking": names[:2]}, answer["receipt"])
    assert {row["id"] for row in ballots[CONTEST]["entries"] if not row["recused"]} == set(names)
    assert (ballots[CONTEST]["places"], ballots["dx-sprint"]["places"]) == (3, 1)
    assert ballots["idea"]["body"] is None


def test_documents_of_boards_take_a_fixed_number_of_queries(app: Flask) -> None:
    opened()
    judge = sit("A-01")
    few = queries_of(lambda: live.document(edition(), "chair"))
    put(judge, free_for(judge)[:2])
    for label in ("A-02", "A-03"):
        put(sit(label), free_for(sit(label))[:1])
    for contest in ("idea", "service"):
        opened(contest)
    db.session.expire_all()

    assert queries_of(lambda: live.document(edition(), "chair")) == few
    own = queries_of(lambda: live.document(edition(), "judge", seat("A-02")))
    assert queries_of(lambda: live.document(edition(), "judge", seat("A-03"))) == own


def queries_of(run: Any) -> int:
    db.session.rollback()
    db.session.expire_all()
    said: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    run()
    event.remove(db.engine, "before_cursor_execute", count)
    return len(said)


def test_progress_tells_the_boards_only_when_counts_changed() -> None:
    def revs() -> dict[str, int]:
        db.session.expire_all()
        return {row.name: row.rev for row in db.session.scalars(select(ChannelRev)) if ":" not in row.name}

    opened()
    judge, progress = sit("A-01"), Progress()
    progress(office())
    before = revs()
    progress(office())
    assert revs() == before
    put(judge, free_for(judge)[:1])
    progress(office())
    assert {name for name, rev in revs().items() if before.get(name) != rev} == {"chair", "crew", "overlay"}


def test_a_nudge_reaches_exactly_who_has_not_voted_and_not_again_at_once() -> None:
    opened()
    voted, waiting = sit("A-01"), sit("A-02")
    put(voted, free_for(voted)[:1])

    assert nudge(office(), contest=CONTEST) == {"seats": 1}
    assert db.session.scalars(select(Nudge)).one().seats == [seat("A-02").id]
    assert waiting.seat is not None
    assert [row["nudged_at"] is None for row in own.ballots(view("A-02"))][0] is False
    assert [row["nudged_at"] for row in own.ballots(view("A-01"))][0] is None
    with pytest.raises(Refusal, match=r"nudge\.repeated"):
        nudge(office(), contest=CONTEST)


def test_a_released_seat_raises_its_lease_and_a_stand_in_is_named_on_the_tablet() -> None:
    sit("A-01")
    release_seat(office(), seat="A-01")
    stand_in(office(), seat="A-01", name=" 総務部長 ")

    assert (seat("A-01").lease, seat("A-01").stand_in) == (2, "総務部長")
    assert own.seat(view("A-01"))["lease"] == 2
    assert "総務部長" not in "".join(db.session.scalars(select(JournalLine.details)))
    with pytest.raises(Refusal, match=r"seat\.unknown"):
        release_seat(office(), seat="Z-99")


def test_poll_commands_are_in_the_table() -> None:
    wanted = {"poll.open", "poll.close", "poll.cancel_close", "poll.reopen", "seat.release", "seat.stand_in", "judges.nudge"}
    assert wanted <= set(commands.COMMANDS)


def test_the_export_counts_as_the_tally_reads_it() -> None:
    opened()
    for label in ("A-01", "A-02", "A-03"):
        judge = sit(label)
        put(judge, free_for(judge)[:1])
        put(judge, free_for(judge)[1:4])
    put(sit("A-04"), [])

    def text(rows: Any) -> bytes:
        rows = list(rows)
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue().encode()

    ballots = text(queries.ballot_rows(edition()))
    case = parse_files(edition().rules_toml.encode(), text(queries.judge_rows(edition())), text(queries.entry_rows(edition())), ballots)
    assert (len(case.submissions), len(case.judges), len(case.entries)) == (7, 85, 29)
    assert db.session.scalar(select(func.count()).select_from(Seat)) == 85


def test_a_lost_race_leaves_the_newest() -> None:
    """A socket that timed out and its POST twin arrive in the wrong order around a newer tap."""
    opened()
    judge = sit("A-01")
    names = free_for(judge)
    old, new = payload(names[:1]), payload(names[1:2])
    answers = [put(judge, **one)["result"] for one in (new, old, new, old)]
    assert answers == ["ok", "stale", "ok", "stale"]
