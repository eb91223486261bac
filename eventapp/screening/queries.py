"""Facts of the first round. Only screeners (their own sheets) and the secretariat ever see them."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from eventapp.access import Actor, Role
from eventapp.extensions import db
from eventapp.models import Assignment, Block, Category, Edition, Entry, Person
from eventapp.rules import screening as rules


def screener_code(person: Person) -> str:
    """How a screener is called in assignments, scores and lots: R-01 by position."""
    return f"R-{person.position + 1:02d}"


def people(edition: Edition) -> list[Person]:
    query = select(Person).where(Person.edition_id == edition.id, Person.role == Role.SCREENER.value)
    return list(db.session.scalars(query.options(joinedload(Person.body)).order_by(Person.position, Person.id)))


def screener(person: Person) -> rules.Screener:
    """The person as the rules know a screener; the pool is every category."""
    return rules.Screener(screener_code(person), frozenset({person.body.code} if person.body else ()))


def subject(entry: Entry) -> rules.Subject:
    return rules.Subject(entry.number, entry.category.code, frozenset(body.code for body in entry.bodies))


def submitted(edition: Edition, category: Category | None = None) -> list[Entry]:
    """The entries that are screened, by number; a fixed number of queries."""
    query = select(Entry).where(Entry.edition_id == edition.id, Entry.state == "submitted")
    if category is not None:
        query = query.where(Entry.category_id == category.id)
    return list(db.session.scalars(query.options(selectinload(Entry.bodies), joinedload(Entry.category)).order_by(Entry.number)))


def assignments(edition: Edition, category: Category | None = None) -> list[Assignment]:
    """Every sheet on an entry that is still submitted."""
    query = select(Assignment).join(Entry).where(Assignment.edition_id == edition.id, Entry.state == "submitted")
    if category is not None:
        query = query.where(Entry.category_id == category.id)
    return list(db.session.scalars(query.options(joinedload(Assignment.entry), joinedload(Assignment.person))))


def has_begun(sheet: Assignment) -> bool:
    return sheet.state != "open" or bool(sheet.scores or sheet.flags or sheet.comment)


def plan(edition: Edition, *, k: int, seed: str) -> rules.Assignments:
    """The dry run: k screeners per entry, never in conflict; sheets that were begun stay."""
    kept = [(sheet.entry.number, screener_code(sheet.person)) for sheet in assignments(edition) if has_begun(sheet)]
    return rules.assign(
        [subject(entry) for entry in submitted(edition)], [screener(person) for person in people(edition)], k, seed, kept=kept,
    )  # fmt: skip


def fingerprint(planned: rules.Assignments) -> str:
    """What tells one dry run from another."""
    return hashlib.sha256(repr(planned.pairs).encode()).hexdigest()[:16]


def default_k(edition: Edition) -> int:
    return int(edition.settings["screening"]["screeners_per_entry"])


# --- sheets -----------------------------------------------------------------------------------------------------------------


def own_sheets(actor: Actor) -> list[Assignment]:
    """The actor's sheets in list order; a fixed number of queries."""
    if actor.person is None:
        return []
    query = (
        select(Assignment)
        .join(Entry)
        .join(Category)
        .where(Assignment.person_id == actor.person.id, Entry.state == "submitted")
        .options(joinedload(Assignment.entry).joinedload(Entry.category), joinedload(Assignment.person).joinedload(Person.body))
        .options(joinedload(Assignment.entry).selectinload(Entry.bodies))
        .order_by(Category.position, Entry.number)
    )
    return [sheet for sheet in db.session.scalars(query) if not rules.conflicted(screener(sheet.person), subject(sheet.entry))]


def own_sheet(actor: Actor, number: str) -> Assignment | None:
    """The actor's sheet on this entry; what was not assigned does not exist."""
    if actor.person is None:
        return None
    query = select(Assignment).join(Entry).where(Assignment.person_id == actor.person.id, Entry.number == number)
    return db.session.scalars(query.where(Entry.state == "submitted")).first()


def criteria(category: Category) -> list[dict[str, Any]]:
    return list(category.criteria)


def flags(edition: Edition, category: Category) -> list[dict[str, Any]]:
    """The questions outside the total that are put for this category's kind of entry."""
    return [one for one in edition.settings["screening"]["flags"] if category.kind in one["kinds"]]


def scale(edition: Edition) -> range:
    low, high = edition.settings["screening"]["scale"]
    return range(int(low), int(high) + 1)


def next_sheet(actor: Actor, number: str) -> str | None:
    """The number of the next entry still to be scored, after this one and then from the beginning."""
    todo = [sheet.entry.number for sheet in own_sheets(actor)]
    at = todo.index(number) if number in todo else 0
    still = {sheet.entry.number for sheet in own_sheets(actor) if sheet.state == "open"}
    return next((one for one in todo[at + 1 :] + todo[:at] if one in still), None)


# --- matrix -----------------------------------------------------------------------------------------------------------------


def review(sheet: Assignment) -> rules.Review:
    """A sheet as a review; one that is not finished counts nowhere."""
    abstained = sheet.reason if sheet.state == "abstained" else None
    return rules.Review(sheet.entry.number, screener_code(sheet.person), dict(sheet.scores), abstained)


def weights(category: Category) -> dict[str, int]:
    return {one["code"]: int(one["weight"]) for one in category.criteria}


@dataclass
class Row:
    """An entry in the matrix: the cells by screener, and its figures; complete once nobody is still to score it."""

    entry: Entry
    cells: dict[str, dict[str, Any]]
    score: rules.Score
    open_sheets: int
    values: list[Fraction] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return self.open_sheets == 0 and self.score.reviews > 0


def threshold(edition: Edition) -> Fraction:
    """The spread from which an entry is discussed."""
    return Fraction(str(edition.settings["settings"].get("spread_threshold", rules.DISCUSS_FROM)))


def figures(edition: Edition, category: Category, entries: Sequence[Entry], sheets: Sequence[Assignment]) -> tuple[rules.Score, ...]:
    numbers = [entry.number for entry in entries]
    return rules.scores(numbers, [review(one) for one in sheets], weights(category), discuss_from=threshold(edition))


def matrix(edition: Edition, category: Category) -> list[Row]:
    """Entries × screeners of a category, the widest spread first; a fixed number of queries."""
    entries, sheets, persons = submitted(edition, category), assignments(edition, category), people(edition)
    by_entry: dict[str, list[Assignment]] = defaultdict(list)
    for sheet in sheets:
        by_entry[sheet.entry.number].append(sheet)
    rows = []
    for entry, score in zip(entries, figures(edition, category, entries, sheets), strict=True):
        mine = by_entry[entry.number]
        row = Row(entry, _recused(entry, persons), score, sum(one.state == "open" for one in mine))
        for sheet in mine:
            value = mean_of(sheet, weights(category))
            row.cells[screener_code(sheet.person)] = {"state": _cell_state(sheet), "value": value}
            row.values += [value] if value is not None and sheet.state == "done" else []
        for cell in row.cells.values():
            extreme = len(row.values) > 1 and cell.get("value") in (min(row.values), max(row.values))
            cell["extreme"] = row.score.discuss and extreme
        row.values.sort()
        rows.append(row)
    return sorted(rows, key=lambda row: (-(row.score.spread or 0) if row.complete else 1, row.entry.number))


def _recused(entry: Entry, persons: Sequence[Person]) -> dict[str, dict[str, Any]]:
    return {screener_code(one): {"state": "recused"} for one in persons if rules.conflicted(screener(one), subject(entry))}


def _cell_state(sheet: Assignment) -> str:
    return "begun" if sheet.state == "open" and has_begun(sheet) else sheet.state


def mean_of(sheet: Assignment, weight: dict[str, int]) -> Fraction | None:
    """A finished sheet's weighted mean."""
    if sheet.state != "done" or not all(code in sheet.scores for code in weight):
        return None
    return Fraction(sum(weight[code] * int(sheet.scores[code]) for code in weight), sum(weight.values()))


def loads(edition: Edition, category: Category | None = None) -> dict[str, tuple[int, int]]:
    """Per screener: sheets finished (abstained ones too), and all."""
    found: dict[str, tuple[int, int]] = {}
    for sheet in assignments(edition, category):
        done, total = found.get(screener_code(sheet.person), (0, 0))
        found[screener_code(sheet.person)] = (done + (sheet.state != "open"), total + 1)
    return found


# --- the line ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """An entry in the ranking by one method; equal values share a rank."""

    entry: Entry
    value: Fraction
    rank: int
    inside: str  # in, tied, out


@dataclass(frozen=True)
class Line:
    """A category cut behind so many seats, by every method side by side."""

    seats: int
    by: rules.Method
    columns: dict[rules.Method, list[Place]]
    cuts: dict[rules.Method, rules.Cut]
    wavering: list[Entry]
    open_sheets: int
    unscored: list[Entry]


def line(edition: Edition, category: Category, *, seats: int, by: rules.Method = "mean") -> Line:
    """Where the line falls, by every method."""
    entries, sheets = submitted(edition, category), assignments(edition, category)
    scores = figures(edition, category, entries, sheets)
    named = {entry.number: entry for entry in entries}
    cuts = rules.cuts(scores, seats)
    columns = {method: _places(scores, cuts[method], named, method) for method in rules.METHODS}
    return Line(
        seats, by, columns, cuts, [named[number] for number in rules.wavering(cuts)],
        sum(sheet.state == "open" for sheet in sheets), [named[number] for number in cuts[by].unscored],
    )  # fmt: skip


def _places(scores: Sequence[rules.Score], cut: rules.Cut, named: dict[str, Entry], method: rules.Method) -> list[Place]:
    values = {one.entry: value for one in scores if (value := one.by(method)) is not None}
    state = dict.fromkeys(cut.passed, "in") | dict.fromkeys(cut.bubble, "tied")
    ordered = sorted(values, key=lambda number: (-values[number], number))
    return [
        Place(named[number], values[number], 1 + sum(other > values[number] for other in values.values()), state.get(number, "out"))
        for number in ordered
    ]  # fmt: skip


def lost_bodies(entries: Sequence[Entry], passed: Sequence[str]) -> list[str]:
    """The bodies of which no entry of this category is left, in code order."""
    names: dict[str, str] = {}
    kept: set[str] = set()
    for entry in entries:
        for body in entry.bodies:
            names[body.code] = body.name
            if entry.number in passed:
                kept.add(body.code)
    return [names[code] for code in sorted(names) if code not in kept]


def bodies_of(entries: Sequence[Entry]) -> set[str]:
    return {body.code for entry in entries for body in entry.bodies}


def stage_seconds(edition: Edition, category: Category) -> int:
    """How long the category's award block is."""
    query = select(Block.planned_s).where(Block.edition_id == edition.id, Block.category_code == category.code, Block.kind == "award")
    return db.session.scalar(query) or 0


def desk_counts(edition: Edition) -> dict[str, Any]:
    """What the secretariat's desk says of entries and the first round; `desk/_screening.html` shows it."""
    states = db.session.execute(select(Entry.state, func.count()).where(Entry.edition_id == edition.id).group_by(Entry.state))
    scored = db.session.execute(
        select(Assignment.state, func.count())
        .join(Entry)
        .where(Assignment.edition_id == edition.id, Entry.state == "submitted")
        .group_by(Assignment.state)
    )
    sheets = {state: int(count) for state, count in scored}
    decided = db.session.scalar(
        select(func.count()).where(Entry.edition_id == edition.id, Entry.state == "submitted", Entry.decided_at.is_not(None))
    )
    counts = {state: int(count) for state, count in states}
    return {
        "drafts": counts.get("draft", 0), "submitted": counts.get("submitted", 0), "withdrawn": counts.get("withdrawn", 0),
        "sheets": sum(sheets.values()), "scored": sum(sheets.values()) - sheets.get("open", 0), "decided": decided or 0,
        "released": is_released(edition),
    }  # fmt: skip


def is_released(edition: Edition) -> bool:
    query = select(Entry.id).where(Entry.edition_id == edition.id, Entry.released_at.is_not(None)).limit(1)
    return db.session.scalar(query) is not None
