"""The same simulated worlds over the real put_ballot on SQLite: it answers every request as the rules do."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from eventapp import schema
from eventapp.extensions import db
from eventapp.rules.ballot import GRACE_S
from tests.conftest import make_app
from tests.editions.day import create_fictional
from tests.faults.model.real_server import RealServer
from tests.faults.model.run import outcomes
from tests.faults.model.tablets import tablets
from tests.voting.factories import edition

RUNS = int(os.environ.get("MODEL_RUNS", "40"))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An installation that holds the fictional edition, its polls open."""
    app = make_app(tmp_path / "data")
    schema.upgrade(app)
    with app.app_context():
        create_fictional()
        here = edition()
        here.settings = here.settings | {"settings": here.settings["settings"] | {"grace_s": GRACE_S}}
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_put_ballot_answers_as_the_rules_do(app: Flask) -> None:
    """`MODEL_RUNS=500` plays more of them."""
    with tablets() as node:
        played = list(outcomes(node, range(RUNS), RealServer))
    assert {one.seed: one.wrong for one in played if one.wrong} == {}
    assert sum(one.accepted for one in played) > RUNS
