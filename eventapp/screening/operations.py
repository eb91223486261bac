"""Every write of the first round: assignments, sheets, decisions, the release, and the edition's phase."""

from collections.abc import Collection, Mapping
from typing import Any

from eventapp import clock
from eventapp.access import Actor
from eventapp.extensions import db
from eventapp.models import Assignment, Category, Entry
from eventapp.rules import screening as rules
from eventapp.rules.refusal import Refusal
from eventapp.screening import queries
from eventapp.work import note, operation, touch

OPEN_PHASES = ("preparation", "call", "screening")
MOST_WORDS = 4000
SPECIAL = "special"  # the question by which an entry asks for special prizes


@operation("screening.assigned")
def apply_assignments(actor: Actor, *, seed: str, k: int | None = None, fingerprint: str | None = None) -> rules.Assignments:
    """Give every submitted entry its k screeners by lot from `seed`; sheets that were begun stay. Same seed, same result.

    Refuses `assignment.closed` after the screening, `assignment.changed` when the dry run behind `fingerprint` looked different.
    """
    edition = actor.edition
    if edition.phase not in OPEN_PHASES:
        raise Refusal("assignment.closed")
    k = k or queries.default_k(edition)
    planned = queries.plan(edition, k=k, seed=seed)
    if fingerprint is not None and queries.fingerprint(planned) != fingerprint:
        raise Refusal("assignment.changed")
    entries = {entry.number: entry for entry in queries.submitted(edition)}
    people = {queries.screener_code(person): person for person in queries.people(edition)}
    there = {(sheet.entry.number, queries.screener_code(sheet.person)): sheet for sheet in queries.assignments(edition)}
    for pair, sheet in there.items():
        if pair not in planned.pairs and not queries.has_begun(sheet):
            db.session.delete(sheet)
    for number, code in planned.pairs:
        if (number, code) not in there:
            db.session.add(Assignment(edition_id=edition.id, entry=entries[number], person=people[code], scores={}, flags=[]))
    short = {one.entry: one.missing for one in planned.shortages}
    note(seed=seed, k=k, pairs=len(planned.pairs), short=short, plan=queries.fingerprint(planned))
    return planned


@operation(None)
def put_score(
    actor: Actor, sheet: Assignment, *, marks: Mapping[str, int], flags: Collection[str] = (), comment: str = ""
) -> Assignment:  # fmt: skip
    """Keep a screener's own sheet as it is now; done once every criterion has its mark. The same again changes nothing.

    Refuses `screening.closed` outside the screening, `entry.recused` for the own body, `score.malformed`.
    """
    _require_open(actor, sheet)
    known, scale = queries.weights(sheet.entry.category), queries.scale(actor.edition)
    if not set(marks) <= set(known) or not all(mark in scale for mark in marks.values()):
        raise Refusal("score.malformed")
    asked = {one["code"] for one in queries.flags(actor.edition, sheet.entry.category)}
    sheet.scores, sheet.flags = dict(sorted(marks.items())), sorted(asked & set(flags))
    sheet.comment, sheet.reason = comment.strip()[:MOST_WORDS], ""
    sheet.state = "done" if set(marks) == set(known) else "open"
    sheet.saved_at = clock.now(actor.edition)
    return sheet


@operation(None)
def abstain(actor: Actor, sheet: Assignment, *, reason: str) -> None:
    """The screener does not score this entry, and says why: an outcome, never a zero. Refuses `reason.missing`."""
    _require_open(actor, sheet)
    if not reason.strip():
        raise Refusal("reason.missing")
    sheet.state, sheet.reason, sheet.saved_at = "abstained", reason.strip()[:MOST_WORDS], clock.now(actor.edition)


def _require_open(actor: Actor, sheet: Assignment) -> None:
    if actor.person is None or sheet.person_id != actor.person.id:
        raise Refusal("access.denied")
    if rules.conflicted(queries.screener(sheet.person), queries.subject(sheet.entry)):
        raise Refusal("entry.recused")
    if actor.edition.phase != "screening":
        raise Refusal("screening.closed")


@operation("screening.decided")
def decide(actor: Actor, category: Category, *, passed: Collection[str], by: rules.Method = "mean", reason: str = "") -> None:
    """Decide who of a category goes on stage. Pending, invisible to entrants, and changeable until everything is released.

    Refuses `selection.released`, `entry.unknown`, and `selection.unexplained` where the line alone does not say it.
    """
    if queries.is_released(actor.edition):
        raise Refusal("selection.released")
    entries = queries.submitted(actor.edition, category)
    if not set(passed) <= {entry.number for entry in entries}:
        raise Refusal("entry.unknown")
    found = queries.line(actor.edition, category, seats=len(set(passed)), by=by)
    rules.explained(passed, found.cuts[by], unfinished=found.open_sheets, reason=reason)
    sheets = [sheet for sheet in queries.assignments(actor.edition, category) if sheet.state == "done"]
    at = clock.now(actor.edition)
    for entry in entries:
        entry.outcome = "finalist" if entry.number in passed else "not_selected"
        entry.outcome_reason, entry.decided_by, entry.decided_at = reason.strip()[:MOST_WORDS], actor.name, at
        asked = entry.answers.get(SPECIAL, [])
        votes = [sheet.flags for sheet in sheets if sheet.entry_id == entry.id]
        entry.tags = list(rules.eligible(asked if isinstance(asked, list) else [], votes)) if votes else entry.tags
    note(category=category.code, by=by, seats=len(set(passed)), passed=sorted(passed), reason=reason)


@operation("screening.released")
def release(actor: Actor) -> None:
    """Let all entrants see all outcomes at once. Refuses `selection.released`, `selection.undecided` while one is missing."""
    if queries.is_released(actor.edition):
        raise Refusal("selection.released")
    entries = queries.submitted(actor.edition)
    if not entries or any(not entry.outcome for entry in entries):
        raise Refusal("selection.undecided")
    at = clock.now(actor.edition)
    for entry in entries:
        entry.released_at = at
    note(finalists=_finalists(entries))
    touch(actor, "public", "crew")


def _finalists(entries: Collection[Entry]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for entry in entries:
        if entry.outcome == "finalist":
            found.setdefault(entry.category.code, []).append(entry.number)
    return found
