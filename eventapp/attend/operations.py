"""The one write of a scan."""

from eventapp import clock
from eventapp.access import Actor
from eventapp.attend.queries import Target
from eventapp.extensions import db
from eventapp.models import Visit
from eventapp.work import operation


@operation(None)
def record_visit(actor: Actor, target: Target, device: str) -> bool:
    """Count this device at the target; True the first time. Idempotent: a device counts once per target."""
    known = db.session.query(Visit).filter_by(edition_id=actor.edition.id, kind=target.kind, code=target.code, device=device)
    if known.first() is not None:
        return False
    db.session.add(Visit(
        edition_id=actor.edition.id, kind=target.kind, code=target.code, device=device, at=clock.now(actor.edition),
    ))  # fmt: skip
    return True
