"""the journal and the ballots' versions are append-only

Only a rehearsal, which is deleted whole, lets its lines go.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# table -> how an old row finds its edition
GUARDED = {
    "journal_line": "OLD.edition_id",
    "ballot_version": "(SELECT poll.edition_id FROM poll WHERE poll.id = OLD.poll_id)",
}
KEPT = "(SELECT edition.kind FROM edition WHERE edition.id = {edition}) <> 'rehearsal'"


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, edition in GUARDED.items():
        kept = KEPT.format(edition=edition)
        if postgresql:
            op.execute(
                f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF TG_OP = 'DELETE' AND NOT {kept} THEN RETURN OLD; END IF; "
                f"RAISE EXCEPTION '{table} is append-only'; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only()"
            )
        else:
            refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            op.execute(f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} {refuse}")
            op.execute(f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} WHEN {kept} {refuse}")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in GUARDED:
        if postgresql:
            op.execute(f"DROP TRIGGER {table}_is_append_only ON {table}")
            op.execute(f"DROP FUNCTION {table}_is_append_only()")
        else:
            op.execute(f"DROP TRIGGER {table}_update")
            op.execute(f"DROP TRIGGER {table}_delete")
