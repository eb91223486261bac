"""What tablets and screens say of themselves every five seconds: gathered in memory, written together.

85 tablets would be 17 durable writes a second. A change of what a tablet holds unsent is written within a second, the rest
every four seconds, each time as one commit. What was written outlives a restart: until a tablet has reported again, the boards
go on showing that it holds something, and how long it has been silent.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select, update

from eventapp import clock
from eventapp.access import Actor, system
from eventapp.extensions import db, socketio
from eventapp.models import Edition, ScreenReport, Seat
from eventapp.work import operation

LOOK_S, WRITE_S = 1, 4
PAINTED = ("scene", "channel", "epoch", "rev", "fps", "visible")


@dataclass
class Gathered:
    """The newest report of every tablet and screen since the last write; `urgent`: somebody's unsent ballots changed."""

    tablets: dict[int, dict[str, Any]] = field(default_factory=dict)  # seat -> columns
    screens: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)  # (edition, screen) -> columns
    urgent: bool = False
    written_at: datetime | None = None


def gathered() -> Gathered:
    found: Gathered = current_app.extensions.setdefault("eventapp.reports", Gathered())
    return found


def hear_tablet(seat: Seat, report: dict[str, Any]) -> None:
    """A seat's tablet is there and holds so many unsent ballots per contest, the newest saved at these instants."""
    found, unsent, saved = gathered(), counts(report.get("unsent")), report.get("saved_at")
    instants = {contest: clock.parse(saved.get(contest)) for contest in unsent} if isinstance(saved, dict) else {}
    columns = {"seen_at": clock.real(), "unsent": unsent, "unsent_at": {contest: clock.iso(at) for contest, at in instants.items() if at}}
    found.urgent = found.urgent or columns["unsent"] != seat.unsent or columns["unsent_at"] != seat.unsent_at
    found.tablets[seat.id] = columns


def counts(unsent: object) -> dict[str, int]:
    """Ballots per contest as a tablet says; what is no positive number is left out."""
    given = list(unsent.items())[:20] if isinstance(unsent, dict) else []
    return {str(contest)[:64]: min(n, 99) for contest, n in given if isinstance(n, int) and not isinstance(n, bool) and n > 0}


def hear_poll(seat: Seat) -> None:
    """A tablet without a socket asked for its document: it is there; what it holds is as it last said."""
    known = gathered().tablets.setdefault(seat.id, {"unsent": seat.unsent, "unsent_at": seat.unsent_at})
    known["seen_at"] = clock.real()


def hear_screen(actor: Actor, screen: str, report: dict[str, Any]) -> None:
    """What a connected screen last painted."""
    painted = {name: report[name] for name in PAINTED if isinstance(report.get(name), str | int | float | bool)}
    gathered().screens[actor.edition.id, screen] = {"role": actor.role.value, "seen_at": clock.real(), "report": painted}


def is_due(found: Gathered, now: datetime) -> bool:
    """A changed queue at once, everything else now and then."""
    if not found.tablets and not found.screens:
        return False
    return found.urgent or found.written_at is None or (now - found.written_at).total_seconds() >= WRITE_S


def write_gathered() -> None:
    """One commit for all that was heard since the last one; nothing is forgotten when it fails."""
    found = gathered()
    tablets, screens, found.tablets, found.screens = found.tablets, found.screens, {}, {}
    edition = db.session.scalars(select(Edition).limit(1)).first()
    if edition is None:
        return
    try:
        keep_reports(system(edition, "reports"), tablets=tablets, screens=screens)
    except BaseException:
        found.tablets, found.screens = tablets | found.tablets, screens | found.screens
        raise
    found.urgent, found.written_at = False, clock.real()


@operation(None)
def keep_reports(_actor: Actor, *, tablets: dict[int, dict[str, Any]], screens: dict[tuple[int, str], dict[str, Any]]) -> None:
    """Keep when tablets and screens were last seen, and what they hold. Idempotent; a seat or edition that is gone is passed over."""
    if tablets:
        db.session.execute(update(Seat), [{"id": seat_id} | columns for seat_id, columns in sorted(tablets.items())])
    living = set(db.session.scalars(select(Edition.id)))
    known = {(row.edition_id, row.screen): row for row in db.session.scalars(select(ScreenReport))} if screens else {}
    for (edition_id, screen), columns in sorted(screens.items()):
        if edition_id in living:
            row = known.get((edition_id, screen)) or ScreenReport(edition_id=edition_id, screen=screen)
            for name, value in columns.items():
                setattr(row, name, value)
            db.session.add(row)


def write_forever(app: Flask) -> None:
    """Every process writes what it has heard."""
    while True:
        socketio.sleep(LOOK_S)
        try:
            with app.app_context():
                if is_due(gathered(), clock.real()):
                    write_gathered()
        except Exception:  # the next round has it all
            logging.getLogger(__name__).exception("reports were not written")
