"""The journal: who did what when, chained by hashes; rows are never changed (triggers refuse)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.models.base import Base


class JournalLine(Base):
    __tablename__ = "journal_line"
    __table_args__ = (UniqueConstraint("edition_id", "seq"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    seq: Mapped[int]
    at: Mapped[datetime]  # the edition's clock
    actor: Mapped[str]
    act: Mapped[str]
    details: Mapped[str] = mapped_column(Text)  # canonical JSON
    previous: Mapped[str]
    hash: Mapped[str]
