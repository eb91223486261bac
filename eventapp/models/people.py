"""Bodies, people by role, judges' seats, the links that let them in, and the sessions that hold what they were let into."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base


class Body(Base):
    """One of the 62 municipalities, or another organisation (no code, no tile)."""

    __tablename__ = "body"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kana: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]  # ward city town village other
    position: Mapped[int]  # official code order
    tile_column: Mapped[int | None]
    tile_row: Mapped[int | None]


class JudgeGroup(Base):
    __tablename__ = "judge_group"
    __table_args__ = (UniqueConstraint("edition_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    code: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    position: Mapped[int]


class Person(Base):
    """Somebody with a role in an edition; demo people are named by role and municipality."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    name: Mapped[str]
    department: Mapped[str] = mapped_column(default="")
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    is_coordinator: Mapped[bool] = mapped_column(default=False)
    is_sealer: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    body: Mapped[Body | None] = relationship()


class Seat(Base):
    """Who votes: one seat, one vote; the person on it may change (stand-in), the device too (lease)."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("edition_id", "label"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    label: Mapped[str]
    position: Mapped[int]
    group_id: Mapped[int] = mapped_column(ForeignKey("judge_group.id"))
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    short: Mapped[str] = mapped_column(default="")  # fits a tile of the chair's board
    kana: Mapped[str] = mapped_column(default="", server_default="")  # reading, as furigana on the card
    phone: Mapped[str] = mapped_column(default="", server_default="")
    mail: Mapped[str] = mapped_column(default="", server_default="")
    stand_in: Mapped[str] = mapped_column(default="")
    remote: Mapped[bool] = mapped_column(default=False)  # sees the stream, not the stage: polls wait for its delay
    lease: Mapped[int] = mapped_column(default=0)  # raised each time a device takes the seat
    # what the tablet last reported: when (real time), unsent ballots per contest, when the newest of them was saved (RFC 3339)
    seen_at: Mapped[datetime | None]
    unsent: Mapped[dict[str, Any]] = mapped_column(default=dict)
    unsent_at: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    group: Mapped[JudgeGroup] = relationship()
    bodies: Mapped[list[Body]] = relationship(secondary="seat_body", order_by=Body.position)


class SeatBody(Base):
    __tablename__ = "seat_body"
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), primary_key=True)


class SeatRecusal(Base):
    """An entry that a seat must not judge beyond those of its own bodies; `declared_at` is set when its judge said so."""

    __tablename__ = "seat_recusal"
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")  # the judge's own words
    declared_at: Mapped[datetime | None]


class Link(Base):
    """A personal link or seat card. Its token is derived from the installation's secret, never stored."""

    __tablename__ = "link"
    __table_args__ = (
        CheckConstraint("person_id IS NULL OR seat_id IS NULL", "one_holder"),
        UniqueConstraint("edition_id", "code_hash"),
        {"sqlite_autoincrement": True},  # tokens are derived from the id: a deleted link's must never open another
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"))
    generation: Mapped[int] = mapped_column(default=1)  # raised to re-issue: the old token dies
    code_hash: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    person: Mapped[Person | None] = relationship()
    seat: Mapped[Seat | None] = relationship()


class WebSession(Base):
    """A browser: the cookie holds a random id, this row its hash; grants hang on it."""

    __tablename__ = "web_session"
    id: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Grant(Base):
    """A role that a browser was let into; opening another role's link adds one and signs nobody out."""

    __tablename__ = "grant"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("web_session.id", ondelete="CASCADE"), index=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id", ondelete="CASCADE"))
    generation: Mapped[int]
    role: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"))
    lease: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    link: Mapped[Link] = relationship()
    person: Mapped[Person | None] = relationship()
    seat: Mapped[Seat | None] = relationship()


class Attempt(Base):
    """A wrong code, counted by its bucket (code prefix or address) against guessing; real time."""

    __tablename__ = "attempt"
    id: Mapped[int] = mapped_column(primary_key=True)
    bucket: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
