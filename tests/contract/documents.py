"""The documents of the demo, made anew at three moments: before the day, in the first award block, after the first prize."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from eventapp import clock, live, schema
from eventapp.access import Actor, Role, system
from eventapp.admin.queries import edition_named
from eventapp.awards.operations import reveal_next
from eventapp.demo import create_demo
from eventapp.extensions import db
from eventapp.models import Seat
from eventapp.voting.operations import put_plain
from eventapp.voting.recusals import declare_recusal
from tests.conftest import make_app
from tests.contract.shapes import schema_of
from tests.editions.day import FREE, create_fictional

HERE = Path(__file__).parent
CHANNELS = ("public", "stage", "crew", "overlay", "chair", "judge")
SEAT = "A-01"
MOMENTS = ("programme", "live", "results")
EPOCH = 1_766_541_600_000
Documents = dict[str, dict[str, Any]]


def documents(at: str, data: Path) -> Documents:
    """Every channel's document of a fresh demo at a moment of the year; at `results` the first prize has been revealed."""
    app = make_app(data)
    schema.upgrade(app)
    with app.app_context():
        create_demo(at=at, seed=1)
        edition = edition_named(None)
        clock.set_to(edition, edition.clock_base or clock.now(edition), 0)
        db.session.commit()
        for step in (None, [0, "category"], [0, "nominees"], [0, "hold"]) if at == "results" else ():
            reveal_next(system(edition), from_=step)
        seat = db.session.scalars(select(Seat).where(Seat.edition_id == edition.id, Seat.label == SEAT)).one()
        made = {name: live.document(edition, name, seat if name == "judge" else None) for name in CHANNELS}
        db.session.remove()
        db.engine.dispose()
    return {name: settled(document) for name, document in made.items()}


def methods_document(data: Path) -> dict[str, Any]:
    """A judge's document with all four methods: the fictional edition, a ballot of each, one of them incomplete."""
    app = make_app(data)
    schema.upgrade(app)
    with app.app_context():
        edition = create_fictional()
        seat = db.session.scalars(select(Seat).where(Seat.edition_id == edition.id, Seat.label == FREE)).one()
        seat.lease = 1
        db.session.commit()
        judge = Actor(Role.JUDGE, edition, f"seat:{seat.label}", seat=seat)
        put_plain(judge, contest="care", entry="C-001", body={"marks": {"kindness": 2.5}})
        put_plain(judge, contest="care", entry="C-002", body={"marks": {"kindness": 7.5, "courage": 6}})
        put_plain(judge, contest="river", entry="R-001", body={"grade": "よい"})
        put_plain(judge, contest="audience", body={"entries": ["C-002"]})
        put_plain(judge, contest="play", body={"ranking": ["R-002", "R-001"]})
        declare_recusal(judge, entry="R-004", reason="family")
        made = live.document(edition, "judge", seat)
        db.session.remove()
        db.engine.dispose()
    return settled(made)


def settled(document: dict[str, Any]) -> dict[str, Any]:
    """As JSON, without what every installation draws for itself: epoch, build, receipts."""
    text = re.sub(r'"receipt": "[^"]+"', '"receipt": "ABCD-2345"', json.dumps(document, ensure_ascii=False))
    made: dict[str, Any] = json.loads(text)
    return made | {"epoch": EPOCH, "build": "0123456789ab"}


def every_document() -> Iterator[tuple[str, Documents]]:
    for at in MOMENTS:
        with TemporaryDirectory() as folder:
            yield at, documents(at, Path(folder))


def write() -> None:
    """Write <channel>.json, the document at `live`, and <channel>.schema.json, what all moments have in common."""
    made = dict(every_document())
    with TemporaryDirectory() as folder:
        methods = methods_document(Path(folder))
    (HERE / "judge-methods.json").write_text(json.dumps(methods, ensure_ascii=False, indent=1) + "\n")
    for name in CHANNELS:
        found = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name} | schema_of(one[name] for one in made.values())
        for file, content in ((f"{name}.json", made["live"][name]), (f"{name}.schema.json", found)):
            (HERE / file).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    write()
