"""The ballot protocol, simulated: some hundred seeds here, 20,000 by `make model`; and what the check would find if it were wrong."""

from collections.abc import Iterator

import pytest

from tests.faults.model.mutants import CLIENTS, RARE, SERVERS, client
from tests.faults.model.run import first_wrong, outcomes, trace_of
from tests.faults.model.tablets import Tablets, tablets

SEEDS = range(300)
FOUND_WITHIN = range(1_000)


@pytest.fixture(scope="module")
def real() -> Iterator[Tablets]:
    """Tablets with the queue as it is."""
    with tablets() as node:
        yield node


def test_no_run_ends_wrong(real: Tablets) -> None:
    """Nothing acknowledged is lost, the last choice in time counts, no ● for what does not count nor "not counted" for what does."""
    played = list(outcomes(real, SEEDS))
    wrong = sorted(one.seed for one in played if one.wrong)
    assert not wrong, trace_of(real, wrong[0])
    assert {word for one in played for word in one.words} >= {"ok", "stale", "closed", "recused", "taken_over"}
    assert sum(one.saves for one in played) > 5 * len(SEEDS)


def test_a_seed_is_one_story(real: Tablets) -> None:
    assert trace_of(real, 7) == trace_of(real, 7) != trace_of(real, 8)


@pytest.mark.parametrize("name", CLIENTS)
def test_a_wrong_tablet_is_found(name: str) -> None:
    with tablets(client(name)) as wrong:
        assert first_wrong(wrong, [RARE[name]] if name in RARE else FOUND_WITHIN) is not None


@pytest.mark.parametrize("name", SERVERS)
def test_a_wrong_server_is_found(real: Tablets, name: str) -> None:
    with tablets() as own:
        assert first_wrong(own, FOUND_WITHIN, SERVERS[name]) is not None
