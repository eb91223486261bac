"""readings and contacts of seats

Revision ID: 0006
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = ("kana", "phone", "mail")


def upgrade() -> None:
    with op.batch_alter_table("seat") as batch:
        for name in COLUMNS:
            batch.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("seat") as batch:
        for name in COLUMNS:
            batch.drop_column(name)
