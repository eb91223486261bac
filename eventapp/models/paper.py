"""Paper ballots: a sheet for one seat and one contest, and what each of the people who copied it has typed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, one_of
from eventapp.models.people import Person, Seat
from eventapp.models.voting import Poll

STATES = ("printed", "collected", "agreed", "counted", "cancelled")


class PaperBallot(Base):
    """A sheet: printed, collected in the hall, typed by two people until they agree, counted; or cancelled with a reason."""

    __tablename__ = "paper_ballot"
    __table_args__ = (
        UniqueConstraint("edition_id", "code"),
        CheckConstraint(one_of("state", *STATES), "state"),
        CheckConstraint("(collected_at IS NULL) = (registered_at IS NULL)", "collected"),
        CheckConstraint("state NOT IN ('collected', 'agreed', 'counted') OR collected_at IS NOT NULL", "in_hand"),
        CheckConstraint("(state = 'counted') = (counted_at IS NOT NULL)", "counted"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"), index=True)
    code: Mapped[str]  # printed beside the QR code
    state: Mapped[str] = mapped_column(default="printed")
    printed_at: Mapped[datetime]
    collected_at: Mapped[datetime | None]  # when the judge handed it over: the ballot's cast_at
    registered_at: Mapped[datetime | None]  # when the desk said so: its received_at
    counted_at: Mapped[datetime | None]
    receipt: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")  # of replacing a ballot, or of the cancelling
    poll: Mapped[Poll] = relationship()
    seat: Mapped[Seat] = relationship()
    keyings: Mapped[list["PaperKeying"]] = relationship(order_by="PaperKeying.id", back_populates="paper")


class PaperKeying(Base):
    """What one person has typed from a sheet; typing it again replaces it."""

    __tablename__ = "paper_keying"
    __table_args__ = (UniqueConstraint("paper_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper_ballot.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Text)  # canonical JSON: {unit: body}
    paper: Mapped[PaperBallot] = relationship(back_populates="keyings")
    person: Mapped[Person] = relationship()
