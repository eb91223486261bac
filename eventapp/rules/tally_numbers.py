"""Exact numbers, ids and instants as the tally/1 files write them. Only `decimal` rounds, and it is for readers."""

import re
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

Number = int | Fraction
"""An exact number. Never divide two of them with `/`, which makes a float of integers: use `Fraction(a, b)`."""

# The Unicode property White_Space. `str.isspace` also takes U+001C..U+001F, which do not have it.
WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))

_gap = re.compile(f"[{WHITE_SPACE}]+")
_not_in_ids = re.compile(f"[{WHITE_SPACE},]")
_decimal_number = re.compile(r"(-?[0-9]+)(?:\.([0-9]+))?")
_ratio = re.compile(r"(-?[0-9]+)/([0-9]+)")
_date_time = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS_IN_400_YEARS = 146_097


def is_id(text: str) -> bool:
    """Whether the text is an id: not empty, without white space and commas."""
    return text != "" and _not_in_ids.search(text) is None


def listed(text: str) -> list[str]:
    """The items of a list field, in their order; they may still be bad ids (a comma)."""
    return [item for item in _gap.split(text) if item]


def decimal_number(text: str) -> Number:
    """`12` or `3.5`, optional leading `-`, exactly; ValueError for every other writing."""
    match = _decimal_number.fullmatch(text)
    if match is None:
        raise ValueError("is not a number like 12 or 3.5")
    whole, digits = match.groups()
    if digits is None:
        return int(whole)
    return lowest(Fraction(int(whole + digits), 10 ** len(digits)))


def rational_number(text: str) -> Number:
    """`12`, `0.5` or `1/5`, optional leading `-`, exactly; ValueError for other writings and for a division by zero."""
    match = _ratio.fullmatch(text)
    if match is None:
        return decimal_number(text)
    above, below = int(match[1]), int(match[2])
    if below == 0:
        raise ValueError("divides by zero")
    return lowest(Fraction(above, below))


def lowest(number: Fraction) -> Number:
    """The same number, as an int when it is whole: sums of ints are much faster and as exact."""
    return number.numerator if number.denominator == 1 else number


def shown(number: Number) -> str:
    """The number in lowest terms as the result writes it: `7`, `-7/2`."""
    return str(number)


def decimal(number: Number, digits: int) -> str:
    """The number rounded half to even to so many digits (at least one) after the point: for readers, never compared."""
    scaled = round(number * 10**digits)
    whole, rest = divmod(abs(scaled), 10**digits)
    return f"{'-' if scaled < 0 else ''}{whole}.{rest:0{digits}d}"


def instant(text: str) -> int:
    """An RFC 3339 date-time with an offset as microseconds since 1970-01-01T00:00:00Z; ValueError for anything else."""
    match = _date_time.fullmatch(text)
    if match is None:
        raise ValueError("is not a date-time with an offset, like 2026-12-24T16:10:00+09:00")
    year, month, day, hour, minute, second = (int(match[group]) for group in range(1, 7))
    offset_hour, offset_minute = int(match[9] or 0), int(match[10] or 0)
    if hour > 23 or minute > 59 or second > 59 or offset_hour > 23 or offset_minute > 59:
        raise ValueError("is not a time of day")
    offset = (offset_hour * 60 + offset_minute) * (-1 if match[8] == "-" else 1)
    seconds = ((_days(year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second
    return seconds * 1_000_000 + int((match[7] or "").ljust(6, "0"))


def instant_of(moment: datetime) -> int:
    """An aware datetime as microseconds since 1970-01-01T00:00:00Z; ValueError for a local one."""
    if moment.tzinfo is None:
        raise ValueError("needs an offset, like 2026-12-24T16:10:00+09:00")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _days(year: int, month: int, day: int) -> int:
    # RFC 3339 knows the year 0000, `date` does not: the calendar repeats every 400 years.
    try:
        same = date(year % 400 + 400, month, day)
    except ValueError:
        raise ValueError("is not a day of the calendar") from None
    return same.toordinal() + (year // 400 - 1) * _DAYS_IN_400_YEARS - _EPOCH.toordinal()
