"""First-round screening: who reads which entry, and what they scored."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, one_of
from eventapp.models.entry import Entry
from eventapp.models.people import Person


class Assignment(Base):
    """One screener's sheet on one entry; abstaining with a reason is an outcome, never a zero."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("entry_id", "person_id"),
        CheckConstraint(one_of("state", "open", "done", "abstained"), "state"),
        CheckConstraint("state <> 'abstained' OR reason <> ''", "reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(default="open")
    scores: Mapped[dict[str, Any]] = mapped_column(default=dict)  # criterion code -> whole number
    flags: Mapped[list[Any]] = mapped_column(default=list)  # sprint, ai: outside the total
    comment: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime | None]
    entry: Mapped[Entry] = relationship()
    person: Mapped[Person] = relationship()
