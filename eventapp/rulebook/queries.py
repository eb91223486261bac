"""Every read about an edition's rules: the draft to edit, the occasion they are made for, their versions, and the freeze."""

import difflib
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from eventapp import clock, journal
from eventapp.extensions import db
from eventapp.models import Edition, Entry, JournalLine, JudgeGroup, Person, Poll, RulesVersion, Seat
from eventapp.rules.rulebook_draft import ContestDraft, PrizeDraft, RulesDraft, in_reveal_order, read_draft
from eventapp.rules.rulebook_japanese import in_japanese
from eventapp.rules.rulebook_occasion import Occasion
from eventapp.rules.tally_model import Entry as RulesEntry
from eventapp.rules.tally_model import Judge
from eventapp.rules.tally_rules_file import parse_rules
from eventapp.voting import queries as voting

Beside = dict[str, Any]
CONTEST_KEYS, PRIZE_KEYS = ("name", "name_en", "opens", "closes"), ("name", "name_en", "text", "text_en")
FREEZING = ("rules.frozen", "poll.reported")
PERSON = re.compile(r"\w+:(\d+)")


# --- the draft -------------------------------------------------------------------------------------------------------------


def draft_of(edition: Edition) -> RulesDraft:
    """The edition's rules as the editor shows them, with what stands beside them."""
    return with_beside(read_draft(edition.rules_toml.encode()), beside(edition))


def beside(edition: Edition) -> Beside:
    """What belongs to the rules and is not counted: names and hours of contests, names and texts of prizes, order of the reveal."""
    polls = db.session.scalars(select(Poll).where(Poll.edition_id == edition.id).order_by(Poll.position))
    contests = {
        poll.contest: {"name": poll.name, "name_en": poll.name_en, "opens": wall(poll.planned_open), "closes": wall(poll.planned_close)}
        for poll in polls
    }  # fmt: skip
    prizes = {prize["code"]: {key: prize.get(key, "") for key in PRIZE_KEYS} for prize in edition.settings.get("prizes", ())}
    return {"contests": contests, "prizes": prizes, "reveal": list(edition.settings.get("reveal_order", ()))}


def wall(at: datetime) -> str:
    return f"{clock.local(at):%H:%M}"


def with_beside(draft: RulesDraft, kept: Beside) -> RulesDraft:
    """The draft with names, hours and order; a name in rules.toml goes before the kept one, an unknown contest gets the last hours."""
    hours: Mapping[str, str] = next(reversed(kept["contests"].values()), {"opens": "10:00", "closes": "17:00"})
    contests = tuple(_with_contest(contest, kept["contests"].get(contest.id, {}), hours) for contest in draft.contests)
    prizes = tuple(_with_prize(prize, kept["prizes"].get(prize.id, {})) for prize in draft.prizes)
    return replace(draft, contests=contests, prizes=prizes, reveal=in_reveal_order(kept["reveal"], [prize.id for prize in prizes]))


def _with_contest(contest: ContestDraft, known: Mapping[str, str], hours: Mapping[str, str]) -> ContestDraft:
    return replace(
        contest, name=contest.name or known.get("name", "") or contest.id, name_en=known.get("name_en", ""),
        opens=known.get("opens", hours["opens"]), closes=known.get("closes", hours["closes"]),
    )  # fmt: skip


def _with_prize(prize: PrizeDraft, known: Mapping[str, str]) -> PrizeDraft:
    return replace(
        prize, name=prize.name or known.get("name", "") or prize.id, name_en=known.get("name_en", ""), text=known.get("text", ""),
        text_en=known.get("text_en", ""),
    )  # fmt: skip


def beside_of(draft: RulesDraft) -> Beside:
    """The same of a draft."""
    return {
        "contests": {one.id: {key: getattr(one, key) for key in CONTEST_KEYS} for one in draft.contests},
        "prizes": {one.id: {key: getattr(one, key) for key in PRIZE_KEYS} for one in draft.prizes},
        "reveal": list(in_reveal_order(draft.reveal, [prize.id for prize in draft.prizes])),
    }


def fingerprint(edition: Edition) -> str:
    """Which rules a person saw: the text and what stands beside it."""
    return hashlib.sha256(journal.canonical([edition.rules_toml, beside(edition)]).encode()).hexdigest()


# --- the occasion ----------------------------------------------------------------------------------------------------------


def occasion(edition: Edition, draft: RulesDraft) -> Occasion:
    """Who judges what in this edition, with the names of the draft."""
    return Occasion(judges(edition), entries(edition), tuple(category.code for category in edition.categories), names(edition, draft))


def judges(edition: Edition) -> tuple[Judge, ...]:
    return tuple(
        Judge(row["judge"], row["group"], frozenset(row["orgs"].split()), frozenset(row["recused"].split()))
        for row in voting.judge_rows(edition)
    )  # fmt: skip


def entries(edition: Edition) -> tuple[RulesEntry, ...]:
    """The finalists; none before the outcomes are released."""
    return tuple(RulesEntry(one.number, one.category, one.bodies, one.tags, one.withdrawn) for one in voting.finalists(edition))


def with_invented_entries(edition: Edition, known: Occasion, draft: RulesDraft) -> Occasion:
    """As many entries as each category will have finalists, every one with all tags: for a trial before the selection."""
    carried = frozenset(tags(edition, draft))
    invented = tuple(
        RulesEntry(f"{category.letter}-{number}", category.code, tags=carried)
        for category in edition.categories for number in range(1, category.finalists + 1)
    )  # fmt: skip
    return replace(known, entries=invented)


def names(edition: Edition, draft: RulesDraft) -> dict[tuple[str, str], tuple[str, str]]:
    """How everything is called; prizes of one name are told apart by their contest."""
    found = {("category", one.code): (one.name, one.name_en) for one in edition.categories}
    groups = select(JudgeGroup).where(JudgeGroup.edition_id == edition.id)
    found |= {("group", one.code): (one.name, one.name_en) for one in db.session.scalars(groups)}
    found |= {("tag", code): (name, name) for code, name in tags(edition, draft).items()}
    contests = {one.id: (one.name, one.name_en) for one in draft.contests}
    found |= {("contest", code): both for code, both in contests.items()}
    found |= {
        ("criterion", f"{one.id}/{row.id}"): (row.name or row.id, row.name or row.id) for one in draft.contests for row in one.criteria
    }
    same = Counter(prize.name for prize in draft.prizes)
    for prize in draft.prizes:
        ja, en = contests.get(prize.contest, (prize.contest, prize.contest))
        alone = same[prize.name] == 1
        name_en = prize.name_en or prize.name
        found["prize", prize.id] = (prize.name, name_en) if alone else (f"{prize.name}({ja})", f"{name_en} ({en or ja})")
    return found


def tags(edition: Edition, draft: RulesDraft) -> dict[str, str]:
    """The tags that entries can carry, by code: the flags of the screening, what entries carry, what the draft names."""
    found = {one["code"]: str(one.get("name", one["code"])) for one in edition.settings.get("screening", {}).get("flags", ())}
    carried = db.session.scalars(select(Entry.tags).where(Entry.edition_id == edition.id))
    others = {tag for row in carried for tag in row} | {one.tag for one in draft.contests} | {one.tag for one in draft.prizes}
    return found | {tag: tag for tag in sorted(others - set(found) - {""})}


def groups(edition: Edition) -> list[JudgeGroup]:
    return list(db.session.scalars(select(JudgeGroup).where(JudgeGroup.edition_id == edition.id).order_by(JudgeGroup.position)))


# --- the freeze ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frozen:
    """Since when the rules stand, by whom and why; `lifted`: may the secretariat still take it back?"""

    at: datetime
    sha256: str
    by: str
    why: str
    lifted: bool


def unweighted_groups(edition: Edition) -> list[str]:
    """The names of the groups that have seats and no weight: with them nothing could be counted."""
    weighted = voting.rulebook(edition).groups
    if weighted is None:
        return []
    sitting = select(Seat.group_id).where(Seat.edition_id == edition.id)
    query = select(JudgeGroup).where(JudgeGroup.id.in_(sitting)).order_by(JudgeGroup.position)
    return [group.name for group in db.session.scalars(query) if group.code not in weighted]


def may_change(edition: Edition) -> bool:
    """Not frozen, and no poll has left the draft."""
    return edition.rules_sha256 is None and not begun(edition)


def begun(edition: Edition) -> bool:
    """Has a poll left the draft?"""
    query = select(Poll.id).where(Poll.edition_id == edition.id, Poll.state != "draft").limit(1)
    return db.session.scalars(query).first() is not None


def frozen(edition: Edition) -> Frozen | None:
    """The freeze, as the journal tells it: by the secretariat with a reason, or by the first zero report."""
    if edition.rules_sha256 is None or edition.rules_frozen_at is None:
        return None
    newest = select(JournalLine).where(JournalLine.edition_id == edition.id, JournalLine.act.in_(FREEZING))
    lines = [line for line in db.session.scalars(newest.order_by(JournalLine.seq)) if line.at >= _second(edition.rules_frozen_at)]
    by, why = (person_named(edition, lines[0].actor), _why(edition, lines[0])) if lines else ("", "")
    return Frozen(edition.rules_frozen_at, edition.rules_sha256, by, why, not begun(edition))


def _second(at: datetime) -> datetime:
    """The journal cuts instants to milliseconds and the column rounds them: a line of the same moment counts."""
    return at.replace(microsecond=0)


def _why(edition: Edition, line: JournalLine) -> str:
    details = json.loads(line.details)
    if line.act == "rules.frozen":
        return str(details.get("reason", ""))
    poll = db.session.scalars(select(Poll).where(Poll.edition_id == edition.id, Poll.contest == details.get("contest"))).first()
    return f"「{poll.name if poll else details.get('contest')}」の零票の確認"


def person_named(edition: Edition, actor: str) -> str:
    """The name behind an actor of the journal."""
    match = PERSON.fullmatch(actor)
    if match is None:
        return actor
    person = db.session.scalars(select(Person).where(Person.edition_id == edition.id, Person.id == int(match[1]))).first()
    return person.name if person else actor


# --- versions --------------------------------------------------------------------------------------------------------------


def versions(edition: Edition) -> list[RulesVersion]:
    """Every saved text, newest first."""
    query = select(RulesVersion).where(RulesVersion.edition_id == edition.id).order_by(RulesVersion.number.desc())
    return list(db.session.scalars(query))


def version(edition: Edition, number: int) -> RulesVersion | None:
    query = select(RulesVersion).where(RulesVersion.edition_id == edition.id, RulesVersion.number == number)
    return db.session.scalars(query).first()


def draft_of_version(found: RulesVersion) -> RulesDraft:
    return with_beside(read_draft(found.toml.encode()), found.beside)


def in_words(edition: Edition, found: RulesVersion) -> str:
    """A version in Japanese, a sentence per line."""
    draft = draft_of_version(found)
    passages = in_japanese(parse_rules(found.toml.encode()), occasion(edition, draft), reveal=draft.reveal)
    return "\n".join(f"【{one.title}】{sentence}" for one in passages for sentence in one.sentences)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a diff: `kind` is `same`, `out` or `in`."""

    kind: str
    text: str


def diff(before: str, after: str) -> list[Line]:
    """What was taken out and put in, with three lines around; [] for equal texts."""
    kinds = {"-": "out", "+": "in", " ": "same", "@": "gap"}
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3))[2:]
    return [Line(kinds[line[0]], "" if line[0] == "@" else line[1:]) for line in lines if line[:1] in kinds]
