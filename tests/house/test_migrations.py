"""Alembic is the only schema: one head, up and down, and what it makes equals the models; the journal's triggers hold."""

from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from eventapp import schema
from eventapp.extensions import db
from tests.conftest import make_app


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(schema.config()).get_heads()) == 1


def test_the_schema_goes_up_equals_the_models_and_goes_down(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    schema.upgrade(app)
    with app.app_context():
        command.check(schema.config())
        command.downgrade(schema.config(), "base")
        assert db.session.execute(text("SELECT count(*) FROM sqlite_master WHERE name = 'edition'")).scalar() == 0
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("change", ["UPDATE journal_line SET actor = 'nobody'", "DELETE FROM journal_line"])
def test_the_journal_refuses_change(app: Flask, change: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(text(change))
    db.session.rollback()
