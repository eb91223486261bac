"""A mark by criteria: which levels are offered, what one press does to it, and what it still lacks."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

MOST = 11  # buttons in one row
STEPS = (Fraction(1), Fraction(1, 2), Fraction(1, 10), Fraction(1, 100), Fraction(1, 1000))
Value = int | float


def levels(minimum: Fraction, maximum: Fraction, *, most: int = MOST) -> tuple[Value, ...]:
    """The values to choose from where an edition names none: whole numbers (finer ones in a narrow range), at most `most`."""
    for step in STEPS:
        first, last = -(-minimum // step), maximum // step
        if last > first:
            break
    count = last - first + 1
    shown = min(count, most)
    places = [round(Fraction(n * (count - 1), shown - 1)) for n in range(shown)] if shown > 1 else [0]
    return tuple(plain((first + place) * step) for place in places)


def plain(value: Fraction) -> Value:
    """An exact decimal as a ballot carries it: a whole number where it is one."""
    return int(value) if value.denominator == 1 else float(value)


def press(marks: Mapping[str, Value], criterion: str, value: Value) -> dict[str, Value]:
    """Give the criterion the value; the value that it has already takes it off."""
    if marks.get(criterion) == value:
        return {name: kept for name, kept in marks.items() if name != criterion}
    return {**marks, criterion: value}


def missing(marks: Mapping[str, Value], criteria: Iterable[str]) -> tuple[str, ...]:
    """The criteria that the mark lacks: a mark lacking any counts as none (tally-format §4.3)."""
    return tuple(name for name in criteria if name not in marks)
