"""The demo: the edition of 2025 with sample entries, brought to a moment of its year by the application's own operations."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from eventapp import clock
from eventapp.access import Actor, system
from eventapp.admin.operations import add_entries, add_people, create_edition, found_installation
from eventapp.extensions import db
from eventapp.models import Category, Edition, Entry, Installation, JournalLine
from eventapp.presets import Sample, load_edition, load_sample, municipalities
from eventapp.programme.operations import place_finalists
from eventapp.work import note, operation

MOMENTS = ("call", "screening", "programme", "live", "results")
SLUG = "connect-day-2025"


def create_demo(*, at: str = "live", seed: int = 1) -> Edition:
    """Create the demo edition at one of MOMENTS. Another seed gives other ballots and nothing else."""
    preset, sample = load_edition(SLUG), load_sample(SLUG)
    starts = {phase.code: phase.starts for phase in preset.phases}
    edition = Edition(slug=SLUG, kind="demo", sample=True, phase="preparation", clock_rate=1.0)
    actor = system(edition, "demo")
    clock.set_to(edition, starts["preparation"])
    found_installation(actor, municipalities())
    create_edition(actor, preset)
    make_current(actor)
    add_people(actor, sample)
    deadline = max(category.deadline for category in preset.categories)
    move_demo(actor, "call", deadline - timedelta(days=2, hours=2, minutes=57))
    add_entries(actor, sample.entries, at=clock.now(edition), submitted=True)
    if at == "call":
        return edition
    move_demo(actor, "screening", starts["screening"] + timedelta(days=14))
    if at == "screening":
        return edition
    move_demo(actor, "programme", starts["programme"])
    for category in sorted(edition.categories, key=lambda category: category.stage_order):
        place_finalists(actor, category, finalists(sample, category))
    if at == "programme":
        return edition
    move_demo(actor, "live", preset.event.at(preset.event.starts))
    return edition


@operation(None)
def make_current(actor: Actor) -> None:
    """Serve the actor's edition at the root addresses. Idempotent."""
    db.session.get_one(Installation, 1).current_edition_id = actor.edition.id


@operation("phase.moved")
def move_demo(actor: Actor, phase: str, at: datetime) -> None:
    """Move the demo's clock, and its phase as the secretariat would."""
    actor.edition.phase = phase
    clock.set_to(actor.edition, at)
    note(phase=phase)


def continue_demo() -> Edition:
    """The demo that is there, its clock going on where the day stopped; LookupError when it is not a demo."""
    edition = db.session.scalars(select(Edition).join(Installation, Installation.current_edition_id == Edition.id)).first()
    if edition is None or edition.kind != "demo":
        raise LookupError("this is not a demo, so it is left alone")
    last = db.session.scalar(select(func.max(JournalLine.at)).where(JournalLine.edition_id == edition.id))
    move_demo(system(edition, "demo"), edition.phase, last or clock.now(edition))
    return edition


def finalists(sample: Sample, category: Category) -> list[Entry]:
    """The sample's finalists of a category in stage order."""
    places = {row.number: row.stage.position for row in sample.entries if row.category == category.code and row.stage}
    entries = db.session.scalars(select(Entry).where(Entry.category_id == category.id, Entry.number.in_(places)))
    return sorted(entries, key=lambda entry: places[entry.number])
