"""Alembic runs inside the application, on its engine: one schema for the demo, the tests and the day."""

from alembic import context
from flask import current_app

from eventapp.models import Base

engine = current_app.extensions["sqlalchemy"].engine

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
