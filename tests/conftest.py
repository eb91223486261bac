"""Fixtures: an application on a copy of one prepared database, and the client that checks every page."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from eventapp import schema
from eventapp.app import create_app
from eventapp.config import read_settings
from eventapp.demo import create_demo
from tests.page import PageClient

COMPILED = FileSystemBytecodeCache(mkdtemp(prefix="templates-"))  # every test has its own application: compile templates once


def make_app(data: Path) -> Flask:
    app = create_app(read_settings({}, data=data), testing=True)
    app.test_client_class = PageClient
    app.jinja_env.bytecode_cache = COMPILED
    return app


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo edition of 2025, finalists placed, nothing on stage yet; copied by every test."""
    data = tmp_path_factory.mktemp("prepared")
    app = make_app(data)
    schema.upgrade(app)
    with app.app_context():
        create_demo(at="programme", seed=1)
        app.extensions["sqlalchemy"].engine.dispose()
    return data


@pytest.fixture
def app(prepared: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on its own copy, inside an application context."""
    data = tmp_path / "data"
    shutil.copytree(prepared, data)
    app = make_app(data)
    with app.app_context():
        yield app
        from eventapp.extensions import db

        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client
