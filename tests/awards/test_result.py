"""Counting, deciding and sealing: nothing before the polls are closed, nothing by one person alone."""

import json

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from eventapp import journal
from eventapp.access import Role, system
from eventapp.admin.queries import edition_named
from eventapp.awards import queries
from eventapp.awards.lot.operations import draw_lot, promise_lot, say_words
from eventapp.awards.operations import decide, propose_result, sign_result, void_seal
from eventapp.extensions import db
from eventapp.models import Decision, JournalLine, Poll, Seal
from eventapp.rules.canonical import digest
from eventapp.rules.refusal import Refusal
from eventapp.rules.tally_files import parse_files
from tests.awards.day import actor, choose_finalists, close_day, sample_votes, seal_day, sign_by, step, tied_votes

EIGHT = ["grand-service", "grand-operations", "grand-idea", "excellence-service", "excellence-operations", "excellence-idea",
         "dx-sprint", "ai-innovation"]  # fmt: skip


def lines() -> int:
    return db.session.scalar(select(func.count()).select_from(JournalLine)) or 0


def tie_day() -> tuple[str, str]:
    """A day whose DX Sprint is level; the two entries. The earlier prizes are kept out of the way."""
    edition = edition_named(None)
    close_day(tied_votes(edition))
    first, second = (one["number"] for one in queries.nominees(edition, "dx-sprint")[:2])
    return first, second


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, match=f"^{code}$")


@pytest.mark.parametrize("state", ["draft", "zero", "open", "closing"])
def test_no_number_exists_while_one_poll_is_not_closed(app: Flask, state: str) -> None:
    edition = close_day()
    poll = db.session.scalars(select(Poll).where(Poll.contest == "idea")).one()
    poll.state, poll.closed_at = state, None
    poll.closes_at = poll.closes_at if state == "closing" else None
    db.session.commit()

    for read in (queries.tally_files, queries.result):
        with refused("result.withheld"):
            read(edition)
    with refused("result.withheld"):
        propose_result(actor(Role.CHAIR))
    with refused("result.withheld"):
        sign_result(actor(Role.CHAIR), hash="0" * 64)
    assert db.session.scalar(select(func.count()).select_from(Seal)) == 0


def test_the_files_are_acceptable_and_complete(app: Flask) -> None:
    edition = close_day()

    files = queries.tally_files(edition)

    case = parse_files(*(files[name] for name in queries.FILES))
    assert (len(case.judges), len(case.entries), len(case.submissions)) == (85, 29, len(sample_votes(edition, 1)))
    assert files["ballots.csv"].splitlines()[0] == b"seq,judge,contest,entry,criterion,value,cast_at,received_at"


def test_equal_state_gives_equal_files(app: Flask) -> None:
    edition = close_day()

    assert queries.tally_files(edition) == queries.tally_files(edition)


def test_a_title_is_no_formula_in_the_files(app: Flask) -> None:
    edition = close_day()
    entry = queries.finalists(edition)[0]
    entry.title = "=cmd|' /C calc'!A0\nnext"
    db.session.commit()

    assert "'=cmd|' /C calc'!A0 next" in queries.tally_files(edition)["entries.csv"].decode()


def test_the_eight_prizes_go_to_eight_entries(app: Flask) -> None:
    found = queries.result(close_day())

    winners = [winner for prize in found["prizes"] for winner in prize["winners"]]
    assert ([prize["id"] for prize in found["prizes"]], len(winners), len(set(winners))) == (EIGHT, 8, 8)


def test_counting_asks_a_fixed_number_of_questions(app: Flask) -> None:
    edition = close_day()
    few = [vote for vote in sample_votes(edition, 1) if vote[1] in ("A-01", "A-02")]
    counts = []
    for votes in (few, sample_votes(edition, 1)):
        close_day(votes)
        db.session.expire_all()
        edition = edition_named(None)
        asked: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *args, asked=asked: asked.append(args[2]))
        queries.tally_files(edition)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_nobody_voted_gives_no_winner_and_no_division_by_zero(app: Flask) -> None:
    found = queries.result(close_day([]))

    assert {prize["status"] for prize in found["prizes"]} == {"none"}


def test_a_tie_waits_for_the_chair_and_cannot_be_signed(app: Flask) -> None:
    tie_day()
    edition = edition_named(None)
    found = queries.result(edition)

    assert queries.unsettled(found)[0] == "dx-sprint"
    with refused("result.unsettled"):
        sign_result(actor(Role.CHAIR), hash=digest(found))


def test_the_chair_decides_and_the_count_follows(app: Flask) -> None:
    first, second = tie_day()

    decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{second} {first}", reason="横展開のしやすさ")

    prize = next(one for one in queries.result(edition_named(None))["prizes"] if one["id"] == "dx-sprint")
    assert (prize["winners"], prize["tie"]["decided_by"]) == ([second], "chair")


def test_the_chair_leaves_it_to_a_lot_drawn_in_public(app: Flask) -> None:
    first, second = tie_day()
    chair = actor(Role.CHAIR)
    with refused("decision.unneeded"):
        decide(chair, prize="dx-sprint", step="lot", value="3 5 1", reason="会場のさいころ")

    decide(chair, prize="dx-sprint", step="chair", value="", reason="くじに委ねる")
    promise_lot(chair)
    say_words(chair, words="3 5 1")
    draw_lot(chair)

    prize = next(one for one in queries.result(edition_named(None))["prizes"] if one["id"] == "dx-sprint")
    assert (prize["tie"]["decided_by"], set(prize["winners"]) < {first, second}) == ("lot", True)


@pytest.mark.parametrize("value", ["{0}", "{0} {0}", "{0} {1} S-999", "x"])
def test_a_decision_orders_all_entries_in_dispute_or_none(app: Flask, value: str) -> None:
    named = tie_day()

    with refused("decision.malformed"):
        decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=value.format(*named), reason="理由")
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 0


@pytest.mark.parametrize(("prize", "step_"), [("grand-service", "chair"), ("no-prize", "chair"), ("dx-sprint", "coin")])
def test_a_prize_that_needs_no_decision_takes_none(app: Flask, prize: str, step_: str) -> None:
    tie_day()
    before = lines()

    with refused("decision.unneeded"):
        decide(actor(Role.CHAIR), prize=prize, step=step_, value="x", reason="理由")
    assert lines() == before


def test_a_decision_needs_a_reason(app: Flask) -> None:
    first, second = tie_day()

    with refused("reason.omitted"):
        decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{first} {second}", reason=" ")


def test_a_chair_of_a_tied_body_leaves_the_decision_to_the_deputy(app: Flask) -> None:
    first, second = tie_day()
    chair, deputy = actor(Role.CHAIR), actor(Role.DEPUTY)
    own = next(entry for entry in queries.finalists(edition_named(None)) if entry.number == first).bodies[0]
    assert chair.person is not None
    chair.person.body_id = own.id
    db.session.commit()

    with refused("decision.recused"):
        decide(chair, prize="dx-sprint", step="chair", value=f"{first} {second}", reason="理由")
    decide(deputy, prize="dx-sprint", step="chair", value=f"{second} {first}", reason="理由")


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.DIRECTOR, Role.AUDITOR])
def test_only_chair_and_deputy_decide(app: Flask, role: Role) -> None:
    first, second = tie_day()

    with refused("result.reserved"):
        decide(actor(role), prize="dx-sprint", step="chair", value=f"{first} {second}", reason="理由")


def test_two_persons_seal(app: Flask) -> None:
    edition = close_day()

    hash_ = sign_by(Role.CHAIR)
    assert queries.sealed(edition) is None
    sign_by(Role.SECRETARIAT)

    row = queries.sealed(edition_named(None))
    assert row is not None
    assert (row.hash, queries.sha256(row.canonical.encode()), len(row.signatures)) == (hash_, hash_, 2)
    assert set(json.loads(row.explain)) == set(EIGHT)


def test_one_person_never_seals_alone(app: Flask) -> None:
    close_day()
    hash_ = sign_by(Role.CHAIR)

    with refused("signature.repeated"):
        sign_result(actor(Role.CHAIR), hash=hash_)
    assert queries.sealed(edition_named(None)) is None


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.MC, Role.AUDITOR])
def test_others_do_not_sign(app: Flask, role: Role) -> None:
    edition = close_day()

    with refused("result.reserved"):
        sign_result(actor(role), hash=digest(queries.result(edition)))
    with refused("result.reserved"):
        sign_result(system(edition), hash=digest(queries.result(edition)))


def test_a_member_of_the_office_who_was_not_named_does_not_sign(app: Flask) -> None:
    edition = close_day()
    office = actor(Role.SECRETARIAT)
    assert office.person is not None
    office.person.is_sealer = False
    db.session.commit()

    with refused("result.reserved"):
        sign_result(office, hash=digest(queries.result(edition)))


def test_another_hash_is_not_signed(app: Flask) -> None:
    close_day()

    with refused("result.superseded"):
        sign_result(actor(Role.CHAIR), hash="0" * 64)
    assert db.session.scalar(select(func.count()).select_from(Seal)) == 0


def test_a_sealed_result_takes_no_third_signature(app: Flask) -> None:
    close_day()
    hash_ = seal_day()

    with refused("result.sealed"):
        sign_result(actor(Role.SECRETARIAT), hash=hash_)


def test_a_decision_voids_the_first_signature(app: Flask) -> None:
    first, second = tie_day()
    decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{first} {second}", reason="理由")
    old = sign_by(Role.CHAIR)

    decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{second} {first}", reason="数え直し")

    assert queries.seal(edition_named(None)) is None
    with refused("result.superseded"):
        sign_result(actor(Role.DEPUTY), hash=old)
    assert queries.sealed(edition_named(None)) is None
    seal_day()
    assert queries.sealed(edition_named(None)) is not None


def test_a_changed_count_voids_the_first_signature(app: Flask) -> None:
    edition = close_day()
    old = sign_by(Role.CHAIR)
    close_day(sample_votes(edition, 2))

    with refused("result.superseded"):
        sign_result(actor(Role.DEPUTY), hash=old)
    sign_by(Role.DEPUTY)

    assert queries.sealed(edition_named(None)) is None


def test_voiding_keeps_the_row_and_its_reason(app: Flask) -> None:
    edition = close_day()
    seal_day()

    void_seal(actor(Role.CHAIR), reason="poll.reopened idea")
    void_seal(actor(Role.CHAIR), reason="again")

    assert queries.sealed(edition) is None
    assert db.session.scalars(select(Seal.void_reason)).all() == ["poll.reopened idea"]


def test_nothing_is_decided_once_the_reveal_has_begun(app: Flask) -> None:
    first, second = tie_day()
    decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{first} {second}", reason="理由")
    seal_day()
    step()

    with refused("result.revealed"):
        decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{second} {first}", reason="理由")


def test_the_journal_of_a_seal_holds_hashes_and_no_winner(app: Flask) -> None:
    edition = close_day()
    before = lines()
    hash_ = seal_day()

    added = journal.lines(edition)[before:]
    text = json.dumps(added, ensure_ascii=False)
    assert [line["act"] for line in added] == ["result.proposed", "result.signed", "result.sealed", "result.signed"]
    assert hash_ in text
    assert [entry.number for entry in queries.finalists(edition) if entry.number in text] == []


def test_the_stage_order_does_not_come_from_the_result(app: Flask) -> None:
    edition = edition_named(None)
    choose_finalists(edition)

    counts = [len(queries.nominees(edition, code)) for code in ("grand-operations", "excellence-operations", "grand-idea", "grand-service")]
    assert counts == [11, 11, 8, 10]
    assert queries.nominees(edition, "grand-service") == queries.nominees(edition, "excellence-service")
