"""Every write to an entry. A draft is never refused for what it says; only submitting is checked."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from eventapp import clock, journal
from eventapp.access import Actor
from eventapp.entries import queries
from eventapp.extensions import db
from eventapp.models import Body, Category, Entry, EntryBody, EntryRevision
from eventapp.presets.words import joint_name, joint_name_en
from eventapp.rules import entry as rules
from eventapp.rules.entry import Answer
from eventapp.rules.refusal import Refusal
from eventapp.work import note, operation, touch

CHANNELS = ("public", "stage", "crew", "overlay", "judge", "chair")
SPECIAL = "special"  # the question by which an entry asks for special prizes; its options are tags of the contests
MOST_ANSWER = 20_000  # characters of one text that are kept: far beyond every limit, below what hurts


@operation(None)
def start_entry(actor: Actor, *, category: Category) -> Entry:
    """A new, empty draft of the actor's body with the next number of the category: it exists from the first keystroke.

    Refuses `body.missing` for somebody without a body, `deadline.passed` when nothing could be submitted any more.
    """
    if actor.person is None or actor.person.body is None:
        raise Refusal("body.missing")
    now = clock.now(actor.edition)
    if not queries.in_time(actor.edition, category, now):
        raise Refusal("deadline.passed", deadline=category.deadline)
    entry = Entry(
        edition_id=actor.edition.id, category=category, number=queries.next_number(category), created_at=now, saved_at=now,
        applicant_type="body", answers={}, version=1,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    set_bodies(entry, [actor.person.body])
    return entry


@operation(None)
def save_draft(
    actor: Actor, entry: Entry, *, version: int, answers: Mapping[str, Answer],
    applicant: str | None = None, partners: Sequence[str] | None = None,
) -> Entry:  # fmt: skip
    """Keep what was typed, however wrong. The same content again changes nothing, so a repeated send is no conflict.

    Refuses `entry.changed` when somebody has saved another version meanwhile, and what `rules.entry.may_edit` refuses.
    """
    _require_writer(actor, entry)
    if entry.state != "draft":
        raise Refusal("entry.superseded", current=entry.state)
    if _same(entry, answers, applicant, partners):
        return entry
    _require_version(entry, version)
    _write(actor, entry, answers, applicant=applicant, partners=partners)
    return entry


@operation("entry.amended")
def amend_entry(actor: Actor, entry: Entry, *, version: int, answers: Mapping[str, Answer]) -> None:
    """Change a submitted entry where its questions are still open; it must stay complete. Writes a revision.

    Refuses `entry.changed`, `entry.incomplete`, and what `rules.entry.may_edit` refuses.
    """
    _require_writer(actor, entry)
    _require_version(entry, version)
    if entry.state != "submitted":
        raise Refusal("entry.superseded", current=entry.state)
    if queries.problems(entry, {**entry.answers, **answers}):
        raise Refusal("entry.incomplete", number=entry.number)
    changed = sorted(_changed(entry, answers))
    _write(actor, entry, answers)
    note(entry=entry.number, questions=changed, revision=_revise(actor, entry, "amended"))
    if entry.outcome == "finalist":
        touch(actor, *CHANNELS)


@operation("entry.submitted")
def submit_entry(actor: Actor, entry: Entry, *, version: int) -> None:
    """Hand the entry in: complete, in time, by the coordinator. Writes the revision that the screeners read.

    Refuses `submission.reserved`, `entry.changed`, `entry.incomplete`, and what `rules.entry.may_submit` refuses.
    """
    if not queries.submits(actor, entry):
        raise Refusal("submission.reserved")
    now = clock.now(actor.edition)
    ground = rules.may_submit(now, entry.category.deadline, entry.state, grace_s=queries.grace_s(actor.edition))  # type: ignore[arg-type]
    _require_version(entry, version)
    if queries.problems(entry):
        raise Refusal("entry.incomplete", number=entry.number)
    entry.state, entry.submitted_at = rules.entry_step("draft", "submit"), now
    asked = entry.answers.get(SPECIAL, [])
    entry.tags = sorted(asked) if isinstance(asked, list) else []
    note(entry=entry.number, ground=ground, revision=_revise(actor, entry, "submitted"))


@operation("entry.withdrawn")
def withdraw_entry(actor: Actor, entry: Entry, *, reason: str = "") -> None:
    """Take a submitted entry back, in any phase; a withdrawn finalist leaves the ballots. Refuses `entry.superseded`."""
    if not queries.submits(actor, entry):
        raise Refusal("submission.reserved")
    now = clock.now(actor.edition)
    entry.state, entry.withdrawn_at = rules.entry_step(entry.state, "withdraw"), now  # type: ignore[arg-type]
    note(entry=entry.number, reason=reason[:200], revision=_revise(actor, entry, "withdrawn"))
    touch(actor, *CHANNELS)


@operation("entry.reinstated")
def reinstate_entry(actor: Actor, entry: Entry) -> None:
    """Undo a withdrawal: the entry is submitted again as it was. Refuses `entry.superseded`."""
    if not queries.submits(actor, entry):
        raise Refusal("submission.reserved")
    entry.state, entry.withdrawn_at = rules.entry_step(entry.state, "reinstate"), None  # type: ignore[arg-type]
    note(entry=entry.number, revision=_revise(actor, entry, "reinstated"))
    touch(actor, *CHANNELS)


def set_bodies(entry: Entry, bodies: Sequence[Body]) -> None:
    """The bodies of a flushed entry, the submitting one first, and how they are announced (part of an operation)."""
    db.session.execute(delete(EntryBody).where(EntryBody.entry_id == entry.id))
    db.session.add_all(EntryBody(entry_id=entry.id, body_id=body.id, position=place) for place, body in enumerate(bodies))
    names, names_en = joint_name([body.name for body in bodies]), joint_name_en([body.name_en for body in bodies])
    person = entry.applicant_type == "person"
    entry.owner = f"個人応募({names})" if person else names
    entry.owner_en = f"Individual entry ({names_en})" if person else names_en
    db.session.flush()
    db.session.expire(entry, ["bodies"])


def _require_writer(actor: Actor, entry: Entry) -> None:
    if not queries.writes(actor, entry):
        raise Refusal("entry.shared")


def _require_version(entry: Entry, version: int) -> None:
    if entry.version != version:
        raise Refusal("entry.changed", version=entry.version)


def _changed(entry: Entry, answers: Mapping[str, Answer]) -> list[str]:
    """The codes whose answers differ; no answer, an empty text and an empty choice are the same."""
    return [code for code, answer in answers.items() if _said(entry.answers.get(code)) != _said(answer)]


def _said(answer: Answer | None) -> Answer | None:
    return None if answer in ("", []) else answer


def _same(entry: Entry, answers: Mapping[str, Answer], applicant: str | None, partners: Sequence[str] | None) -> bool:
    codes = [body.code for body in entry.bodies][1:]
    return (
        not _changed(entry, answers)
        and applicant in (None, entry.applicant_type)
        and (partners is None or sorted(partners) == sorted(codes))
    )


def _write(
    actor: Actor, entry: Entry, answers: Mapping[str, Answer], *, applicant: str | None = None, partners: Sequence[str] | None = None
) -> None:  # fmt: skip
    """Put the answers and who applies into the row; what its questions do not leave open is refused."""
    asked = {one["code"]: one for one in queries.questions(entry)}
    in_time = queries.in_time(actor.edition, entry.category, clock.now(actor.edition))
    for code in _changed(entry, answers):
        rules.may_edit(actor.edition.phase, entry.state, asked[code], in_time=in_time)  # type: ignore[arg-type]
    entry.answers = {**entry.answers, **{code: _bounded(answer) for code, answer in answers.items()}}
    entry.title, entry.department = str(entry.answers.get("title", "")), str(entry.answers.get("department", ""))
    if applicant in ("body", "person"):
        entry.applicant_type = applicant
    if partners is not None or applicant is not None:
        _set_partners(entry, [] if entry.applicant_type == "person" else partners)
    entry.version += 1
    entry.saved_at = clock.now(actor.edition)


def _bounded(answer: Answer) -> Answer:
    return answer[:MOST_ANSWER] if isinstance(answer, str) else answer


def _set_partners(entry: Entry, partners: Sequence[str] | None) -> None:
    lead, known = queries.lead_body(entry), entry.bodies[1:]
    if partners is not None:
        known = list(db.session.scalars(select(Body).where(Body.code.in_(list(partners)), Body.kind != "other").order_by(Body.position)))
    set_bodies(entry, [body for body in (lead, *known) if body is not None and (body is lead or lead is None or body.id != lead.id)])


def content(entry: Entry) -> dict[str, Any]:
    """Everything that an entry says, as a revision keeps it."""
    return {
        "number": entry.number, "category": entry.category.code, "state": entry.state, "applicant": entry.applicant_type,
        "owner": entry.owner, "bodies": [body.code for body in entry.bodies], "answers": entry.answers,
        "submitted_at": clock.iso(entry.submitted_at),
    }  # fmt: skip


def _revise(actor: Actor, entry: Entry, act: str) -> dict[str, Any]:
    """Keep this version for good; what the journal says of it: its number and the hash of what it contains."""
    number, kept = queries.last_revision(entry) + 1, content(entry)
    at = clock.now(actor.edition)
    db.session.add(EntryRevision(entry_id=entry.id, number=number, at=at, actor=actor.name, act=act, content=kept))
    db.session.flush()
    return {"number": number, "sha256": journal.line_hash("", kept)}
