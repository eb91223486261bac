"""what a zero report freezes, remote seats, paper ballots

Revision ID: 0005
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import eventapp.models.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = eventapp.models.base.Instant()


def upgrade() -> None:
    op.add_column("edition", sa.Column("frozen", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("seat", sa.Column("remote", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in ("ballot", "ballot_version"):
        op.add_column(table, sa.Column("source", sa.String(), nullable=False, server_default="tablet"))
    paper_ballot()
    paper_keying()


def paper_ballot() -> None:
    op.create_table(
        "paper_ballot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("printed_at", INSTANT, nullable=False),
        sa.Column("collected_at", INSTANT, nullable=True),
        sa.Column("registered_at", INSTANT, nullable=True),
        sa.Column("counted_at", INSTANT, nullable=True),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('printed', 'collected', 'agreed', 'counted', 'cancelled')", name=op.f("ck_paper_ballot_state")),
        sa.CheckConstraint("(collected_at IS NULL) = (registered_at IS NULL)", name=op.f("ck_paper_ballot_collected")),
        sa.CheckConstraint(
            "state NOT IN ('collected', 'agreed', 'counted') OR collected_at IS NOT NULL", name=op.f("ck_paper_ballot_in_hand")
        ),
        sa.CheckConstraint("(state = 'counted') = (counted_at IS NOT NULL)", name=op.f("ck_paper_ballot_counted")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_paper_ballot_edition_id_edition"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_paper_ballot_poll_id_poll"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_paper_ballot_seat_id_seat"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_ballot")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_paper_ballot_edition_id_code")),
    )
    for column in ("edition_id", "poll_id", "seat_id"):
        op.create_index(op.f(f"ix_paper_ballot_{column}"), "paper_ballot", [column])


def paper_keying() -> None:
    op.create_table(
        "paper_keying",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper_ballot.id"], name=op.f("fk_paper_keying_paper_id_paper_ballot"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_paper_keying_person_id_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_keying")),
        sa.UniqueConstraint("paper_id", "person_id", name=op.f("uq_paper_keying_paper_id_person_id")),
    )
    op.create_index(op.f("ix_paper_keying_paper_id"), "paper_keying", ["paper_id"])


def downgrade() -> None:
    op.drop_table("paper_keying")
    op.drop_table("paper_ballot")
    for table in ("ballot_version", "ballot"):
        op.drop_column(table, "source")
    op.drop_column("seat", "remote")
    op.drop_column("edition", "frozen")
