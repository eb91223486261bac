"""What is typed from a sheet, read as bodies of ballots: one for the contest, or one per entry."""

from collections.abc import Iterable
from typing import NoReturn

from werkzeug.datastructures import MultiDict

from eventapp.rules.refusal import Refusal
from eventapp.rules.tally_model import Contest

Bodies = dict[str, object]  # by unit: "" or the number of an entry


def read_keying(form: MultiDict[str, str], contest: Contest, numbers: Iterable[str]) -> Bodies:
    """The bodies that a form says. Refuses `paper.blank` unless 白票 is ticked, `paper.unclear` with the `field`."""
    typed = _read(form, contest, list(numbers))
    blank = form.get("blank") == "1"
    if blank and typed:
        raise Refusal("paper.contradicted")
    if not typed and not blank:
        raise Refusal("paper.blank")
    if typed:
        return typed
    return {"": {"entries": []} if contest.method == "choice" else {"ranking": []}} if contest.method in ("choice", "points") else {}


def _read(form: MultiDict[str, str], contest: Contest, numbers: list[str]) -> Bodies:
    if contest.method == "choice":
        chosen = sorted(set(form.getlist("chosen")))
        return {"": {"entries": chosen}} if chosen else {}
    if contest.method == "points":
        return _ranking(form, numbers, len(contest.points))
    if contest.method == "grade":
        return {number: {"grade": form[f"grade-{number}"]} for number in numbers if form.get(f"grade-{number}")}
    marks = {number: _marks(form, contest, number) for number in numbers}
    return {number: {"marks": given} for number, given in marks.items() if given}


def _ranking(form: MultiDict[str, str], numbers: list[str], places: int) -> Bodies:
    """Entries by the place typed beside them; a place that nobody got closes up, as it does in the count."""
    by_place: dict[int, str] = {}
    for number in numbers:
        typed = form.get(f"rank-{number}", "").strip()
        if not typed:
            continue
        place = int(typed) if typed.isdecimal() and len(typed) < 3 else 0
        if not 1 <= place <= places or place in by_place:
            _unclear(number)
        by_place[place] = number
    return {"": {"ranking": [by_place[place] for place in sorted(by_place)]}} if by_place else {}


def _marks(form: MultiDict[str, str], contest: Contest, number: str) -> dict[str, int | float]:
    found: dict[str, int | float] = {}
    for criterion in contest.criteria:
        typed = form.get(f"mark-{number}-{criterion.id}", "").strip()
        if typed:
            found[criterion.id] = _number(typed, number)
    return found


def _number(typed: str, field: str) -> int | float:
    whole, _, rest = typed.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(typed) < 8 and (not rest or (rest.isascii() and rest.isdigit()))):
        _unclear(field)
    return float(typed) if rest else int(whole)


def _unclear(field: str) -> NoReturn:
    raise Refusal("paper.unclear", entry=field)
