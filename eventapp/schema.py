"""Alembic as the only schema: bring a database to the newest revision."""

from alembic import command
from alembic.config import Config
from flask import Flask

from eventapp.paths import MIGRATIONS


def config() -> Config:
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    return found


def upgrade(app: Flask, revision: str = "head") -> None:
    """Migrate the app's database; idempotent."""
    with app.app_context():
        command.upgrade(config(), revision)
