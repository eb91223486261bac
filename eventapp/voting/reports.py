"""What a zero report's page says beside the report: who pressed for it, and the line of the journal that holds it."""

import json

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import JournalLine, Person, Poll


def reporter(poll: Poll) -> str:
    """Who pressed for the poll's zero report, by name where it is a person of the edition."""
    name = str(poll.zero_report.get("by", ""))
    number = name.rpartition(":")[2]
    person = db.session.get(Person, int(number)) if number.isdecimal() else None
    return person.name if person is not None and person.edition_id == poll.edition_id else name


def report_line(poll: Poll) -> JournalLine | None:
    """The line of the journal that recorded the poll's zero report: its hash stands for everything up to it."""
    query = select(JournalLine).where(JournalLine.edition_id == poll.edition_id, JournalLine.act == "poll.reported")
    found = db.session.scalars(query.order_by(JournalLine.seq.desc()))
    return next((line for line in found if json.loads(line.details).get("contest") == poll.contest), None)
