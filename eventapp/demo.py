"""The demo: the edition of 2025 with sample entries, brought to a moment of its year by the application's own operations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

from sqlalchemy import func, select

from eventapp import clock
from eventapp.access import Actor, Role, system
from eventapp.admin.operations import add_entries, add_people, create_edition, found_installation
from eventapp.awards.operations import propose_result, sign_result
from eventapp.ceremony import queries as ceremony
from eventapp.ceremony.operations import confirm_wording
from eventapp.extensions import db
from eventapp.models import Assignment, Category, Edition, Entry, Installation, JournalLine, Person, Poll, Seat
from eventapp.presets import Edition as Preset
from eventapp.presets import Sample, load_edition, load_sample, municipalities
from eventapp.presets.ballots import ABSENT, SampleBallot, sample_ballots, sample_scores
from eventapp.programme import queries as programme
from eventapp.programme.operations import go, place_finalists
from eventapp.screening import operations as screening
from eventapp.voting.forms import Sent
from eventapp.voting.operations import put_ballot
from eventapp.voting.polls import close_due_polls, close_poll, open_poll
from eventapp.work import note, operation

MOMENTS = ("call", "screening", "programme", "live", "results")
SLUG = "connect-day-2025"
LIVE_AT = time(11, 18)  # in the first award block: two have presented, the third is on stage


def create_demo(*, at: str = "live", seed: int = 1) -> Edition:
    """Create the demo edition at one of MOMENTS. Another seed gives other ballots and nothing else."""
    edition = Edition(slug=SLUG, kind="demo", sample=True, phase="preparation", clock_rate=1.0)
    build(system(edition, "demo"), at=at, seed=seed)
    return edition


@operation(None)
def build(actor: Actor, *, at: str, seed: int) -> None:
    """The whole demo in one transaction: it is there or it is not."""
    edition = actor.edition
    preset, sample = load_edition(SLUG), load_sample(SLUG)
    starts = {phase.code: phase.starts for phase in preset.phases}
    clock.set_to(edition, starts["preparation"])
    found_installation(actor, municipalities())
    create_edition(actor, preset)
    make_current(actor)
    add_people(actor, sample)
    deadline = max(category.deadline for category in preset.categories)
    move_demo(actor, "call", deadline - timedelta(days=2, hours=2, minutes=57))
    unfinished = sample.entries[::3] if at == "call" else ()
    add_entries(actor, unfinished, at=clock.now(edition), submitted=False)
    add_entries(actor, [row for row in sample.entries if row not in unfinished], at=clock.now(edition), submitted=True)
    if at == "call":
        return
    move_demo(actor, "screening", starts["screening"] + timedelta(days=14))
    screen(actor, sample, share=0.7 if at == "screening" else 1)
    if at == "screening":
        return
    move_demo(actor, "selection", starts["selection"])
    for category in edition.categories:
        passed = [row.number for row in sample.finalists if row.category == category.code]
        screening.decide(actor, category, passed=passed)
    screening.release(actor)
    confirm_words(actor)
    move_demo(actor, "programme", starts["programme"])
    for category in sorted(edition.categories, key=lambda category: category.stage_order):
        place_finalists(actor, category, finalists(sample, category))
    if at == "programme":
        return
    play(actor, preset, sample, until=preset.event.at(LIVE_AT) if at == "live" else None, seed=seed)
    if at == "results":
        seal(actor)


def confirm_words(actor: Actor) -> None:
    """Every body confirms how its finalist is written and read."""
    for proof in ceremony.proofs(actor.edition):
        confirm_wording(actor, proof.entry, sha256=proof.sha256)


def play(actor: Actor, preset: Preset, sample: Sample, *, until: datetime | None, seed: int) -> None:
    """Let the day happen as planned by its own operations, up to an instant or to the end of the last poll."""
    edition = actor.edition
    move_demo(actor, "live", preset.event.at(preset.event.starts))
    seat_judges(actor)
    seats = {seat.label: seat for seat in db.session.scalars(select(Seat).where(Seat.edition_id == edition.id))}
    happening = [*stage_events(actor), *poll_events(actor), *ballot_events(actor, sample, seats, until=until, seed=seed)]
    due = sorted((moment for moment in happening if until is None or moment.at <= until), key=lambda moment: (moment.at, moment.rank))
    play_all(actor, due)
    move_demo(actor, "live", until or due[-1].at + timedelta(minutes=2))


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens on the day; `rank` orders what happens at the same instant."""

    at: datetime
    rank: int
    run: Callable[[], object]


def play_all(actor: Actor, moments: Sequence[Moment]) -> None:
    """Each at its own time of the standing clock."""
    for moment in moments:
        clock.set_to(actor.edition, moment.at, 0)
        moment.run()


def stage_events(actor: Actor) -> list[Moment]:
    """GO for every slot at its planned start, up to the ceremony."""
    slots = [slot for slot in programme.slots(actor.edition) if slot.track == programme.STAGE and slot.kind != "ceremony"]
    before: list[str | None] = [None, *(slot.code for slot in slots)]
    return [
        Moment(slot.planned_start, 1, partial(go, actor, op_id=f"demo-go-{slot.code}", from_=seen, to=slot.code))
        for slot, seen in zip(slots, before, strict=False)
    ]


def poll_events(actor: Actor) -> list[Moment]:
    """Each poll opens, announces its close 30 s before the planned time, and is closed when the grace is over."""
    found = []
    for poll in db.session.scalars(select(Poll).where(Poll.edition_id == actor.edition.id)):
        found += [
            Moment(poll.planned_open, 0, partial(open_poll, actor, contest=poll.contest, from_="draft")),
            Moment(poll.planned_close - timedelta(seconds=30), 3, partial(close_poll, actor, contest=poll.contest, from_="open")),
            Moment(poll.planned_close + timedelta(minutes=2), 4, partial(close_due_polls, actor)),
        ]
    return found


def ballot_events(actor: Actor, sample: Sample, seats: dict[str, Seat], *, until: datetime | None, seed: int) -> list[Moment]:
    """The sample's ballots, spread over their polls; while a block still runs only what has been presented can be named."""
    polls = {poll.contest: poll for poll in db.session.scalars(select(Poll).where(Poll.edition_id == actor.edition.id))}
    shown = sample.finalists if until is None else sample.finalists[:3]
    found = []
    for ballot in sample_ballots(shown, sample.seats, seed):
        poll, seat = polls[ballot.contest], seats[ballot.seat]
        at = poll.planned_open + (poll.planned_close - timedelta(minutes=1) - poll.planned_open) * ballot.permille / 1000
        found.append(Moment(at, 2, partial(cast, actor, seat, ballot)))
    return found


def seat_judges(actor: Actor) -> None:
    """Every judge who came has a tablet before the first block; a real tablet that opens the seat card takes over."""
    for seat in db.session.scalars(select(Seat).where(Seat.edition_id == actor.edition.id, Seat.label.not_in(ABSENT))):
        seat.lease = 1


def cast(actor: Actor, seat: Seat, ballot: SampleBallot) -> None:
    """One seat's ballot through the door of every ballot."""
    judge = Actor(Role.JUDGE, actor.edition, f"seat:{seat.label}", seat=seat)
    op_id = f"demo-{ballot.contest}-{seat.label}"
    answer = put_ballot(judge, Sent(ballot.contest, None, ballot.body, seat.lease, 1, op_id, clock.now(actor.edition)))
    if answer["result"] != "ok":
        raise RuntimeError(f"the sample's ballot of {seat.label} was answered {answer}")


def seal(actor: Actor) -> None:
    """Two sealers sign the counted result; nothing is revealed."""
    found = propose_result(actor)
    people = db.session.scalars(select(Person).where(Person.edition_id == actor.edition.id, Person.is_sealer, Person.role != "deputy"))
    for person in people.all()[:2]:
        role = Role(person.role)
        sign_result(Actor(role, actor.edition, f"{role}:{person.id}", person=person), hash=found.hash)


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


def screen(actor: Actor, sample: Sample, *, share: float) -> None:
    """Assign the sheets by lot and score this share of them, each by its own screener."""
    screening.apply_assignments(actor, seed=SLUG)
    sheets = list(db.session.scalars(select(Assignment).where(Assignment.edition_id == actor.edition.id).order_by(Assignment.id)))
    codes = {row.name: row.code for row in sample.screeners}
    readers: dict[str, list[str]] = {}
    for sheet in sheets:
        readers.setdefault(sheet.entry.number, []).append(codes[sheet.person.name])
    scores = {(score.entry, score.screener): score for score in sample_scores(sample.entries, readers)}
    for sheet in sheets[: round(len(sheets) * share)]:
        score = scores[sheet.entry.number, codes[sheet.person.name]]
        reader = Actor(Role.SCREENER, actor.edition, f"screener:{sheet.person.id}", person=sheet.person)
        screening.put_score(reader, sheet, marks=score.marks, flags=[flag for flag, given in score.flags.items() if given])


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
