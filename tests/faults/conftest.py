"""Fixtures of the fault tests: a data folder before the day, prepared once and copied by every run."""

from pathlib import Path

import pytest

from tests.faults.hall import prepare


@pytest.fixture(scope="session")
def empty_hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder before the day."""
    data = tmp_path_factory.mktemp("hall") / "data"
    prepare(data)
    return data
