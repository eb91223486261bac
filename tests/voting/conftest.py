"""The demo edition with its finalists decided, at 11:18 of the day."""

import pytest
from flask import Flask

from tests.voting.factories import select_finalists


@pytest.fixture(autouse=True)
def finalists(app: Flask) -> None:
    select_finalists()
