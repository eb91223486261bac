"""put_ballot: every result word, the order of checks, and that no vote is lost, doubled or guessed."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import func, select

from eventapp import clock, journal, live
from eventapp.access import Actor
from eventapp.extensions import db
from eventapp.models import Ballot, BallotAnswer, BallotVersion, ChannelRev, Entry, JournalLine, RosterSeat, SeatRecusal
from eventapp.rules.refusal import Refusal
from eventapp.voting.operations import commitment, flag_ballots, put_plain
from eventapp.voting.polls import close_due_polls, close_poll, open_poll, reopen_poll
from eventapp.voting.seats import release_seat, stand_in
from tests.voting.factories import (
    CONTEST,
    edition,
    entries,
    free_for,
    later,
    office,
    opened,
    payload,
    poll,
    put,
    recused_seat,
    seat,
    sit,
)


def count(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def stored(label: str = "A-01") -> Any:
    row = db.session.scalars(select(Ballot).where(Ballot.seat_id == seat(label).id)).one()
    return json.loads(row.body)


@pytest.fixture
def judge() -> Actor:
    opened()
    return sit("A-01")


def test_a_ballot_is_acknowledged_with_a_receipt(judge: Actor) -> None:
    names = free_for(judge)[:3]
    answer = put(judge, names, op_id="op-first-1", rev=7)

    assert answer == {"result": "ok", "receipt": answer["receipt"], "rev": 7, "op_id": "op-first-1"}
    assert stored() == {"ranking": names}
    assert (count(Ballot), count(BallotVersion)) == (1, 1)


def test_the_same_op_id_gets_the_same_answer_and_one_row(judge: Actor) -> None:
    sent = payload(free_for(judge)[:2])
    first = put(judge, **sent)

    assert put(judge, **sent) == first
    assert (count(BallotVersion), count(BallotAnswer)) == (1, 1)


def test_the_same_op_id_with_another_body_is_stale_and_the_first_stands(judge: Actor) -> None:
    names = free_for(judge)
    sent = payload(names[:2])
    put(judge, **sent)
    answer = put(judge, **{**sent, "body": {"ranking": names[2:4]}, "rev": sent["rev"] + 5})

    assert (answer["result"], answer["current"]["body"]) == ("stale", {"ranking": names[:2]})
    assert stored() == {"ranking": names[:2]}


def test_a_kept_answer_outlives_the_closing(judge: Actor) -> None:
    sent = payload(free_for(judge)[:2])
    first = put(judge, **sent)
    close_poll(office(), contest=CONTEST, from_="open")
    later(1000)

    assert put(judge, **sent) == first


def test_a_newer_version_replaces_and_history_is_kept(judge: Actor) -> None:
    names = free_for(judge)
    first, second = put(judge, names[:2]), put(judge, names[1:3])

    assert first["receipt"] != second["receipt"]
    assert stored() == {"ranking": names[1:3]}
    assert (count(Ballot), count(BallotVersion)) == (1, 2)


def test_an_equal_body_raises_the_version_only(judge: Actor) -> None:
    names = free_for(judge)[:2]
    first = put(judge, names, rev=100)
    lines = count(JournalLine)
    again = put(judge, names, rev=200)

    assert (again["result"], again["receipt"], again["rev"]) == ("ok", first["receipt"], 200)
    assert (count(BallotVersion), count(JournalLine)) == (1, lines)
    assert put(judge, free_for(judge)[2:4], rev=150)["result"] == "stale"


def test_an_older_version_is_stale_and_told_what_counts(judge: Actor) -> None:
    names = free_for(judge)
    put(judge, names[:2], rev=900)
    answer = put(judge, names[2:4], rev=899)

    assert (answer["result"], answer["current"]["rev"]) == ("stale", 900)
    assert answer["current"]["body"] == {"ranking": names[:2]}


def test_versions_arriving_in_any_order_end_the_same(judge: Actor) -> None:
    names = free_for(judge)
    sent = [payload([names[n]], rev=1000 + n) for n in range(5)]
    for index in (3, 0, 4, 1, 2, 4, 0):
        put(judge, **sent[index])

    assert stored() == {"ranking": [names[4]]}


def test_two_devices_the_older_lease_is_taken_over_whatever_its_rev(judge: Actor) -> None:
    names = free_for(judge)
    put(judge, names[:1], rev=5)
    release_seat(office(), seat="A-01")
    new = sit("A-01")

    assert put(new, names[1:2], lease=1, rev=99999)["result"] == "taken_over"
    assert put(new, names[2:3], lease=2, rev=1)["result"] == "ok"
    assert stored() == {"ranking": names[2:3]}


def test_a_blank_ballot_is_an_abstention_and_counts_as_cast(judge: Actor) -> None:
    assert put(judge, [])["result"] == "ok"
    assert stored() == {"ranking": []}


def test_before_opening_a_ballot_is_closed_and_nothing_is_stored() -> None:
    answer = put(sit("A-01"))

    assert (answer["result"], answer["at"], answer["counted"]) == ("closed", None, False)
    assert count(BallotVersion) == 0


def test_while_closing_ballots_are_taken(judge: Actor) -> None:
    close_poll(office(), contest=CONTEST, from_="open")
    later(30)

    assert put(judge, free_for(judge)[:1])["result"] == "ok"
    assert db.session.scalars(select(Ballot)).one().delayed is False


def test_saved_in_time_and_sent_within_the_grace_is_delayed_not_late(judge: Actor) -> None:
    saved = clock.iso(clock.now(edition()))
    close_poll(office(), contest=CONTEST, from_="open")
    later(30 + 90)

    assert put(judge, free_for(judge)[:1], saved_at=saved)["result"] == "ok"
    row = db.session.scalars(select(BallotVersion)).one()
    assert (row.delayed, clock.iso(row.saved_at)) == (True, saved)


def test_saved_after_the_closing_is_closed(judge: Actor) -> None:
    closes = close_poll(office(), contest=CONTEST, from_="open")["closes_at"]
    later(31)
    answer = put(judge, free_for(judge)[:1])

    assert (answer["result"], answer["at"], answer["counted"]) == ("closed", closes, False)


def test_after_the_grace_even_an_early_one_is_closed_and_told_that_another_counts(judge: Actor) -> None:
    names = free_for(judge)
    put(judge, names[:1])
    saved = clock.iso(clock.now(edition()))
    close_poll(office(), contest=CONTEST, from_="open")
    later(30 + 91)
    answer = put(judge, names[1:2], saved_at=saved)

    assert (answer["result"], answer["counted"]) == ("closed", True)
    assert stored() == {"ranking": names[:1]}


def test_an_early_version_after_a_closed_answer_is_still_taken(judge: Actor) -> None:
    """The device sends the newest version saved by `at` when its newest one came too late."""
    names, early = free_for(judge), clock.now(edition())
    close_poll(office(), contest=CONTEST, from_="open")
    later(31)
    refused = put(judge, names[:1], rev=50)
    taken = put(judge, names[1:2], rev=49, saved_at=clock.iso(early))

    assert (refused["result"], taken["result"]) == ("closed", "ok")


def test_a_tablet_clock_ahead_does_not_lose_the_vote(judge: Actor) -> None:
    now = clock.now(edition())
    assert put(judge, free_for(judge)[:1], saved_at=clock.iso(now + timedelta(hours=1)))["result"] == "ok"
    assert db.session.scalars(select(BallotVersion)).one().saved_at == now


@pytest.mark.parametrize("joint", [False, True])
def test_an_entry_of_the_own_body_is_recused(joint: bool) -> None:
    category = CONTEST if not joint else joint_category()
    opened(category)
    label, number = recused_seat(category, joint)
    answer = put(sit(label), [number], contest=category)

    assert (answer["result"], answer["entries"]) == ("recused", [number])
    assert count(BallotVersion) == 0


def joint_category() -> str:
    for entry in db.session.scalars(select(Entry).where(Entry.outcome == "finalist")):
        if len(entry.bodies) > 1:
            return entry.category.code
    raise LookupError


def test_a_recusal_added_after_the_ballot_keeps_it_and_refuses_the_next(judge: Actor) -> None:
    names = free_for(judge)
    put(judge, names[:2])
    stand_in(office(), seat="A-01", name="代理 出席者", recused=[names[0]])

    assert put(judge, [names[0]])["result"] == "recused"
    assert stored() == {"ranking": names[:2]}
    assert count(SeatRecusal) == 1


def test_a_seat_outside_the_roster_has_no_vote(judge: Actor) -> None:
    db.session.delete(db.session.get(RosterSeat, (poll().id, judge.seat.id if judge.seat else 0)))
    db.session.commit()
    answer = put(judge, free_for(judge)[:1])

    assert (answer["result"], answer["field"]) == ("invalid", "contest")


def test_the_order_of_the_checks() -> None:
    """A device that lost its seat learns that, even if it is recused and the poll is closed; recusal comes before closing."""
    label, number = recused_seat()
    judge = sit(label)
    assert put(judge, [number], lease=9)["result"] == "taken_over"
    assert put(judge, [number])["result"] == "recused"
    assert put(judge, [free_for(judge)[0]])["result"] == "closed"


UNREADABLE: dict[str, Callable[[], dict[str, Any]]] = {
    "body": lambda: {"body": {"ranking": "S-001"}},
    "no key": lambda: {"body": {}},
    "extra key": lambda: {"body": {"ranking": [], "marks": {}}},
    "number": lambda: {"body": {"ranking": [1]}},
    "true": lambda: {"body": True},
    "nan": lambda: {"body": {"ranking": [float("nan")]}},
    "infinity": lambda: {"body": float("inf")},
    "half a pair": lambda: {"body": {"ranking": ["\ud800"]}},
    "twice": lambda: {"body": {"ranking": [entries()[0]] * 2}},
    "too many": lambda: {"body": {"ranking": entries()[:4]}},
    "other category": lambda: {"body": {"ranking": entries("idea")[:1]}},
    "entry": lambda: {"entry": entries()[0]},
    "contest": lambda: {"contest": "nothing"},
    "contest kind": lambda: {"contest": ["operations"]},
    "lease": lambda: {"lease": "1"},
    "boolean rev": lambda: {"rev": True},
    "negative rev": lambda: {"rev": -1},
    "huge rev": lambda: {"rev": 2**63},
    "op_id": lambda: {"op_id": "x"},
    "op_id kind": lambda: {"op_id": None},
    "saved_at": lambda: {"saved_at": "soon"},
    "naive": lambda: {"saved_at": "2025-12-24T11:18:00"},
    "year one": lambda: {"saved_at": "0001-01-01T00:00:00+09:00"},
    "unknown": lambda: {"extra": 1},
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_malformed_payload_is_invalid_and_stores_nothing(judge: Actor, name: str) -> None:
    answer = put(judge, free_for(judge)[:1], **UNREADABLE[name]())

    assert answer["result"] == "invalid"
    assert {"field", "text", "op_id"} <= set(answer)
    assert (count(BallotVersion), count(BallotAnswer)) == (0, 0)


@pytest.mark.parametrize("whole", [None, [], "x", 1, True])
def test_a_payload_that_is_no_object_is_invalid(judge: Actor, whole: object) -> None:
    from eventapp.voting.operations import receive_ballot

    assert receive_ballot(judge, whole) == {"result": "invalid", "field": "body", "text": "must be an object", "op_id": None}


def test_a_withdrawn_entry_cannot_be_named_and_ballots_with_it_need_review(judge: Actor) -> None:
    names = free_for(judge)
    put(judge, names[:2])
    entry = db.session.scalars(select(Entry).where(Entry.number == names[0])).one()
    entry.state, entry.withdrawn_at = "withdrawn", clock.now(edition())
    db.session.commit()

    assert flag_ballots(office(), entry=names[0]) == 1
    assert db.session.scalars(select(Ballot)).one().needs_review is True
    assert put(judge, names[:2])["result"] == "invalid"
    assert put(judge, names[1:3])["result"] == "ok"
    assert db.session.scalars(select(Ballot)).one().needs_review is False


def test_boards_do_not_tell_whose_ballot_named_a_withdrawn_entry(judge: Actor) -> None:
    put(judge, free_for(judge)[:2])
    before = live.document(edition(), "chair")["sections"]["receipts"]

    flag_ballots(office(), entry=free_for(judge)[0])

    assert live.document(edition(), "chair")["sections"]["receipts"] == before


def test_an_op_id_of_one_seat_says_nothing_to_another(judge: Actor) -> None:
    other = sit("A-02")
    mine = put(judge, free_for(judge)[:1], op_id="op-shared-1")
    theirs = put(other, free_for(other)[1:2], op_id="op-shared-1")

    assert (mine["result"], theirs["result"]) == ("ok", "ok")
    assert mine["receipt"] != theirs["receipt"]


def test_a_choice_ballot_of_one(judge: Actor) -> None:
    opened("dx-sprint")
    tagged = [entry.number for entry in db.session.scalars(select(Entry).where(Entry.outcome == "finalist")) if "sprint" in entry.tags]
    own = [number for number in tagged if number in {*free_for(judge, "service"), *free_for(judge, "operations")}]

    assert put(judge, contest="dx-sprint", body={"entries": own[:1]})["result"] == "ok"
    assert put(judge, contest="dx-sprint", body={"entries": own[:2]})["result"] == "invalid"
    assert put(judge, contest="dx-sprint", body={"entries": free_for(judge, "idea")[:1]})["result"] == "invalid"


def test_only_the_own_seat_is_told(judge: Actor) -> None:
    before = {row.name: row.rev for row in db.session.scalars(select(ChannelRev))}
    put(judge, free_for(judge)[:1])
    db.session.expire_all()
    changed = {row.name for row in db.session.scalars(select(ChannelRev)) if before.get(row.name) != row.rev}

    assert changed == {f"judge:{judge.seat.id if judge.seat else 0}"}


def test_the_journal_commits_to_the_vote_and_does_not_say_it(judge: Actor) -> None:
    names = free_for(judge)[:2]
    answer = put(judge, names)
    line = db.session.scalars(select(JournalLine).where(JournalLine.act == "ballot.put")).one()
    version = db.session.scalars(select(BallotVersion)).one()
    details = json.loads(line.details)

    assert line.actor == "seat:A-01"
    assert set(details) == {"contest", "receipt", "seq", "delayed", "commitment"}
    assert details["receipt"] == answer["receipt"]
    assert details["commitment"] == commitment(version.salt, CONTEST, "A-01", "", version.body)
    assert not any(name in line.details for name in entries())
    assert journal.findings(journal.lines(edition())) == []


def test_nobody_else_sees_what_was_voted(judge: Actor) -> None:
    """Two votes by one seat: every document but its own is the same, byte for byte."""
    sit("A-02")
    names = free_for(judge)
    put(judge, names[:1])
    others = [("public", None), ("stage", None), ("crew", None), ("overlay", None), ("chair", None), ("judge", seat("A-02"))]
    before = [live.document(edition(), channel, own, {})["sections"] for channel, own in others]
    put(judge, names[1:2])
    current_app.extensions.pop("eventapp.documents", None)

    assert [live.document(edition(), channel, own, {})["sections"] for channel, own in others] == before


def test_a_plain_form_ballot_gets_its_version_from_the_server(judge: Actor) -> None:
    names = free_for(judge)
    put(judge, names[:1], rev=41)
    answer = put_plain(judge, contest=CONTEST, body={"ranking": names[1:2]})

    assert (answer["result"], answer["rev"]) == ("ok", 42)


def test_reopened_ballots_stay_and_new_ones_are_taken(judge: Actor) -> None:
    names = free_for(judge)
    put(judge, names[:1])
    close_poll(office(), contest=CONTEST, from_="open")
    later(121)
    close_due_polls(office())
    assert poll().state == "closed"
    with pytest.raises(Refusal, match=r"reason\.omitted"):
        reopen_poll(office(), contest=CONTEST, reason=" ")
    reopen_poll(office(), contest=CONTEST, reason="会場の停電")

    assert stored() == {"ranking": names[:1]}
    assert put(judge, names[1:2])["result"] == "ok"


def test_a_poll_opens_only_over_zero(judge: Actor) -> None:
    put(judge, free_for(judge)[:1])
    row = poll()
    row.state, row.opened_at = "draft", None
    db.session.commit()

    with pytest.raises(Refusal, match=r"poll\.counted"):
        open_poll(office(), contest=CONTEST, from_="draft")
