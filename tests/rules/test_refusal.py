"""A refusal carries a code and details, and nothing of it is lost on the way up."""

import pytest

from eventapp.rules.refusal import Refusal


def test_refusal_carries_code_and_details() -> None:
    with pytest.raises(Refusal) as caught:
        raise Refusal("poll.closed", contest="service", code="a detail may be called code")
    assert caught.value.code == "poll.closed"
    assert caught.value.details == {"contest": "service", "code": "a detail may be called code"}
    assert str(caught.value) == "poll.closed"


def test_refusal_without_details_has_an_empty_dict() -> None:
    assert Refusal("seat.taken").details == {}
