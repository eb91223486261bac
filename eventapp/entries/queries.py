"""Facts about entries, as their own body may see them: an outcome exists here only once it is released."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from eventapp import clock
from eventapp.access import Actor, Role
from eventapp.extensions import db
from eventapp.models import Body, Category, Edition, Entry, EntryBody, EntryRevision
from eventapp.models.event import PHASES
from eventapp.rules import entry as rules
from eventapp.rules.entry import Answer, Problem, Question
from eventapp.rules.refusal import Refusal

SUBMIT = "submit"  # the step behind the preset's own steps


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of an entry's form, and how far it is: done, error, open."""

    code: str
    label: str
    label_en: str
    questions: tuple[Question, ...]
    problems: tuple[Problem, ...]
    filled: bool

    @property
    def wrong(self) -> tuple[Problem, ...]:
        """What is there and wrong; an answer that is still missing is not held against a draft."""
        return tuple(problem for problem in self.problems if problem.code not in ("missing", "incomplete"))


def of_body(body_id: int) -> Any:
    """The condition that a body takes part in an entry, as the submitting one or as a partner once it is submitted."""
    parts = select(EntryBody.entry_id).where(EntryBody.body_id == body_id)
    lead = parts.where(EntryBody.position == 0)
    return or_(Entry.id.in_(lead), Entry.id.in_(parts) & (Entry.state != "draft"))


def own_entries(actor: Actor) -> list[Entry]:
    """The entries of the actor's body in list order; a fixed number of queries."""
    if actor.person is None or actor.person.body_id is None:
        return []
    query = (
        select(Entry)
        .join(Category)
        .where(Entry.edition_id == actor.edition.id, of_body(actor.person.body_id))
        .options(selectinload(Entry.bodies), selectinload(Entry.category))
        .order_by(Category.position, Entry.number)
    )
    return list(db.session.scalars(query))


def own_entry(actor: Actor, number: str) -> Entry | None:
    """The entry of this number if the actor's body takes part in it: another body's entry does not exist for it."""
    if actor.person is None or actor.person.body_id is None:
        return None
    query = select(Entry).where(Entry.edition_id == actor.edition.id, Entry.number == number, of_body(actor.person.body_id))
    return db.session.scalars(query).first()


def any_entry(actor: Actor, number: str) -> Entry | None:
    """The entry of this number of the edition, drafts left out: for the secretariat."""
    query = select(Entry).where(Entry.edition_id == actor.edition.id, Entry.number == number, Entry.state != "draft")
    return db.session.scalars(query).first()


def lead_body(entry: Entry) -> Body | None:
    """The submitting body (of an individual: the home municipality)."""
    query = select(Body).join(EntryBody, EntryBody.body_id == Body.id).where(EntryBody.entry_id == entry.id)
    return db.session.scalars(query.order_by(EntryBody.position, Body.position)).first()


def writes(actor: Actor, entry: Entry) -> bool:
    """Does the actor belong to the submitting body? Partners of a joint entry only read."""
    body = lead_body(entry)
    return actor.person is not None and body is not None and actor.person.body_id == body.id


def submits(actor: Actor, entry: Entry) -> bool:
    """May the actor submit, withdraw and reinstate? The coordinator of the submitting body, and the secretariat."""
    if actor.role is Role.SECRETARIAT:
        return True
    return actor.person is not None and actor.person.is_coordinator and writes(actor, entry)


def questions(entry: Entry) -> list[Question]:
    """The questions of the entry's category in the order of the form."""
    return rules.asked(entry.category.questions, entry.category.code)


def problems(entry: Entry, answers: Mapping[str, Answer] | None = None) -> list[Problem]:
    """Everything that keeps the entry from being submitted."""
    return rules.problems(questions(entry), entry.answers if answers is None else answers)


def steps(edition: Edition, entry: Entry) -> list[StepView]:
    """The steps of the form that ask something of this category, each with its questions and what is wrong in it."""
    asked, found = questions(entry), problems(entry)
    views = []
    for step in edition.settings["steps"]:
        mine = tuple(one for one in asked if one["step"] == step["code"])
        codes = {one["code"] for one in mine}
        if mine:
            wrong = tuple(problem for problem in found if problem.question in codes)
            filled = any(entry.answers.get(code) not in (None, "", []) for code in codes)
            views.append(StepView(step["code"], step["label"], step["label_en"], mine, wrong, filled))
    return views


def in_time(edition: Edition, category: Category, now: datetime) -> bool:
    """Is the category still open for submission, grace included?"""
    return now <= category.deadline + timedelta(seconds=grace_s(edition))


def grace_s(edition: Edition) -> int:
    return int(edition.settings["settings"].get("deadline_grace_s", 0))


def locked(edition: Edition, entry: Entry, asked: Sequence[Question]) -> frozenset[str]:
    """The codes of the questions whose answers may not be changed now."""
    open_still = in_time(edition, entry.category, clock.now(edition))
    closed = set()
    for question in asked:
        try:
            rules.may_edit(edition.phase, entry.state, question, in_time=open_still)  # type: ignore[arg-type]  # the CHECK holds it
        except Refusal:
            closed.add(question["code"])
    return frozenset(closed)


def next_number(category: Category) -> str:
    """The next free number of a category: letter and three digits."""
    numbers = db.session.scalars(select(Entry.number).where(Entry.category_id == category.id))
    highest = max((int(number.rpartition("-")[2]) for number in numbers), default=0)
    return f"{category.letter}-{highest + 1:03d}"


def revisions(entry: Entry) -> list[EntryRevision]:
    """Every version of the entry that was ever handed in, oldest first."""
    return list(db.session.scalars(select(EntryRevision).where(EntryRevision.entry_id == entry.id).order_by(EntryRevision.number)))


def last_revision(entry: Entry) -> int:
    return db.session.scalar(select(func.max(EntryRevision.number)).where(EntryRevision.entry_id == entry.id)) or 0


def possible_partners(entry: Entry) -> list[Body]:
    """The municipalities that may join the entry: all but the submitting one, in code order."""
    lead = lead_body(entry)
    query = select(Body).where(Body.kind != "other", Body.id != (lead.id if lead else 0))
    return list(db.session.scalars(query.order_by(Body.position)))


def outcome(entry: Entry) -> str:
    """finalist, reserve, not_selected — or nothing, before all outcomes are released."""
    return entry.outcome if entry.released_at is not None else ""


def phase_line(edition: Edition, lang: str) -> list[dict[str, str]]:
    """The phases for the line under the header: label and done, current or open."""
    named = {phase["code"]: phase["name_en" if lang == "en" else "name"] for phase in edition.settings.get("phases", ())}
    at = PHASES.index(edition.phase)
    return [
        {"label": str(named.get(code, code)), "state": "done" if place < at else "current" if place == at else "open"}
        for place, code in enumerate(PHASES)
    ]  # fmt: skip
