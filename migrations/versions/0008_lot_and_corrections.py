"""the public lot, recusals of those who decide, comments and corrections of prizes

Revision ID: 0008
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import eventapp.models.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("committed_at", eventapp.models.base.Instant(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("spoken_at", eventapp.models.base.Instant(), nullable=True),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("drawn_at", eventapp.models.base.Instant(), nullable=True),
        sa.Column("voided_at", eventapp.models.base.Instant(), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.CheckConstraint("(drawn_at IS NULL) = (nonce = '') AND (drawn_at IS NULL) = (seed = '')", name=op.f("ck_lot_drawn")),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_lot_voided")),
        sa.CheckConstraint("(words = '') = (spoken_at IS NULL)", name=op.f("ck_lot_spoken")),
        sa.CheckConstraint("drawn_at IS NULL OR (spoken_at IS NOT NULL AND voided_at IS NULL)", name=op.f("ck_lot_order")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_lot_edition_id_edition"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_lot_edition_id_number")),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "remark",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("prize", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", eventapp.models.base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_remark_edition_id_edition"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("edition_id", "prize", name=op.f("pk_remark")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("prize", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", eventapp.models.base.Instant(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", eventapp.models.base.Instant(), nullable=True),
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_correction_confirmed")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_correction_confirmed_by_id_person"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_correction_edition_id_edition"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_correction_proposed_by_id_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_correction_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "person_recusal",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", eventapp.models.base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_person_recusal_entry_id_entry"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_recusal_person_id_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "entry_id", name=op.f("pk_person_recusal")),
    )


def downgrade() -> None:
    op.drop_table("person_recusal")
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_correction_edition_id"))

    op.drop_table("correction")
    op.drop_table("remark")
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_edition_id"))

    op.drop_table("lot")
