"""The first round of the sample, played through the operations: assigned, scored, decided, released."""

from eventapp import clock
from eventapp.access import Actor, Role, system
from eventapp.admin.queries import edition_named
from eventapp.extensions import db
from eventapp.models import Assignment, Edition
from eventapp.presets import load_sample
from eventapp.presets.ballots import sample_scores
from eventapp.screening import operations, queries


def at_phase(phase: str) -> Edition:
    edition = edition_named(None)
    edition.phase = phase
    clock.set_to(edition, clock.now(edition), 0.0)
    db.session.commit()
    return edition


def scorer(edition: Edition, sheet: Assignment) -> Actor:
    return Actor(Role.SCREENER, edition, f"screener:{sheet.person_id}", sheet.person)


def assigned() -> Edition:
    edition = at_phase("screening")
    operations.apply_assignments(system(edition), seed="1")
    return edition


def score_all(edition: Edition, *, leave: int = 0) -> None:
    """Every sheet as the sample scores it, but for the last `leave` of them."""
    sheets = {(one.entry.number, queries.screener_code(one.person)): one for one in queries.assignments(edition)}
    readers: dict[str, list[str]] = {}
    for number, code in sorted(sheets):
        readers.setdefault(number, []).append(code)
    given = sample_scores(load_sample("connect-day-2025").entries, readers)
    for one in given[: len(given) - leave]:
        sheet = sheets[one.entry, one.screener]
        flags = [flag for flag, on in one.flags.items() if on]
        operations.put_score(scorer(edition, sheet), sheet, marks=one.marks, flags=flags)


def decide_all(edition: Edition) -> None:
    """Every category by the line behind its seats."""
    edition.phase = "selection"
    db.session.commit()
    for category in list(edition.categories):
        passed = queries.line(edition, category, seats=category.finalists).cuts["mean"].passed
        operations.decide(system(edition, "secretariat"), category, passed=passed)
