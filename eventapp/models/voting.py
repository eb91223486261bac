"""Polls and ballots: the unit is a ballot, always whole; every accepted version is kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, one_of
from eventapp.models.people import Seat

STATES = ("draft", "zero", "open", "closing", "closed")


class Poll(Base):
    """The life of one contest on the day; contests themselves are read from the edition's rules.toml."""

    __tablename__ = "poll"
    __table_args__ = (
        UniqueConstraint("edition_id", "contest"),
        CheckConstraint(one_of("state", *STATES), "state"),
        CheckConstraint("(state IN ('closing', 'closed')) = (closes_at IS NOT NULL)", "closing"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", "closed"),
        CheckConstraint("state IN ('draft', 'zero') OR opened_at IS NOT NULL", "opened"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    contest: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")
    planned_open: Mapped[datetime]
    planned_close: Mapped[datetime]
    zero_report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opened_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")  # of the last re-open or cancelled close


class RosterSeat(Base):
    """The seats frozen by the zero report; without it a seat has no vote in the poll."""

    __tablename__ = "roster_seat"
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"), primary_key=True)


class Ballot(Base):
    """The counting version of a ballot: per poll and seat (unit ''), or per entry too (unit = entry number)."""

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("poll_id", "seat_id", "unit"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"), index=True)
    unit: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(Text)  # canonical JSON
    lease: Mapped[int]
    rev: Mapped[int]
    saved_at: Mapped[datetime]
    received_at: Mapped[datetime]
    delayed: Mapped[bool] = mapped_column(default=False)
    receipt: Mapped[str]
    source: Mapped[str] = mapped_column(default="tablet")  # or paper: then no tablet replaces it
    seq: Mapped[int]  # of its newest BallotVersion
    needs_review: Mapped[bool] = mapped_column(default=False)  # 要確認: named an entry since withdrawn
    seat: Mapped[Seat] = relationship()
    poll: Mapped[Poll] = relationship()


class BallotVersion(Base):
    """A version that was accepted; append-only. Its id is the `seq` of the tally files; salt opens the journal's commitment."""

    __tablename__ = "ballot_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"), index=True)
    unit: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(Text)
    lease: Mapped[int]
    rev: Mapped[int]
    saved_at: Mapped[datetime]
    received_at: Mapped[datetime]
    delayed: Mapped[bool]
    receipt: Mapped[str]
    source: Mapped[str] = mapped_column(default="tablet")
    salt: Mapped[str]


class BallotAnswer(Base):
    """The result given to a seat's op_id; the same op_id again gets it back."""

    __tablename__ = "ballot_answer"
    __table_args__ = (UniqueConstraint("seat_id", "op_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"))
    op_id: Mapped[str]
    asked: Mapped[str]  # SHA-256 of contest, unit and body
    answer: Mapped[dict[str, Any]]


class Nudge(Base):
    """A call to seats that have not voted yet (which, never what)."""

    __tablename__ = "nudge"
    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    seats: Mapped[list[Any]]
