"""Decisions on ties, the sealed result and its signatures, and how far the reveal has come."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, one_of
from eventapp.models.people import Person

STEPS = ("idle", "category", "nominees", "hold", "winner")


class Decision(Base):
    """What the chair or the lot decided for a prize; with reason and actor."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("edition_id", "prize", "step"), CheckConstraint(one_of("step", "chair", "lot"), "step"))
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    prize: Mapped[str]
    step: Mapped[str]
    value: Mapped[str]
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


class Seal(Base):
    """A canonical result put up for signing; void when a decision or re-open comes between; sealed with two signatures."""

    __tablename__ = "seal"
    __table_args__ = (CheckConstraint("voided_at IS NULL OR sealed_at IS NULL OR void_reason <> ''", "void"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    canonical: Mapped[str] = mapped_column(Text)
    explain: Mapped[str] = mapped_column(Text, default="{}")
    hash: Mapped[str]
    files: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)  # the counted files as they were, by name
    created_at: Mapped[datetime]
    sealed_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")
    signatures: Mapped[list["Signature"]] = relationship(order_by="Signature.id", cascade="all, delete-orphan")


class Signature(Base):
    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("seal_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    seal_id: Mapped[int] = mapped_column(ForeignKey("seal.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    person: Mapped[Person] = relationship()


class Reveal(Base):
    """The cursor (n, step) of the reveal on stage; `held` stops it at any step."""

    __tablename__ = "reveal"
    __table_args__ = (CheckConstraint(one_of("step", *STEPS), "step"),)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    n: Mapped[int] = mapped_column(default=0)
    step: Mapped[str] = mapped_column(default="idle")
    held: Mapped[bool] = mapped_column(default=False)


class Published(Base):
    """What the public may know of a prize: written by its winner step, and nothing earlier holds it."""

    __tablename__ = "published"
    __table_args__ = (UniqueConstraint("edition_id", "prize", "entry_number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    prize: Mapped[str]
    prize_name: Mapped[str]
    category_name: Mapped[str] = mapped_column(default="")
    entry_number: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    body_names: Mapped[str]
    body_codes: Mapped[str]  # separated by white space, for the tile map
    comment: Mapped[str] = mapped_column(default="")
    position: Mapped[int]
    at: Mapped[datetime]
