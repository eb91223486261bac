"""versions of the rules

Revision ID: 0007
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import eventapp.models.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rules_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("toml", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("beside", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", eventapp.models.base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_rules_version_edition_id_edition"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules_version")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_rules_version_edition_id_number")),
    )
    with op.batch_alter_table("rules_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rules_version_edition_id"), ["edition_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("rules_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rules_version_edition_id"))
    op.drop_table("rules_version")
