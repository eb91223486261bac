"""The fictional edition with people and entries, its four polls open and one entry on stage: all four ballot methods at once."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from eventapp import clock
from eventapp.access import Actor, system
from eventapp.admin.operations import add_entries, add_people, create_edition, found_installation
from eventapp.demo import make_current
from eventapp.extensions import db
from eventapp.models import Body, Edition, Entry
from eventapp.presets import Sample, load_edition, municipalities
from eventapp.presets.shapes import OfficePerson, SampleEntry, SampleSeat, Stage
from eventapp.programme.operations import go, place_finalists
from eventapp.voting.polls import open_poll
from eventapp.work import operation

EDITIONS = Path(__file__).parent
ENTRIES = (  # number, category, place on stage, tags, title
    ("C-001", "care", 1, (), "ひとり暮らしの見守り当番"),
    ("C-002", "care", 2, (), "川べりの休み椅子"),
    ("C-003", "care", 3, (), "読み聞かせの出前"),
    ("R-001", "river", 1, ("play",), "川の音の地図"),
    ("R-002", "river", 2, ("play",), "流木の楽器づくり"),
    ("R-003", "river", 3, ("play",), "水位を知らせる灯り"),
    ("R-004", "river", 4, ("play",), "川魚の給食"),
)
OWN = "J-01"  # sits for the body of C-003
FREE = "J-02"  # of no body at all


@operation(None)
def fictional_day(actor: Actor, *, on_stage: str = "care-2") -> None:
    """The edition of the actor, at the moment when `on_stage` has begun; every poll is open."""
    preset = load_edition("fictional", root=EDITIONS)
    at = preset.event.at(preset.event.starts) + timedelta(minutes=35)
    clock.set_to(actor.edition, at - timedelta(hours=2), 0)
    found_installation(actor, municipalities())
    create_edition(actor, preset)
    make_current(actor)
    places = list(db.session.scalars(select(Body.code).order_by(Body.position)))
    sample = Sample(entries(places), (), (), seats(places), office())
    add_people(actor, sample)
    add_entries(actor, sample.entries, at=clock.now(actor.edition), submitted=True)
    _select(actor, at - timedelta(hours=1))
    _play(actor, at, on_stage)


def entries(places: list[str]) -> tuple[SampleEntry, ...]:
    return tuple(
        SampleEntry(
            number, category, "body", (places[n],), tags, f"【サンプル】{title}", f"まち{n + 1}", f"Town {n + 1}", "仕事課", {},
            Stage(place, f"【サンプル】{title}", (f"【サンプル】{title}",), title, "", "", title, title, "", "担当者"),
        )
        for n, (number, category, place, tags, title) in enumerate(ENTRIES)
    )  # fmt: skip


def seats(places: list[str]) -> tuple[SampleSeat, ...]:
    groups = ["experts"] * 4 + ["residents"] * 6 + ["children"] * 3
    return tuple(
        SampleSeat(f"J-{n:02d}", group, f"審査員{n}", f"審{n}", f"Judge {n}", (places[2],) if f"J-{n:02d}" == OWN else ())
        for n, group in enumerate(groups, 1)
    )


def office() -> tuple[OfficePerson, ...]:
    return tuple(OfficePerson(role, f"{role}担当", role) for role in ("secretariat", "director", "mc", "chair", "deputy", "auditor"))


def _select(actor: Actor, at: datetime) -> None:
    for entry in db.session.scalars(select(Entry).where(Entry.edition_id == actor.edition.id)):
        entry.outcome, entry.decided_at, entry.decided_by, entry.released_at = "finalist", at, "office", at
    db.session.flush()
    for category in sorted(actor.edition.categories, key=lambda category: category.stage_order):
        query = select(Entry).where(Entry.category_id == category.id).order_by(Entry.number)
        place_finalists(actor, category, list(db.session.scalars(query)))


def _play(actor: Actor, at: datetime, on_stage: str) -> None:
    actor.edition.phase = "live"
    clock.set_to(actor.edition, at, 0)
    for contest in ("care", "river", "audience", "play"):
        open_poll(actor, contest=contest, from_="draft")
    seen = None
    for slot in ("hello", "care-1", "care-2"):
        go(actor, op_id=f"go-{slot}", from_=seen, to=slot)
        seen = slot
        if slot == on_stage:
            break


def create_fictional() -> Edition:
    """The edition and its day in an empty installation, its clock standing still; kept as a demo so that it may be served as it is."""
    edition = Edition(slug="fictional", kind="demo", sample=True, phase="preparation", clock_rate=1.0)
    fictional_day(system(edition, "demo"))
    return edition
