"""Visits: somebody's device opened the page behind a QR; once per device and target."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.models.base import Base, one_of


class Visit(Base):
    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("edition_id", "kind", "code", "device"),
        CheckConstraint(one_of("kind", "session", "booth", "entry"), "kind"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    code: Mapped[str]
    device: Mapped[str]  # random id of the browser, no person
    purpose: Mapped[str] = mapped_column(default="visit")
    at: Mapped[datetime]
