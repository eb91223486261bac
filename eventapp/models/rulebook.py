"""Every text that the rules of an edition have had."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.models.base import Base


class RulesVersion(Base):
    """A saved text of the rules, what stood beside it (names, hours, order of the reveal), who saved it and why."""

    __tablename__ = "rules_version"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]  # from 1
    toml: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]
    beside: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
