"""Entries: what a body or a person submits in a category, with every version it ever had."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, one_of
from eventapp.models.event import Category
from eventapp.models.people import Body

STATES = ("draft", "submitted", "withdrawn")
OUTCOMES = ("", "finalist", "reserve", "not_selected")


class Entry(Base):
    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint(one_of("state", *STATES), "state"),
        CheckConstraint(one_of("outcome", *OUTCOMES), "outcome"),
        CheckConstraint("(outcome = '') = (decided_at IS NULL)", "decided"),
        CheckConstraint("state <> 'submitted' OR submitted_at IS NOT NULL", "submitted"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", "withdrawn"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    number: Mapped[str]  # S-014, also its id in the tally files
    applicant_type: Mapped[str] = mapped_column(default="body")  # body | person
    owner: Mapped[str] = mapped_column(default="")  # as announced: 武蔵村山市ほか2市
    owner_en: Mapped[str] = mapped_column(default="")
    department: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")  # 正式題名
    broadcast_title: Mapped[list[Any]] = mapped_column(default=list)  # 放送用題名: at most two lines
    short_title: Mapped[str] = mapped_column(default="")  # 短題
    reading: Mapped[str] = mapped_column(default="")  # of the title, hiragana
    presenter: Mapped[str] = mapped_column(default="")
    words: Mapped[dict[str, Any]] = mapped_column(default=dict)  # formal_ruby, short_ruby, short_reading, body_reading
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)  # long, and no live document needs them
    tags: Mapped[list[Any]] = mapped_column(default=list)  # sprint, ai
    version: Mapped[int] = mapped_column(default=1)  # optimistic locking of the form
    state: Mapped[str] = mapped_column(default="draft")
    submitted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")  # of the first round; decided, secret until released
    outcome_reason: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    category: Mapped[Category] = relationship()
    bodies: Mapped[list[Body]] = relationship(secondary="entry_body", order_by="EntryBody.position")


class EntryBody(Base):
    """The bodies of an entry, the submitting one first; an individual's home municipality counts as its body."""

    __tablename__ = "entry_body"
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class EntryRevision(Base):
    """An immutable version of an entry: at every submit, withdrawal and amendment after it."""

    __tablename__ = "entry_revision"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    act: Mapped[str]
    content: Mapped[dict[str, Any]]
