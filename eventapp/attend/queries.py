"""What the pages behind the QR codes and the reception show."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import Block, Booth, Edition, Slot, Visit


@dataclass(frozen=True, slots=True)
class Target:
    """Something with a QR of its own: a session of the programme or a booth."""

    kind: str  # session | booth
    code: str
    title: str
    title_en: str
    note: str
    block: Block | None = None

    @property
    def path(self) -> str:
        """The short address that the QR holds."""
        return f"/{'s' if self.kind == 'session' else 'b'}/{self.code}"


def targets(edition: Edition) -> list[Target]:
    """Sessions in the order of the day (breaks have no QR), then booths."""
    blocks = select(Block).where(Block.edition_id == edition.id, Block.kind != "break").order_by(Block.position)
    booths = select(Booth).where(Booth.edition_id == edition.id).order_by(Booth.position)
    return [
        *(Target("session", block.code, block.title, block.title_en, block.speaker, block) for block in db.session.scalars(blocks)),
        *(Target("booth", booth.code, booth.title, booth.title_en, booth.note) for booth in db.session.scalars(booths)),
    ]


def target(edition: Edition, kind: str, code: str) -> Target | None:
    return next((one for one in targets(edition) if (one.kind, one.code) == (kind, code)), None)


def visit_counts(edition: Edition) -> dict[tuple[str, str], int]:
    """Devices counted at each target."""
    query = select(Visit.kind, Visit.code, func.count()).where(Visit.edition_id == edition.id).group_by(Visit.kind, Visit.code)
    return {(kind, code): count for kind, code, count in db.session.execute(query)}


def visited(edition: Edition, device: str) -> set[tuple[str, str]]:
    """The targets that this device has visited: its stamps."""
    query = select(Visit.kind, Visit.code).where(Visit.edition_id == edition.id, Visit.device == device)
    return {(kind, code) for kind, code in db.session.execute(query)}


def device_count(edition: Edition) -> int:
    """How many different devices were seen at all."""
    query = select(func.count(func.distinct(Visit.device))).where(Visit.edition_id == edition.id)
    return db.session.scalar(query) or 0


def presentations(block: Block) -> Sequence[Slot]:
    """The entries presented in an award block, in running order."""
    query = select(Slot).where(Slot.block_id == block.id, Slot.kind == "entry").order_by(Slot.position)
    return db.session.scalars(query).all()
