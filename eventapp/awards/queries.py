"""Every read about results: the files that are counted, the count, the seal, and what has been revealed.

Numbers exist for nobody before all polls of the edition are closed: `tally_files` and `result` refuse `result.withheld`.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from eventapp import clock
from eventapp.access import Actor, Role
from eventapp.extensions import db
from eventapp.models import (
    Body,
    Category,
    Decision,
    Edition,
    Entry,
    PackPerson,
    Person,
    Poll,
    Published,
    Reveal,
    Seal,
    Slot,
)
from eventapp.rules import reveal as rules
from eventapp.rules.canonical import digest
from eventapp.rules.prizes import OPEN
from eventapp.rules.refusal import Refusal
from eventapp.rules.tally import tally
from eventapp.rules.tally_files import parse_files
from eventapp.rules.tally_model import Case
from eventapp.rules.tally_model import Decision as CountedDecision
from eventapp.voting import queries as voting

SEALING = (Role.CHAIR, Role.DEPUTY, Role.SECRETARIAT)
FILES = ("rules.toml", "judges.csv", "entries.csv", "ballots.csv", "decisions.csv")
BALLOT_COLUMNS = ("seq", "judge", "contest", "entry", "criterion", "value", "cast_at", "received_at")
WORDS = ("name", "title", "reason")  # free text
FORMULA = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")  # what a spreadsheet would take for a formula


# --- the files that are counted ------------------------------------------------------------------------------------------


def open_polls(edition: Edition) -> list[Poll]:
    """The polls that are not closed yet, grace included, in order."""
    query = select(Poll).where(Poll.edition_id == edition.id, Poll.state != "closed").order_by(Poll.position)
    return list(db.session.scalars(query))


def may_count(edition: Edition) -> bool:
    """Are there polls, and are all of them closed?"""
    states = set(db.session.scalars(select(Poll.state).where(Poll.edition_id == edition.id)))
    return states == {"closed"}


def tally_files(edition: Edition) -> dict[str, bytes]:
    """The five files of tally/1 by name, in a fixed order of rows; refuses `result.withheld` while a poll is not closed."""
    if not may_count(edition):
        raise Refusal("result.withheld")
    return {
        "rules.toml": edition.rules_toml.encode(),
        "judges.csv": _csv(("judge", "group", "orgs", "recused", "name"), voting.judge_rows(edition)),
        "entries.csv": _csv(("entry", "category", "orgs", "tags", "withdrawn", "title"), voting.entry_rows(edition)),
        "ballots.csv": _csv(BALLOT_COLUMNS, voting.ballot_rows(edition)),
        "decisions.csv": _csv(("prize", "step", "value", "reason", "actor", "at"), _decision_rows(edition)),
    }


def _csv(columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([spreadsheet_safe(row[name]) if name in WORDS else row[name] for name in columns] for row in rows)
    return out.getvalue().encode()


def spreadsheet_safe(text: str) -> str:
    """Free text as a field that no spreadsheet takes for a formula; the count ignores its column."""
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(FORMULA) else line


def _decision_rows(edition: Edition) -> Iterator[dict[str, str]]:
    for row in decisions(edition):
        yield {
            "prize": row.prize, "step": row.step, "value": row.value, "reason": row.reason, "actor": row.actor,
            "at": clock.iso(row.at) or "",
        }  # fmt: skip


# --- what is counted, and from what ----------------------------------------------------------------------------------------


def decisions(edition: Edition) -> list[Decision]:
    query = select(Decision).where(Decision.edition_id == edition.id).order_by(Decision.prize, Decision.step)
    return list(db.session.scalars(query))


def finalists(edition: Edition) -> list[Entry]:
    """Every finalist, withdrawn ones too, in stage order: by category, then slot, then number."""
    query = (
        select(Entry, Slot.position)
        .join(Category, Category.id == Entry.category_id)
        .outerjoin(Slot, Slot.entry_id == Entry.id)
        .where(Entry.edition_id == edition.id, Entry.outcome == "finalist", Entry.released_at.is_not(None))
        .options(joinedload(Entry.category), selectinload(Entry.bodies))
        .order_by(Category.stage_order, Slot.position, Entry.number)
    )
    return [entry for entry, _ in db.session.execute(query)]


def _case(files: dict[str, bytes]) -> Case:
    return parse_files(*(files[name] for name in FILES))


def result(edition: Edition) -> dict[str, Any]:
    """The whole result of tally/1 with its reasons, counted from the very files that are exported."""
    return counted(tally_files(edition))


def counted(files: dict[str, bytes]) -> dict[str, Any]:
    """The result of five files by name."""
    found = _case(files)
    return tally(found.rulebook, found.judges, found.entries, found.submissions, found.decisions)


def unsettled(found: dict[str, Any]) -> list[str]:
    """The prizes that are pending, tied or waiting: with one of them nothing can be sealed."""
    return [prize["id"] for prize in found["prizes"] if prize["status"] in OPEN]


def in_dispute(files: dict[str, bytes], *, prize: str, step: str) -> list[str]:
    """The entries that a decision at this step would put in order; [] when the prize does not come to that step.

    Asked of the count itself: with a stand-in for the decision, the step lists the entries then still in dispute.
    """
    found = _case(files)
    others = [one for one in found.decisions if (one.prize, one.step) != (prize, step)]
    stand_in = CountedDecision(prize, step, "" if step == "chair" else "?")
    trial = tally(found.rulebook, found.judges, found.entries, found.submissions, [*others, stand_in])
    tie = next((one["tie"] for one in trial["prizes"] if one["id"] == prize), None)
    return [entry for one in (tie["steps"] if tie else ()) if one["step"] == step for entry in one["keys"]]


# --- seal ----------------------------------------------------------------------------------------------------------------


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def seal(edition: Edition) -> Seal | None:
    """The result put up for signing or sealed; None when there is none or it was voided."""
    query = select(Seal).where(Seal.edition_id == edition.id, Seal.voided_at.is_(None)).order_by(Seal.id.desc()).limit(1)
    return db.session.scalars(query.options(selectinload(Seal.signatures))).first()


def sealed(edition: Edition) -> Seal | None:
    """The sealed result, or None."""
    found = seal(edition)
    return found if found is not None and found.sealed_at is not None else None


def signatures_needed(edition: Edition) -> int:
    return int(edition.settings.get("settings", {}).get("signatures", 2))


def sealers(edition: Edition) -> list[Person]:
    """The persons named beforehand who may see and sign the result."""
    return list(db.session.scalars(select(Person).where(Person.edition_id == edition.id, Person.is_sealer).order_by(Person.id)))


def is_sealer(actor: Actor) -> bool:
    return actor.role in SEALING and actor.person is not None and actor.person.is_sealer


def may_peek(person: Person | None) -> bool:
    """May this person look at the next winner on the console: a named sealer, or one of the ceremony pack?"""
    return person is not None and (person.is_sealer or db.session.get(PackPerson, person.id) is not None)


def signing(actor: Actor, found: dict[str, Any] | None = None) -> dict[str, Any]:
    """How the sealing stands, for `chair/_signing.html` on the boards of the sealers.

    state: `counting` (polls still open) · `unsettled` (a decision is missing) · `open` · `proposed` (one signature) · `sealed`.
    `hash` and `unsettled` are there only for a named sealer and only once all polls are closed.
    """
    edition, row = actor.edition, seal(actor.edition)
    names = [one.person for one in row.signatures] if row else []
    told: dict[str, Any] = {
        "state": "counting", "hash": "", "unsettled": [], "needed": signatures_needed(edition),
        "signatures": [{"name": one.person.name, "at": one.at} for one in row.signatures] if row else [],
        "sealed_at": row.sealed_at if row else None,
        "signed": actor.person is not None and any(one.id == actor.person.id for one in names),
        "may_sign": False, "polls": [poll.name for poll in open_polls(edition)], "voided": _voided(edition) if row is None else "",
    }  # fmt: skip
    if not may_count(edition) or not is_sealer(actor):
        return told
    if row is not None and row.sealed_at is not None:
        return told | {"state": "sealed", "hash": row.hash}
    found = found or result(edition)
    told |= {"hash": digest(found), "unsettled": unsettled(found)}
    told["state"] = "unsettled" if told["unsettled"] else "proposed" if row else "open"
    return told | {"may_sign": told["state"] != "unsettled" and not told["signed"]}


def _voided(edition: Edition) -> str:
    """Why the last result put up for signing does not stand any more."""
    query = select(Seal.void_reason).where(Seal.edition_id == edition.id, Seal.voided_at.is_not(None)).order_by(Seal.id.desc()).limit(1)
    return db.session.scalars(query).first() or ""


def sealing_state(edition: Edition) -> dict[str, Any]:
    """The section `seal` of the chair's channel: who has signed, never what."""
    row = seal(edition)
    state = "counting" if not may_count(edition) else "open" if row is None else "sealed" if row.sealed_at else "proposed"
    return {
        "state": state,
        "needed": signatures_needed(edition),
        "signatures": [{"name": one.person.name, "at": clock.iso(one.at)} for one in row.signatures] if row else [],
        "sealed_at": clock.iso(row.sealed_at) if row else None,
    }


# --- what has been revealed --------------------------------------------------------------------------------------------------


def reveal_order(edition: Edition) -> tuple[str, ...]:
    """The prizes in the order in which they are made known: a list of its own."""
    return tuple(edition.settings.get("reveal_order", ()))


def reveal_row(edition: Edition) -> Reveal | None:
    return db.session.get(Reveal, edition.id)


def cursor(row: Reveal | None) -> rules.Cursor | None:
    """How far the reveal has come; None before its first step."""
    return None if row is None or row.step == "idle" else rules.Cursor(row.n, cast(rules.Step, row.step))


def prize_facts(edition: Edition, code: str) -> dict[str, Any]:
    """A prize as everybody knows it beforehand: names, lines as broken on air, and the categories it is given in."""
    found = next((prize for prize in edition.settings.get("prizes", ()) if prize["code"] == code), {"code": code, "name": code})
    scope = [category for category in edition.categories if category.code in found.get("scope", ())]
    return {
        "code": code,
        "name": found["name"],
        "name_en": found.get("name_en", found["name"]),
        "lines": list(found.get("lines", [found["name"]])),
        "group": found.get("group", ""),
        "text": found.get("text", ""),
        "text_en": found.get("text_en", ""),
        "category": "・".join(category.name for category in scope),
        "category_en": ", ".join(category.name_en for category in scope),
        "unit": scope[0].unit if scope else "",
        "unit_en": scope[0].unit_en if scope else "",
    }


def entry_facts(entry: Entry) -> dict[str, Any]:
    """What everybody may know of a finalist on the day."""
    return {
        "number": entry.number,
        "title": entry.title,
        "short_title": entry.short_title or entry.title,
        "broadcast_title": list(entry.broadcast_title) or [entry.title],
        "category": entry.category.code,
        "category_name": entry.category.name,
        "category_name_en": entry.category.name_en,
        "owner": entry.owner,
        "owner_en": entry.owner_en,
        "body_reading": str(entry.words.get("body_reading", "")),
        "short_ruby": str(entry.words.get("short_ruby", "")),
        "bodies": [{"code": body.code, "name": body.name, "kana": body.kana, "name_en": body.name_en} for body in entry.bodies],
    }


def nominees(edition: Edition, prize: str) -> list[dict[str, Any]]:
    """All entries of the contest that decides the prize, in stage order; nothing here comes from a result."""
    book = voting.rulebook(edition)
    given = next(one for one in book.prizes if one.id == prize)
    contest = next(one for one in book.contests if one.id == given.contest)
    scope = contest.categories if given.categories is None else contest.categories & given.categories
    tags = {tag for tag in (contest.tag, given.tag) if tag is not None}
    standing = [
        entry for entry in finalists(edition)
        if entry.state != "withdrawn" and entry.category.code in scope and tags <= voting.tags_of(edition, entry.number, entry.tags)
    ]  # fmt: skip
    return [{"position": place, **entry_facts(entry)} for place, entry in enumerate(standing, 1)]


def revealed(edition: Edition) -> list[dict[str, Any]]:
    """The prizes made known so far, in the order of the reveal, each with its winners (none: 該当なし)."""
    rows = list(db.session.scalars(select(Published).where(Published.edition_id == edition.id).order_by(Published.position, Published.id)))
    numbers = [row.entry_number for row in rows if row.entry_number]
    query = (
        select(Entry)
        .where(Entry.edition_id == edition.id, Entry.number.in_(numbers))
        .options(joinedload(Entry.category), selectinload(Entry.bodies))
    )
    entries = {entry.number: entry for entry in db.session.scalars(query)} if numbers else {}
    prizes: dict[str, dict[str, Any]] = {}
    for row in rows:
        prize = prizes.setdefault(row.prize, {"prize": prize_facts(edition, row.prize), "at": clock.iso(row.at), "winners": []})
        if row.entry_number in entries:
            facts = entry_facts(entries[row.entry_number])
            prize["winners"].append(facts | {"title": row.title, "owner": row.body_names, "comment": row.comment})
    return list(prizes.values())


def ceremony_at(edition: Edition) -> datetime | None:
    """When the ceremony is planned to begin."""
    query = select(Slot.planned_start).where(Slot.edition_id == edition.id, Slot.kind == "ceremony").order_by(Slot.position)
    return db.session.scalars(query).first()


def past_editions(edition: Edition) -> list[Edition]:
    """The installation's other real or demo editions that have revealed prizes, newest day first."""
    published = select(Published.edition_id).distinct()
    query = select(Edition).where(Edition.id != edition.id, Edition.kind == edition.kind, Edition.id.in_(published))
    return list(db.session.scalars(query.order_by(Edition.day.desc())))


def bodies_by_code(codes: Iterable[str]) -> dict[str, Body]:
    return {body.code: body for body in db.session.scalars(select(Body).where(Body.code.in_(list(codes))))}


def contest_names(edition: Edition) -> dict[str, str]:
    """What people call each contest."""
    return {poll.contest: poll.name for poll in db.session.scalars(select(Poll).where(Poll.edition_id == edition.id))}


def contest_names_by_language(edition: Edition) -> dict[str, tuple[str, str]]:
    """What people call each contest, in Japanese and in English."""
    return {poll.contest: (poll.name, poll.name_en) for poll in db.session.scalars(select(Poll).where(Poll.edition_id == edition.id))}


def prize_codes(edition: Edition) -> list[str]:
    """The prizes in the order of award."""
    return [prize.id for prize in voting.rulebook(edition).prizes]


# --- the MC's words --------------------------------------------------------------------------------------------------------

SCRIPT_LINES = 4  # every step has as many, so that the page's height tells nothing beforehand


def script_lines(reveal: dict[str, Any]) -> list[str]:
    """What the MC reads at this step of the section `reveal`, a breath per line (／ within one), ruby as {漢字|かんじ}."""
    lines = _script(reveal)
    return [*lines, *[""] * (SCRIPT_LINES - len(lines))]


def _script(reveal: dict[str, Any]) -> list[str]:
    prize, step = reveal.get("prize"), reveal.get("step")
    if prize is None:
        return ["ただいまより、／表彰式を行います。"]
    name = f"{prize['category']}の／{prize['name']}" if prize["category"] else prize["name"]
    if step == "category":
        return ["続いて、", f"{name}の発表です。"]
    if step == "nominees":
        return ["対象は、", f"ご覧の{len(reveal['nominees'])}件の{prize['unit']}です。"]
    if step == "hold":
        return ["それでは、／発表いたします。"]
    winners = reveal.get("winners") or []
    if not winners:
        return [f"{prize['name']}は、", "該当なしです。"]
    told = [f"{_ruby(one['owner'], one['body_reading'])}、／「{one['short_ruby'] or one['short_title']}」" for one in winners]
    return [f"{prize['name']}は、", *told[: SCRIPT_LINES - 2], "おめでとうございます。"]


def _ruby(text: str, reading: str) -> str:
    return f"{{{text}|{reading}}}" if reading else text
