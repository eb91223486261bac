"""Paper ballots: printed, collected, typed by two people, compared, counted by the rules of every ballot."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from eventapp import clock
from eventapp.access import Actor, Role
from eventapp.awards import queries as awards
from eventapp.extensions import db
from eventapp.models import Ballot, BallotVersion, JournalLine, PaperBallot, Person, Poll
from eventapp.paperballots import queries as papers
from eventapp.paperballots.operations import cancel_paper, collect_paper, key_paper, print_papers, replace_by_paper
from eventapp.rules.refusal import Refusal
from eventapp.voting import queries
from eventapp.voting.polls import close_due_polls, close_poll
from tests.voting.factories import (
    CONTEST,
    edition,
    entries,
    free_for,
    later,
    office,
    opened,
    poll,
    put,
    recused_seat,
    seat,
    select_finalists,
    sit,
)  # fmt: skip


@pytest.fixture(autouse=True)
def finalists(app: Flask) -> None:
    select_finalists()


def clerk(n: int) -> Actor:
    """The n-th person of the secretariat."""
    query = select(Person).where(Person.edition_id == edition().id, Person.role == "secretariat").order_by(Person.id)
    people = list(db.session.scalars(query))
    while len(people) <= n:
        people.append(Person(edition_id=edition().id, role="secretariat", name=f"事務局{len(people)}"))
        db.session.add(people[-1])
        db.session.commit()
    return Actor(Role.SECRETARIAT, edition(), f"secretariat:{people[n].id}", people[n])


def printed(label: str = "A-01", contest: str = CONTEST) -> str:
    print_papers(clerk(0), contest=contest, seats=[seat(label)])
    found = papers.unused(poll(contest), seat(label))
    assert found is not None
    return found.code


def collected(label: str = "A-01", contest: str = CONTEST) -> str:
    code = printed(label, contest)
    collect_paper(clerk(0), code=code)
    return code


def paper(code: str) -> PaperBallot:
    found = papers.find_paper(edition(), code)
    assert found is not None
    return found


def ranking(*names: str) -> dict[str, object]:
    return {"": {"ranking": list(names)}}


def names(label: str = "A-01") -> list[str]:
    return free_for(Actor(Role.JUDGE, edition(), seat=seat(label)))


def journal() -> str:
    return "".join(db.session.scalars(select(JournalLine.details)))


def versions() -> list[BallotVersion]:
    return list(db.session.scalars(select(BallotVersion).order_by(BallotVersion.id)))


def test_two_equal_copies_of_two_people_are_the_seats_ballot() -> None:
    opened()
    code = collected()
    handed = clock.now(edition())
    later(300)
    assert key_paper(clerk(0), code=code, bodies=ranking(*names()[:2])) == "waiting"
    assert versions() == []
    assert key_paper(clerk(1), code=code, bodies=ranking(*names()[:2])) == "counted"

    row = db.session.scalars(select(Ballot)).one()
    assert (row.source, json.loads(row.body), row.saved_at, row.receipt) == ("paper", {"ranking": names()[:2]}, handed, paper(code).receipt)
    assert (row.seat.label, versions()[0].source) == ("A-01", "paper")
    cast = next(iter(queries.ballot_rows(edition())))
    assert (cast["judge"], cast["value"], cast["cast_at"]) == ("A-01", "1", clock.iso(handed))


def test_the_same_person_twice_is_not_two_people() -> None:
    opened()
    code = collected()
    for _ in range(2):
        assert key_paper(clerk(0), code=code, bodies=ranking(names()[0])) == "waiting"
    assert versions() == []


def test_nobody_without_a_name_types_a_sheet() -> None:
    opened()
    code = collected()
    with pytest.raises(Refusal, match=r"access\.denied"):
        key_paper(office(), code=code, bodies=ranking(names()[0]))


def test_different_copies_count_nothing_until_a_third_agrees_with_one() -> None:
    opened()
    code = collected()
    key_paper(clerk(0), code=code, bodies=ranking(*names()[:2]))
    assert key_paper(clerk(1), code=code, bodies=ranking(*names()[1::-1])) == "differs"
    assert (versions(), paper(code).state) == ([], "collected")
    assert key_paper(clerk(2), code=code, bodies=ranking(*names()[:2])) == "counted"
    assert json.loads(versions()[0].body) == {"ranking": names()[:2]}


def test_who_typed_wrong_may_type_again() -> None:
    opened()
    code = collected()
    key_paper(clerk(0), code=code, bodies=ranking(names()[0]))
    key_paper(clerk(1), code=code, bodies=ranking(names()[1]))
    assert key_paper(clerk(1), code=code, bodies=ranking(names()[0])) == "counted"


def test_a_seat_that_has_voted_is_replaced_only_with_a_reason() -> None:
    opened()
    judge = sit("A-01")
    put(judge, names()[:1])
    code = collected()
    key_paper(clerk(0), code=code, bodies=ranking(names()[1]))
    assert key_paper(clerk(1), code=code, bodies=ranking(names()[1])) == "agreed"
    assert len(versions()) == 1
    with pytest.raises(Refusal, match=r"reason\.omitted"):
        replace_by_paper(clerk(0), code=code, reason=" ")
    replace_by_paper(clerk(0), code=code, reason="端末の故障で紙を提出")

    assert json.loads(db.session.scalars(select(Ballot)).one().body) == {"ranking": [names()[1]]}
    answer = put(judge, names()[2:3], rev=10_000)
    assert (answer["result"], answer["current"]["paper"]) == ("stale", True)


def test_the_journal_says_paper_and_who_and_never_what() -> None:
    opened()
    code = collected()
    for n in range(2):
        key_paper(clerk(n), code=code, bodies=ranking(*names()[:2]))
    lines = list(db.session.scalars(select(JournalLine).order_by(JournalLine.seq.desc()).limit(5)))

    assert [line.act for line in lines] == ["paper.keyed", "ballot.put", "paper.keyed", "paper.collected", "papers.printed"]
    put_line = json.loads(lines[1].details)
    assert (put_line["source"], put_line["seat"], lines[1].actor) == ("paper", "A-01", clerk(1).name)
    assert [name for name in entries() if any(name in line.details for line in lines)] == []


@pytest.mark.parametrize("bodies", [{"": {"ranking": ["X-999"]}}, {"": {"entries": []}}, {"": {"ranking": "P-001"}}])
def test_what_no_ballot_may_say_no_sheet_may(bodies: dict[str, object]) -> None:
    opened()
    code = collected()
    with pytest.raises(Refusal, match=r"ballot\.invalid"):
        key_paper(clerk(0), code=code, bodies=bodies)
    assert paper(code).keyings == []


def test_an_own_bodys_entry_is_refused_on_paper_too() -> None:
    opened()
    label, own = recused_seat()
    code = collected(label)
    with pytest.raises(Refusal, match=r"ballot\.recused"):
        key_paper(clerk(0), code=code, bodies=ranking(own))


def test_a_sheet_is_collected_only_while_the_poll_takes_ballots() -> None:
    code = printed()
    with pytest.raises(Refusal, match=r"poll\.not_open"):
        collect_paper(clerk(0), code=code)
    opened()
    for at in (poll().opened_at, None):
        with pytest.raises(Refusal, match=r"paper\.untimely"):
            collect_paper(clerk(0), code=code, at=(at or clock.now(edition())) + timedelta(seconds=1 if at is None else -1))
    close_poll(office(), contest=CONTEST, from_="open")
    later(31)
    with pytest.raises(Refusal, match=r"poll\.closed"):
        collect_paper(clerk(0), code=code)


def test_a_poll_waits_for_the_sheets_in_hand() -> None:
    opened()
    code, other = collected(), collected("A-02")
    close_poll(office(), contest=CONTEST, from_="open")
    later(600)
    close_due_polls(office())
    assert poll().state == "closing"
    for n in range(2):
        key_paper(clerk(n), code=code, bodies=ranking(names()[0]))
    close_due_polls(office())
    assert poll().state == "closing"
    cancel_paper(clerk(0), code=other, reason="判読できない")
    close_due_polls(office())
    assert poll().state == "closed"
    assert [one.saved_at <= poll().closes_at and one.received_at <= poll().closes_at for one in versions()] == [True]  # type: ignore[operator]


def test_a_counted_sheet_is_not_cancelled_and_a_cancelled_one_not_typed() -> None:
    opened()
    code = collected()
    for n in range(2):
        key_paper(clerk(n), code=code, bodies=ranking(names()[0]))
    with pytest.raises(Refusal, match=r"paper\.superseded"):
        cancel_paper(clerk(0), code=code, reason="やめる")
    other = collected("A-02")
    cancel_paper(clerk(0), code=other, reason="書き損じ")
    with pytest.raises(Refusal, match=r"paper\.superseded"):
        key_paper(clerk(0), code=other, bodies=ranking(names("A-02")[0]))


# --- counted by hand --------------------------------------------------------------------------------------------------------


RULES = """
format = "tally/1"
recuse_own = false
[[contests]]
id = "operations"
categories = ["operations"]
{method}
"""
METHODS: dict[str, tuple[str, Any]] = {
    "choice": ('method = "choice"\nchoices = 2', lambda a, b: {"": {"entries": [a, b]}}),
    "points": ('method = "points"\npoints = [3, 2, 1]', lambda a, b: {"": {"ranking": [a, b]}}),
    "score": (
        'method = "score"\n[contests.criteria.impact]\nmax = 5',
        lambda a, b: {a: {"marks": {"impact": 4}}, b: {"marks": {"impact": 1}}},
    ),
    "grade": ('method = "grade"\ngrades = ["C", "B", "A"]', lambda a, b: {a: {"grade": "A"}, b: {"grade": "C"}}),
}
BY_HAND = {  # three papers: the first entry above, the second below; per entry (score of the first, score of the second)
    "choice": ("1", "1"),
    "points": ("3", "2"),
    "score": ("4", "1"),
    "grade": ("2", "0"),
}


@pytest.mark.parametrize("method", METHODS)
def test_papers_of_every_method_count_as_computed_by_hand(method: str) -> None:
    text, made = METHODS[method]
    edition().rules_toml = RULES.format(method=text) + '[[prizes]]\nid = "grand"\ncontest = "operations"\n'
    db.session.execute(delete(Poll).where(Poll.contest != CONTEST))
    db.session.commit()
    opened()
    first, second = entries()[:2]
    for label in ("A-01", "A-02", "A-03"):
        code = collected(label)
        for n in range(2):
            outcome = key_paper(clerk(n), code=code, bodies=made(first, second))
        assert outcome == "counted"
    close_poll(office(), contest=CONTEST, from_="open")
    later(121)
    close_due_polls(office())

    result = awards.result(edition())
    scores = {row["entry"]: row["score"] for row in result["contests"][0]["standing"]}
    assert (result["contests"][0]["present"], scores[first], scores[second]) == (3, *BY_HAND[method])
    assert result["prizes"][0]["winners"] == ([first] if method != "choice" else [])
