"""The day: slots as planned, cues as they happened, words to the speaker, booths, and what the stream desk shows by hand."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, one_of
from eventapp.models.entry import Entry

KINDS = ("opening", "session", "entry", "break", "ceremony", "other")
VERBS = ("start", "pause", "resume", "add", "end", "skip", "unskip", "move", "insert")


class Block(Base):
    """The slots of one category, or a session by itself, as the public programme names it."""

    __tablename__ = "block"
    __table_args__ = (UniqueConstraint("edition_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    code: Mapped[str]  # also the public id behind its QR
    track: Mapped[str]
    kind: Mapped[str]  # opening session award break ceremony other
    title: Mapped[str]
    title_en: Mapped[str] = mapped_column(default="")
    short: Mapped[str] = mapped_column(default="")
    speaker: Mapped[str] = mapped_column(default="")
    category_code: Mapped[str | None]
    planned_start: Mapped[datetime]
    planned_s: Mapped[int]
    position: Mapped[int]


class Slot(Base):
    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("edition_id", "track", "position"),
        UniqueConstraint("edition_id", "code"),
        CheckConstraint(one_of("kind", *KINDS), "kind"),
        CheckConstraint(one_of("anchor", "fixed", "follow"), "anchor"),
        CheckConstraint("(kind = 'entry') = (entry_id IS NOT NULL)", "entry"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("block.id", ondelete="CASCADE"), index=True)
    code: Mapped[str]  # its id in documents, commands and cues
    track: Mapped[str]
    position: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    title_en: Mapped[str] = mapped_column(default="")
    speaker: Mapped[str] = mapped_column(default="")
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)
    planned_start: Mapped[datetime]
    planned_s: Mapped[int]
    anchor: Mapped[str] = mapped_column(default="follow")
    hard_end: Mapped[bool] = mapped_column(default=False)
    minimum_s: Mapped[int | None]
    warn_s: Mapped[int] = mapped_column(default=60)
    danger_s: Mapped[int] = mapped_column(default=0)
    talk_s: Mapped[int | None]  # what the speaker's timer counts; the rest is changeover
    entry: Mapped[Entry | None] = relationship()
    block: Mapped[Block] = relationship()


class Cue(Base):
    """What the director did; append-only. `undoes` is the op_id of the cue that a compensating one takes back."""

    __tablename__ = "cue"
    __table_args__ = (UniqueConstraint("edition_id", "op_id"), CheckConstraint(one_of("verb", *VERBS), "verb"))
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    slot: Mapped[str]  # code of a slot, planned or inserted by a cue
    verb: Mapped[str]
    value: Mapped[int] = mapped_column(default=0)  # seconds of add and insert
    after: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")  # no_show beside a skip
    actor: Mapped[str]
    op_id: Mapped[str]
    undoes: Mapped[str | None]


class StageMessage(Base):
    """Words on the confidence monitor; the newest row counts, an empty text clears."""

    __tablename__ = "stage_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    text: Mapped[str]
    blink: Mapped[bool] = mapped_column(default=False)
    actor: Mapped[str]


class Booth(Base):
    __tablename__ = "booth"
    __table_args__ = (UniqueConstraint("edition_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    code: Mapped[str]
    title: Mapped[str]
    title_en: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    position: Mapped[int]


class OverlayState(Base):
    """What the stream desk put on air by hand; `cleared` is panic: nothing at all until the next show."""

    __tablename__ = "overlay_state"
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    shown: Mapped[list[Any]] = mapped_column(default=list)
    cleared: Mapped[bool] = mapped_column(default=False)


class ScreenReport(Base):
    """What a connected screen last really painted (real time)."""

    __tablename__ = "screen_report"
    __table_args__ = (UniqueConstraint("edition_id", "screen"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    screen: Mapped[str]
    role: Mapped[str]
    seen_at: Mapped[datetime]
    report: Mapped[dict[str, Any]]
