"""Every read about the public lot. Nothing here knows a tie, an entry or a winner."""

from typing import Any

from sqlalchemy import select

from eventapp import links
from eventapp.awards import queries
from eventapp.extensions import db
from eventapp.models import Edition, Lot
from eventapp.rules import lot as rules


def lots(edition: Edition) -> list[Lot]:
    """Every lot of the edition in order, those that were taken back too."""
    return list(db.session.scalars(select(Lot).where(Lot.edition_id == edition.id).order_by(Lot.number)))


def living(edition: Edition) -> Lot | None:
    """The lot that stands: promised and not taken back."""
    query = select(Lot).where(Lot.edition_id == edition.id, Lot.voided_at.is_(None)).order_by(Lot.number.desc())
    return db.session.scalars(query).first()


def nonce_of(edition: Edition, number: int) -> str:
    """What the lot of this number opens to. Derived from the installation's secret: fixed from the beginning, stored nowhere."""
    return links.secret_hex(f"lot/{edition.slug}/{number}")


def picture(edition: Edition) -> dict[str, Any]:
    """The lot as everybody may see it: `step` none → committed → spoken → drawn, with the lots taken back before it."""
    rows, row = lots(edition), living(edition)
    step = "none" if row is None else "drawn" if row.drawn_at else "spoken" if row.spoken_at else "committed"
    return {
        "lot": row, "step": step, "voided": [one for one in rows if one.voided_at], "may_speak": queries.may_count(edition),
        "holds": row is None or rules.commitment(nonce_of(edition, row.number)) == row.commitment,
    }  # fmt: skip
