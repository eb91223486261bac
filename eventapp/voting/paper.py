"""What the tablet's page says of each ballot, ready for its template: the same words as static/src/tablet/ draws."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from eventapp import clock
from eventapp.rules import marks
from eventapp.rules.ballot import number_text
from eventapp.text import clock_text, t
from eventapp.voting.own import PER_ENTRY
from eventapp.voting.sections import phase

Line = dict[str, Any]


def papers(sections: Mapping[str, Any], now: datetime) -> list[Line]:
    """Every ballot of the seat with its poll, phase, what still counts of it, and its summary."""
    polls = {poll["contest"]: poll for poll in sections["polls"]}
    return [_paper(ballot, polls[ballot["contest"]], now) for ballot in sections["ballots"]]


def _paper(ballot: Line, poll: Line, now: datetime) -> Line:
    entries = [_entry(ballot, entry) for entry in ballot["entries"]]
    paper = ballot | {"poll": poll, "phase": phase(poll, now), "per_entry": ballot["method"] in PER_ENTRY, "entries": entries}
    free = {entry["id"]: entry for entry in entries if not entry["recused"]}
    body = ballot["body"] or {}
    paper["chosen"] = [name for name in body.get("ranking", body.get("entries", [])) if name in free]
    paper["tally"] = {state: sum(entry["state"] == state for entry in free.values()) for state in ("empty", "confirmed")}
    paper["tally"]["partial"] = sum(bool(entry["lacks"]) for entry in free.values())
    paper["complete"] = all(entry["whole"] for entry in free.values()) if paper["per_entry"] else ballot["counted"]
    presented = bool(entries) and all(entry["stage"] == "done" for entry in entries)
    over = paper["phase"] in ("grace", "closed") or (presented and paper["phase"] != "draft" and paper["complete"])
    return paper | {"recorded": ballot["counted"] and over, "blank": ballot["counted"] and not paper["per_entry"] and not paper["chosen"]}


def _entry(ballot: Line, entry: Line) -> Line:
    """`given`: the own mark in words. `lacks`: criteria without which it does not count. `whole`: it counts, or was declined."""
    own = entry.get("ballot")
    found = entry | {"shown_at": clock_text(clock.parse(entry["at"])), "marks": {}, "grade": None, "given": "", "lacks": []}
    found |= {"state": "confirmed" if own else "empty", "whole": bool(own), "declined": False}
    if own and ballot["method"] == "score":
        return found | _score(own["body"]["marks"], ballot["criteria"])
    if own and ballot["method"] == "grade":
        grade = own["body"]["grade"]
        names = {one["code"]: one["name_en"] for one in ballot["grades"]}
        return found | {"grade": grade, "declined": grade is None, "given": t(grade, names.get(grade, grade)) if grade else declined()}
    return found


def declined() -> str:
    return t("評価しない", "Declined")


def _score(given: Mapping[str, marks.Value], criteria: Sequence[Line]) -> Line:
    lacks = marks.missing(given, [one["code"] for one in criteria])
    names = [t(one["name"], one["name_en"]) for one in criteria if one["code"] in lacks]
    found = {"marks": dict(given), "declined": not given, "lacks": names if given else [], "whole": not lacks or not given}
    if not given:
        return found | {"given": declined()}
    total = total_text(given, criteria)
    return found | {"given": t(f"{total}点", f"{total} pt")}


def total_text(given: Mapping[str, marks.Value], criteria: Sequence[Line]) -> str:
    """The judge's own weighted sum, for reading only: the count is exact elsewhere."""
    total = round(sum(given.get(one["code"], 0) * one["weight"] for one in criteria), 2)
    return number_text(int(total) if total == int(total) else total)


def level_text(value: marks.Value) -> str:
    """A level as its button says it."""
    return number_text(value)
