"""Who may open the ceremony pack, and which finalists' words their bodies have confirmed."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base
from eventapp.models.people import Person


class PackPerson(Base):
    """One of at most three persons whom the sealers named; each opening is a line of the journal."""

    __tablename__ = "pack_person"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    named_by: Mapped[str]
    at: Mapped[datetime]
    person: Mapped[Person] = relationship()


class WordingProof(Base):
    """That a finalist's words were confirmed, and which: other words are not confirmed by it."""

    __tablename__ = "wording_proof"
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
