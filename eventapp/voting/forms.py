"""What comes in through the three doors of a ballot, read strictly; nothing is guessed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import NoReturn

from werkzeug.datastructures import MultiDict

from eventapp import clock
from eventapp.rules import ballot as rules
from eventapp.rules import marks
from eventapp.rules.ranking import Tapped, choose, shift, tap
from eventapp.rules.refusal import Refusal

OP_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
FIELDS = frozenset({"contest", "entry", "body", "lease", "rev", "op_id", "saved_at"})
LARGEST = 2**31 - 1  # of a PostgreSQL integer


@dataclass(frozen=True, slots=True)
class Sent:
    """One version of a ballot as a tablet sends it; the body is still to be read by the rules."""

    contest: str
    entry: str | None
    body: object
    lease: int
    rev: int
    op_id: str
    saved_at: datetime


def read_sent(payload: object, op_id: str | None = None) -> Sent:
    """The payload of ballot.put, or `ballot.invalid` with `field` and `text`. An op_id of the address must be the payload's."""
    if not isinstance(payload, Mapping):
        _invalid("body", "must be an object")
    if unknown := set(payload) - FIELDS:
        _invalid(sorted(map(str, unknown))[0], "unknown key")
    given = payload.get("op_id", op_id)
    if not isinstance(given, str) or not OP_ID.fullmatch(given) or op_id not in (None, given):
        _invalid("op_id", "must be 8 to 64 letters, digits, - or _")
    contest, entry = payload.get("contest"), payload.get("entry")
    if not isinstance(contest, str):
        _invalid("contest", "must be a text")
    if entry is not None and not isinstance(entry, str):
        _invalid("entry", "must be a text")
    return Sent(
        contest, entry, payload.get("body"), _whole(payload, "lease"), _whole(payload, "rev"), given, _instant(payload.get("saved_at"))
    )


def _whole(payload: Mapping[str, object], field: str) -> int:
    value = payload.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        _invalid(field, "must be a whole number")
    return value


def _instant(value: object) -> datetime:
    try:
        at = clock.parse(value)
    except OverflowError:
        at = None
    if at is None:
        _invalid("saved_at", "must be an RFC 3339 instant with an offset")
    return at


def _invalid(field: str, text: str) -> NoReturn:
    raise Refusal("ballot.invalid", field=field, text=text)


def read_form(form: MultiDict[str, str], method: str, places: int) -> tuple[dict[str, object], Tapped]:
    """The whole ballot of a plain form: `rank1`, `rank2` … (or `chosen`) as shown, changed by the pressed button, and what that did.

    The button is `tap` = "<place> <entry>", "abstain", or `move` = "up <entry>" or "down <entry>"; without one the ranks are the
    ballot as they stand.
    """
    names = [form.get(f"rank{place}", "") for place in range(1, places + 1)] if method == "points" else form.getlist("chosen")
    shown = tuple(name for name in names if name)
    pressed, _, entry = form.get("tap", "").partition(" ")
    place = int(pressed) if pressed.isascii() and pressed.isdigit() and len(pressed) < 4 else 0
    if form.get("tap") == "abstain":
        return {"entries" if method == "choice" else "ranking": []}, Tapped(())
    if method == "choice":
        tapped = choose(shown, entry, places) if entry else Tapped(shown)
        return {"entries": list(tapped.ranking)}, tapped
    step, _, moved = form.get("move", "").partition(" ")
    if moved:
        tapped = shift(shown, moved, -1 if step == "up" else 1)
    else:
        tapped = tap(shown, entry, place) if entry and 0 < place <= places else Tapped(shown)
    return {"ranking": list(tapped.ranking)}, tapped


NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)


def read_mark(form: MultiDict[str, str], contest: rules.Contest) -> tuple[str, dict[str, object]]:
    """Entry and body of a plain form of a score or grade contest: the mark as shown, changed by the pressed button.

    The button is `mark` = "<criterion> <value> <entry>", for grades "<index> <entry>"; "none <entry>" takes the mark back.
    What is shown stands in `shown.<entry>.<criterion>` and `shown.<entry>`.
    """
    *pressed, entry = form.get("mark", "").split(" ")
    if pressed == ["none"]:
        return entry, {"marks": {}} if contest.method == "score" else {"grade": None}
    if contest.method == "score":
        if len(pressed) != 2:
            _invalid("mark", "must be criterion, value and entry")
        shown = {one.id: form.get(f"shown.{entry}.{one.id}", "") for one in contest.criteria}
        given = {name: _number(name, text) for name, text in shown.items() if text}
        return entry, {"marks": marks.press(given, pressed[0], _number(pressed[0], pressed[1]))}
    if len(pressed) != 1 or not pressed[0].isascii() or not pressed[0].isdigit() or int(pressed[0][:4]) >= len(contest.grades):
        _invalid("mark", "must be grade and entry")
    same = form.get(f"shown.{entry}") == pressed[0]
    return entry, {"grade": None if same else contest.grades[int(pressed[0])]}


def _number(criterion: str, text: str) -> marks.Value:
    if not NUMBER.fullmatch(text):
        _invalid(f"marks.{criterion}", "must be a number")
    return marks.plain(Fraction(text))


def read_recusal(form: MultiDict[str, str]) -> tuple[str, str]:
    """Reason and own words of a declared conflict of interest."""
    return form.get("reason", ""), form.get("note", "").strip()
