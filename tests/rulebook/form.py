"""A form as a browser would send it: every successful control of a page, in order."""

from typing import Any

from werkzeug.datastructures import MultiDict

from eventapp.rules.rulebook_draft import RulesDraft
from tests.page import parse


def controls(html: str, form: str) -> MultiDict[str, str]:
    """The fields of the form with this id, its buttons aside."""
    tree = parse(html)
    element = next(one for one in tree.iter("form") if one.get("id") == form)
    return MultiDict(pair for one in element.iter() for pair in _pairs(one))


def _pairs(element: Any) -> list[tuple[str, str]]:
    name = element.get("name")
    if not name or element.get("disabled") is not None:
        return []
    if element.tag == "input" and element.get("type") not in ("submit", "button", "file"):
        chosen = element.get("type") not in ("checkbox", "radio") or element.get("checked") is not None
        return [(name, element.get("value", "on"))] if chosen else []
    if element.tag == "textarea":
        return [(name, "".join(element.itertext()).removeprefix("\n"))]
    if element.tag == "select":
        options = list(element.iter("option"))
        chosen = [one for one in options if one.get("selected") is not None] or options[:1]
        return [(name, one.get("value", "")) for one in chosen[-1:]]
    return []


def ids(html: str) -> set[str]:
    return {one.get("id") for one in parse(html).iter() if one.get("id")}


def sent_for(draft: RulesDraft) -> MultiDict[str, str]:
    """The names and values with which the page shows a draft (the tests hold both against each other)."""
    found: MultiDict[str, str] = MultiDict([("name", draft.name)])
    for name in ("recuse_own", "weighted"):
        if getattr(draft, name):
            found.add(name, "yes")
    for word, rows in (("groups", draft.groups), ("contests", draft.contests), ("prizes", draft.prizes)):
        for number, row in enumerate(rows):
            _add(found, f"{word}-{number}-", row)
    found.setlist("reveal", list(draft.reveal))
    return found


def _add(found: MultiDict[str, str], prefix: str, row: Any) -> None:
    for name in row.__slots__:
        value = getattr(row, name)
        if isinstance(value, bool):
            if value or (name == "narrowed" and row.categories):
                found.add(prefix + name, "yes")
        elif isinstance(value, str):
            found.add(prefix + name, value)
        elif name == "criteria":
            for number, criterion in enumerate(value):
                _add(found, f"{prefix}criteria-{number}-", criterion)
        else:
            found.setlist(prefix + name, list(value))
    if prefix.startswith(("contests", "prizes")) and "criteria" not in prefix:
        found.add(prefix + "was", row.id)
        found.add(prefix + "shown", getattr(row, "method", ""))
