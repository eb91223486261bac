"""Every read of the sealers' room: who may decide what is left open, and the result as people read it."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from eventapp.access import Role
from eventapp.awards import queries
from eventapp.extensions import db
from eventapp.models import Edition, Entry, Person, PersonRecusal
from eventapp.rules.tally_model import Prize
from eventapp.voting import queries as voting

DECIDING = (Role.CHAIR, Role.DEPUTY)  # in the order in which they are asked


# --- who decides ---------------------------------------------------------------------------------------------------------


def binding(person: Person, entries: Iterable[Entry]) -> dict[str, str]:
    """The entries on which the person is not free, each with why: `own` (its body, alone or jointly) or `declared`."""
    entries = list(entries)
    declared = select(PersonRecusal.entry_id).where(PersonRecusal.person_id == person.id)
    said = set(db.session.scalars(declared))
    found = {entry.number: "declared" for entry in entries if entry.id in said}
    return found | {entry.number: "own" for entry in entries if person.body_id in {body.id for body in entry.bodies}}


def deciders(edition: Edition, disputed: Iterable[str]) -> list[dict[str, Any]]:
    """Chair, then deputy, as far as they are named sealers, each with what binds them among the entries in dispute."""
    numbers = set(disputed)
    entries = [entry for entry in queries.finalists(edition) if entry.number in numbers]
    asked = [role.value for role in DECIDING]
    people = [person for person in queries.sealers(edition) if person.role in asked]
    people.sort(key=lambda person: (asked.index(person.role), person.id))
    return [{"person": person, "bound": binding(person, entries)} for person in people]


def somebody_is_free(edition: Edition, disputed: Iterable[str]) -> bool:
    return any(not one["bound"] for one in deciders(edition, disputed))


# --- the result as people read it ------------------------------------------------------------------------------------------


def contest_facts(edition: Edition) -> dict[str, dict[str, Any]]:
    """What people call each contest, in both languages, with what its numbers mean."""
    names = queries.contest_names_by_language(edition)
    return {
        contest.id: {
            "id": contest.id, "method": contest.method, "count": contest.count, "quorum": contest.quorum, "min_marks": contest.min_marks,
            "name": names.get(contest.id, (contest.id, contest.id))[0], "name_en": names.get(contest.id, (contest.id, contest.id))[1],
        }
        for contest in voting.rulebook(edition).contests
    }  # fmt: skip


def awards(edition: Edition, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every prize of the result with all that its reasons speak of: facts, contest, rows of the standing, prizes already won."""
    book = {prize.id: prize for prize in voting.rulebook(edition).prizes}
    contests, given = contest_facts(edition), {row.prize: row for row in queries.decisions(edition)}
    rows = {one["id"]: {row["entry"]: row for row in one["standing"]} for one in found["contests"]}
    present = {one["id"]: one for one in found["contests"]}
    won = {prize["id"]: prize["winners"] for prize in found["prizes"]}
    return [
        {
            "id": prize["id"], "facts": queries.prize_facts(edition, prize["id"]), "seats": book[prize["id"]].seats,
            "contest": contests[book[prize["id"]].contest], "counted": present[book[prize["id"]].contest],
            "rows": rows[book[prize["id"]].contest], "status": prize["status"], "winners": prize["winners"],
            "passed_over": [(entry, _won(book[prize["id"]], entry, won)) for entry in prize["passed_over"]],
            "tie": prize["tie"], "needs": prize["needs"], "explain": prize["explain"], "decision": given.get(prize["id"]),
        }
        for prize in found["prizes"]
    ]  # fmt: skip


def _won(prize: Prize, entry: str, won: Mapping[str, list[str]]) -> list[str]:
    """The excluded prizes that the entry has won."""
    return [name for name in prize.excludes if entry in won.get(name, ())]
