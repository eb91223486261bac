"""Visits: once per device and target, whatever the order of arrival."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from eventapp.rules.attend import Scan, is_visit, visitors, visits

NOON = datetime(2025, 12, 24, 3, 0, tzinfo=UTC)


def scan(nonce: str, device: str, target: str, minutes: int = 0) -> Scan:
    """A scan so many minutes after noon."""
    return Scan(nonce, device, target, NOON + timedelta(minutes=minutes))


def test_visit_counts_once_per_device_and_target() -> None:
    first, again = scan("n1", "phone", "booth", 1), scan("n2", "phone", "booth", 9)
    other, place = scan("n3", "tablet", "booth", 2), scan("n4", "phone", "S-014", 3)
    assert visits([again, place, other, first, first]) == (first, other, place)
    assert visitors([again, place, other, first]) == {"S-014": 1, "booth": 2}


def test_is_visit() -> None:
    first = scan("n1", "phone", "booth")
    assert is_visit(first, []) is True
    assert is_visit(scan("n2", "phone", "booth", 5), [first]) is False
    assert is_visit(scan("n3", "phone", "S-014"), [first]) is True
    assert is_visit(scan("n4", "tablet", "booth"), [first]) is True


SCANS = st.lists(
    st.builds(
        scan, st.text("abc", min_size=1, max_size=2), st.sampled_from("xyz"), st.sampled_from("st"), st.integers(0, 9)
    )
)


@given(SCANS, st.randoms())
def test_visits_do_not_depend_on_the_order_of_arrival(scans: list[Scan], random: object) -> None:
    shuffled = list(scans)
    random.shuffle(shuffled)
    assert [(v.device, v.target, v.at) for v in visits(shuffled)] == [(v.device, v.target, v.at) for v in visits(scans)]
    assert sum(visitors(scans).values()) == len({(s.device, s.target) for s in scans})
