"""Every write of the rules: saving a version, laying out what follows from it, freezing."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from eventapp import clock
from eventapp.access import Actor
from eventapp.extensions import db
from eventapp.models import Edition, Poll, RulesVersion
from eventapp.rulebook import queries
from eventapp.rulebook.review import review
from eventapp.rules.refusal import Refusal
from eventapp.rules.rulebook_draft import PrizeDraft, RulesDraft, in_reveal_order
from eventapp.rules.tally_model import Rulebook
from eventapp.rules.tally_rules_file import parse_rules
from eventapp.work import note, operation, touch

EVERYBODY = ("chair", "crew", "overlay", "stage", "judge", "public")
AT_CREATION = "年度の作成"


@operation("rules.saved")
def save_rules(actor: Actor, draft: RulesDraft, *, toml: str, base: str, reason: str = "") -> int:
    """Keep a new text of the rules, with what stands beside it, and lay out polls and prizes; returns its number.

    Refuses `rules.frozen`, `rules.superseded` (somebody saved since `base` was seen) and `rules.malformed`; then nothing is stored.
    """
    edition = actor.edition
    refuse_frozen(edition)
    if queries.fingerprint(edition) != base:
        raise Refusal("rules.superseded")
    found = review(edition, draft, toml=toml.encode())
    if found.rulebook is None or found.faults:
        raise Refusal("rules.malformed", n=len(found.summary))
    if not queries.versions(edition):
        keep_version(actor, edition.rules_toml, beside=queries.beside(edition), reason=AT_CREATION)
    before, edition.rules_toml = edition.rules_toml, toml
    lay_out_rules(actor, draft)
    kept = keep_version(actor, toml, beside=queries.beside_of(draft), reason=reason)
    note(version=kept.number, sha256=kept.sha256, before=sha256(before), reason=reason)
    return kept.number


def keep_version(actor: Actor, toml: str, *, beside: dict[str, Any], reason: str) -> RulesVersion:
    """A row of the history."""
    last = queries.versions(actor.edition)
    kept = RulesVersion(
        edition_id=actor.edition.id, number=last[0].number + 1 if last else 1, toml=toml, sha256=sha256(toml), beside=beside,
        reason=reason, actor=actor.name, at=clock.now(actor.edition),
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    return kept


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_unweighted(edition: Edition) -> None:
    """A seat whose group has no weight would make the count impossible: seats may have changed since the rules were saved."""
    if groups := queries.unweighted_groups(edition):
        raise Refusal("rules.unweighted", groups="、".join(groups))


def refuse_frozen(edition: Edition) -> None:
    if not queries.may_change(edition):
        raise Refusal("rules.frozen")


# --- what follows from the rules ---------------------------------------------------------------------------------------------


@operation("rules.laid_out")
def lay_out_rules(actor: Actor, draft: RulesDraft) -> None:
    """Make polls, prizes, order of award and of the reveal what the edition's rules say. Idempotent.

    Refuses `rules.frozen` once the rules are frozen or a poll has left the draft. Every screen is told.
    """
    refuse_frozen(actor.edition)
    lay_out(actor.edition, draft)
    note(contests=[contest.id for contest in draft.contests], prizes=[prize.id for prize in draft.prizes])
    touch(actor, *EVERYBODY)


def lay_out(edition: Edition, draft: RulesDraft) -> None:
    """The same for an edition that is being created, which no screen shows yet."""
    rulebook = parse_rules(edition.rules_toml.encode())
    lay_out_polls(edition, draft)
    prizes = lay_out_prizes(edition, draft.prizes, rulebook)
    order = [prize.id for prize in rulebook.prizes]
    edition.settings = {
        **edition.settings, "prizes": prizes, "award_order": order, "reveal_order": list(in_reveal_order(draft.reveal, order)),
    }  # fmt: skip


def lay_out_polls(edition: Edition, draft: RulesDraft) -> None:
    """One poll per contest, in the order of their hours; a poll without a contest goes."""
    known = {poll.contest: poll for poll in db.session.scalars(select(Poll).where(Poll.edition_id == edition.id))}
    for contest, poll in known.items():
        if contest not in {one.id for one in draft.contests}:
            db.session.delete(poll)
    for position, one in enumerate(sorted(draft.contests, key=lambda one: one.opens)):
        hours = {"planned_open": at_wall(edition, one.opens), "planned_close": at_wall(edition, one.closes)}
        facts = {"name": one.name, "name_en": one.name_en or one.name, "position": position, **hours}
        poll = known.get(one.id) or Poll(edition_id=edition.id, contest=one.id)
        for name, value in facts.items():
            if getattr(poll, name) != value:
                setattr(poll, name, value)
        db.session.add(poll)
    db.session.flush()


def at_wall(edition: Edition, hour: str) -> datetime:
    """HH:MM of the edition's day in Tokyo as an instant."""
    return datetime.combine(date.fromisoformat(edition.day), time.fromisoformat(hour), tzinfo=clock.TOKYO)


def lay_out_prizes(edition: Edition, drafts: Sequence[PrizeDraft], rulebook: Rulebook) -> list[dict[str, Any]]:
    """The facts of every prize in the order of award; wording that the editor does not know (certificates, lines) stays."""
    known = {prize["code"]: prize for prize in edition.settings.get("prizes", ())}
    contests = {contest.id: contest for contest in rulebook.contests}
    found = []
    for draft, prize in zip(drafts, rulebook.prizes, strict=True):
        scope = contests[prize.contest].categories if prize.categories is None else prize.categories
        fresh = {"group": "", "certificate": "", "certificate_person": None, "lines": [draft.name]}
        before = known.get(prize.id, {})
        facts = {
            "code": prize.id, "name": draft.name, "name_en": draft.name_en or draft.name, "text": draft.text, "text_en": draft.text_en,
            "seats": prize.seats, "scope": [one.code for one in edition.categories if one.code in scope],
        }  # fmt: skip
        lines = before.get("lines", []) if "".join(before.get("lines", [])) == draft.name else [draft.name]
        found.append({**fresh, **before, **facts, "lines": lines})
    return found


# --- the freeze ------------------------------------------------------------------------------------------------------------


@operation("rules.frozen")
def freeze_rules(actor: Actor, *, base: str, reason: str) -> str:
    """Fix the text before the first zero report does; returns its SHA-256.

    Refuses `rules.frozen`, `rules.superseded`, `rules.unweighted` and `reason.missing`.
    """
    edition = actor.edition
    refuse_frozen(edition)
    if queries.fingerprint(edition) != base:
        raise Refusal("rules.superseded")
    if not reason.strip():
        raise Refusal("reason.missing")
    refuse_unweighted(edition)
    edition.rules_sha256, edition.rules_frozen_at = sha256(edition.rules_toml), clock.now(edition)
    note(sha256=edition.rules_sha256, reason=reason.strip())
    touch(actor, "chair", "crew")
    return edition.rules_sha256


@operation("rules.thawed")
def thaw_rules(actor: Actor, *, reason: str) -> None:
    """Take the secretariat's freeze back. Refuses `rules.frozen` once a poll has left the draft, and `reason.missing`."""
    edition = actor.edition
    if queries.begun(edition):
        raise Refusal("rules.frozen")
    if not reason.strip():
        raise Refusal("reason.missing")
    note(sha256=edition.rules_sha256, reason=reason.strip())
    edition.rules_sha256 = edition.rules_frozen_at = None
    touch(actor, "chair", "crew")
