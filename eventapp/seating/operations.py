"""Every write of the list of seats: import from Excel, a change by hand. Release and stand-in are voting's."""

from sqlalchemy import select

from eventapp.access import Actor, Role
from eventapp.accounts.operations import make_link
from eventapp.extensions import db
from eventapp.models import Body, Entry, JudgeGroup, Seat, SeatRecusal
from eventapp.rules.refusal import Refusal
from eventapp.seating import queries
from eventapp.seating.sheet import FREE, Plan, SeatRow, plan
from eventapp.work import note, operation, touch


@operation("seats.imported")
def import_seats(actor: Actor, *, wanted: list[SeatRow], drop: bool, seen: str) -> Plan:
    """Make the seats what the list says, all or nothing: new ones get a card, `drop` removes those not in the list.

    `seen` is the fingerprint of the seats that the preview showed: refuses `seat.superseded` when they changed since,
    `seat.frozen` when a vote would be touched after the first zero report, `seat.used` for a seat that has voted. Idempotent.
    """
    edition = actor.edition
    if seen != queries.fingerprint(edition):
        raise Refusal("seat.superseded")
    there = {seat.label: seat for seat in queries.seats(edition)}
    found = plan([queries.row_of(seat) for seat in there.values()], wanted)
    frozen = edition.rules_frozen_at is not None
    gone = [there[row.label] for row in found.absent] if drop else []
    touched = found.frozen_faults + [seat.label for seat in gone]
    if frozen and touched:
        raise Refusal("seat.frozen", seats="、".join(touched))
    if used := [seat.label for seat in gone if queries.has_voted(seat)]:
        raise Refusal("seat.used", seats="、".join(used))
    for seat in gone:
        db.session.delete(seat)
    for row in found.new:
        _new_seat(actor, row)
    for _old, row, _fields in found.changed:
        _write(actor, there[row.label], row)
    db.session.flush()
    if not frozen:
        _arrange(actor, wanted)
    note(new=[row.label for row in found.new], changed=[now.label for _old, now, _fields in found.changed], removed=[s.label for s in gone])
    touch(actor, "chair", "crew", *(f"judge:{there[now.label].id}" for _old, now, _fields in found.changed))
    return found


def _new_seat(actor: Actor, row: SeatRow) -> None:
    group = db.session.scalars(select(JudgeGroup).where(JudgeGroup.edition_id == actor.edition.id, JudgeGroup.code == row.group)).one()
    seat = Seat(edition_id=actor.edition.id, label=row.label, position=0, group=group, name=row.name)
    make_link(actor.edition, Role.JUDGE, seat=seat, code=True)
    _write(actor, seat, row)


def _write(actor: Actor, seat: Seat, row: SeatRow) -> None:
    """The row's words on the seat, and what it must not judge: the list's own recusals only, others are never taken away."""
    edition = actor.edition
    for name in FREE:
        setattr(seat, name, getattr(row, name))
    if edition.rules_frozen_at is not None:
        return
    groups = select(JudgeGroup).where(JudgeGroup.edition_id == edition.id, JudgeGroup.code == row.group)
    seat.group = db.session.scalars(groups).one()
    seat.bodies = list(db.session.scalars(select(Body).where(Body.code.in_(row.bodies))))
    db.session.flush()
    entries = select(Entry.id).where(Entry.edition_id == edition.id, Entry.number.in_(row.recused))
    wanted = set(db.session.scalars(entries))
    there = {one.entry_id: one for one in db.session.scalars(select(SeatRecusal).where(SeatRecusal.seat_id == seat.id))}
    for entry_id, one in there.items():
        if one.reason == queries.LISTED and entry_id not in wanted:
            db.session.delete(one)
    db.session.add_all(SeatRecusal(seat_id=seat.id, entry_id=entry_id, reason=queries.LISTED) for entry_id in sorted(wanted - set(there)))


def _arrange(actor: Actor, wanted: list[SeatRow]) -> None:
    """Seats stand in the list's order, those not in it after them."""
    order = {row.label: position for position, row in enumerate(wanted)}
    for position, seat in enumerate(sorted(queries.seats(actor.edition), key=lambda one: order.get(one.label, len(order) + one.position))):
        seat.position = position


@operation("seat.changed")
def change_seat(actor: Actor, *, seat: str, row: SeatRow, seen: str) -> None:
    """Change a seat by hand, also at 9:50: names, readings, contacts at any time, what touches a vote until the first zero report.

    Refuses `seat.superseded` when somebody else changed the seats since the page was opened (`seen`), `seat.frozen`. Idempotent.
    """
    found = queries.one_seat(actor, seat)
    if found is None:
        raise Refusal("seat.unknown")
    if seen != queries.fingerprint(actor.edition):
        raise Refusal("seat.superseded")
    before = queries.row_of(found)
    changed = plan([before], [row])
    if actor.edition.rules_frozen_at is not None and changed.frozen_faults:
        raise Refusal("seat.frozen", seats=seat)
    _write(actor, found, row)
    fields = sorted(name for _old, _now, names in changed.changed for name in names)
    note(seat=seat, fields=fields)  # which, never what: a name can be erased, the journal cannot
    touch(actor, f"judge:{found.id}", "chair", "crew")
