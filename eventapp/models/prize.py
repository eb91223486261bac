"""Decisions on ties, the public lot, the sealed result and its signatures, how far the reveal has come, and what was corrected."""

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


class PersonRecusal(Base):
    """An entry on which somebody who decides said not to be free, beyond those of the own body."""

    __tablename__ = "person_recusal"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str]
    at: Mapped[datetime]


class Lot(Base):
    """One public lot: the promise of a nonce, the hall's words, and the seed of both. One that was taken back stays, with its reason.

    The nonce is derived from the installation's secret and written here only when it is opened.
    """

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("(words = '') = (spoken_at IS NULL)", "spoken"),
        CheckConstraint("(drawn_at IS NULL) = (nonce = '') AND (drawn_at IS NULL) = (seed = '')", "drawn"),
        CheckConstraint("drawn_at IS NULL OR (spoken_at IS NOT NULL AND voided_at IS NULL)", "order"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", "voided"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    commitment: Mapped[str]
    committed_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(default="")
    spoken_at: Mapped[datetime | None]
    nonce: Mapped[str] = mapped_column(default="")
    seed: Mapped[str] = mapped_column(default="")
    drawn_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")


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


class Remark(Base):
    """The jury's comment (講評) on a prize; published with the prize and never before."""

    __tablename__ = "remark"
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    prize: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[str]
    at: Mapped[datetime]


class Correction(Base):
    """What one sealer proposes to put right of a revealed prize, and the other one who made it so."""

    __tablename__ = "correction"
    __table_args__ = (CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", "confirmed"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    prize: Mapped[str]
    reason: Mapped[str]
    before: Mapped[list[Any]]  # the published rows that it takes back, as plain facts
    after: Mapped[list[Any]]  # those it puts in their place
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    proposed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    confirmed_at: Mapped[datetime | None]
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=[confirmed_by_id])
