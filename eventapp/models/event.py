"""Editions: one Connect Day of one year each, with its phase, clock, rules and categories."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, one_of

PHASES = ("preparation", "call", "screening", "selection", "programme", "live", "results", "archive")
KINDS = ("real", "demo", "rehearsal")


class Installation(Base):
    """One row: the epoch of all live documents, and the edition that the root addresses serve."""

    __tablename__ = "installation"
    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[datetime]
    current_edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))


class Edition(Base):
    __tablename__ = "edition"
    __table_args__ = (
        CheckConstraint(one_of("phase", *PHASES), "phase"),
        CheckConstraint(one_of("kind", *KINDS), "kind"),
        CheckConstraint("(rules_frozen_at IS NULL) = (rules_sha256 IS NULL)", "frozen"),
        CheckConstraint("(clock_real IS NULL) = (clock_base IS NULL)", "clock"),
        {"sqlite_autoincrement": True},  # a deleted rehearsal's id never returns: rooms and memories are kept by it
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str]
    short_name: Mapped[str]
    day: Mapped[str]  # ISO date in Asia/Tokyo
    kind: Mapped[str] = mapped_column(default="real")
    sample: Mapped[bool] = mapped_column(default=False)  # invented content: サンプル in every artwork
    phase: Mapped[str] = mapped_column(default="preparation")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    # the edition's clock: clock_base + (real now - clock_real) * clock_rate; real time when absent
    clock_real: Mapped[datetime | None]
    clock_base: Mapped[datetime | None]
    clock_rate: Mapped[float] = mapped_column(default=1.0)
    rules_toml: Mapped[str] = mapped_column(Text, default="")
    rules_sha256: Mapped[str | None]
    rules_frozen_at: Mapped[datetime | None]
    # since the first zero report: tags of entries by number, group and bodies of seats by id; ballots and count read these
    frozen: Mapped[dict[str, Any]] = mapped_column(default=dict)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the preset's edition.json: prizes, texts, seconds
    categories: Mapped[list["Category"]] = relationship(order_by="Category.position", cascade="all, delete-orphan")


class Category(Base):
    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("edition_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    code: Mapped[str]
    letter: Mapped[str]  # first letter of entry numbers: S-014
    name: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]  # initiative or proposal
    unit: Mapped[str]  # 取組 or 提案
    unit_en: Mapped[str]
    position: Mapped[int]
    stage_order: Mapped[int]
    finalists: Mapped[int]
    deadline: Mapped[datetime]
    questions: Mapped[list[Any]] = mapped_column(default=list, deferred=True)  # long, and no live document needs them
    criteria: Mapped[list[Any]] = mapped_column(default=list, deferred=True)  # of the first-round screening


class ChannelRev(Base):
    """How often a live channel of an edition changed; with the epoch it versions its document."""

    __tablename__ = "channel_rev"
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    rev: Mapped[int] = mapped_column(default=0)


class Lease(Base):
    """Who among the workers holds a task such as the ticker, until when (real time)."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]


class CommandAnswer(Base):
    """The answer given to a command's op_id: the same op_id again gets the same answer."""

    __tablename__ = "command_answer"
    __table_args__ = (UniqueConstraint("edition_id", "op_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    op_id: Mapped[str]
    asked: Mapped[str]  # SHA-256 of actor, name and args
    answer: Mapped[dict[str, Any]]
