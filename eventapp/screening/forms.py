"""What the forms of the first round send, as arguments of the operations."""

from collections.abc import Mapping, Sequence
from typing import Any

from eventapp.models import Category
from eventapp.rules.refusal import Refusal
from eventapp.rules.screening import METHODS, Method
from eventapp.screening.queries import criteria

PREFIX = "c-"


def read_sheet(category: Category, typed: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A scoring sheet as it stands: marks by criterion, flags, comment. A criterion without a mark is absent, never zero."""
    marks = {}
    for one in criteria(category):
        value = (list(typed.get(PREFIX + one["code"], ())) or [""])[-1]
        if value:
            marks[one["code"]] = whole(value)
    comment = (list(typed.get("comment", ())) or [""])[-1]
    return {"marks": marks, "flags": list(typed.get("flags", ())), "comment": comment.replace("\r\n", "\n")}


def whole(value: str) -> int:
    """A mark as a whole number; refuses `score.malformed`."""
    if not (value.isascii() and value.isdigit() and len(value) <= 2):
        raise Refusal("score.malformed")
    return int(value)


def method(value: str) -> Method:
    return next((one for one in METHODS if one == value), "mean")


def seats(value: str, *, usual: int, most: int) -> int:
    """The number of seats of an address: a whole number within the category, else the usual one."""
    if not (value.isascii() and value.isdigit() and len(value) <= 4):
        return min(usual, most)
    return max(1, min(int(value), max(most, 1)))
