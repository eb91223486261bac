"""who may open the ceremony pack, and whose words are confirmed

Revision ID: 0009
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import eventapp.models.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pack_person",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("named_by", sa.String(), nullable=False),
        sa.Column("at", eventapp.models.base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pack_person_person_id_person"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_pack_person_edition_id_edition"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_pack_person")),
    )
    op.create_index(op.f("ix_pack_person_edition_id"), "pack_person", ["edition_id"])
    op.create_table(
        "wording_proof",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", eventapp.models.base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_wording_proof_entry_id_entry"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_wording_proof")),
    )


def downgrade() -> None:
    op.drop_table("wording_proof")
    op.drop_table("pack_person")
