"""a judge declares a conflict of interest for an entry

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import eventapp.models.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("seat_recusal") as table:
        table.add_column(sa.Column("note", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("declared_at", eventapp.models.base.Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("seat_recusal") as table:
        table.drop_column("declared_at")
        table.drop_column("note")
