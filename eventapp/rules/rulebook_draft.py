"""A rulebook while it is being written: every value as typed, so that nothing wrong is lost; read from and written to rules.toml.

What stands beside the rules and is not counted (English names, hours, the order of the reveal) travels along and is not written.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventapp.rules.tally_errors import decoded
from eventapp.rules.tally_numbers import WHITE_SPACE
from eventapp.rules.tally_rules_file import RULES, Problem
from eventapp.rules.tally_steps import ALLOWED, CRITERION

METHODS = ("choice", "points", "score", "grade")
STEPS = ("firsts", "countback", "criterion", "head-to-head", "chair", "lot", "share")
CHAINS = {
    "choice": ("head-to-head", "chair", "lot"),
    "points": ("firsts", "countback", "head-to-head", "chair", "lot"),
    "score": ("firsts", "head-to-head", "chair", "lot"),
    "grade": ("firsts", "head-to-head", "chair", "lot"),
}
"""The tie steps that are proposed for a method."""

_whole = re.compile(r"-?[0-9]{1,4000}")
_bare = re.compile(r"[A-Za-z0-9_-]+")
_gaps = re.compile(f"[{WHITE_SPACE},、，]+")
_ESCAPED = {code: f"\\u{code:04x}" for code in (*range(32), 127)} | {ord('"'): '\\"', ord("\\"): "\\\\"}


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """A group of judges and its weight."""

    id: str = ""
    weight: str = "1"


@dataclass(frozen=True, slots=True)
class CriterionDraft:
    """One criterion of a score contest."""

    id: str = ""
    name: str = ""
    weight: str = "1"
    min: str = "0"
    max: str = "5"


@dataclass(frozen=True, slots=True)
class ContestDraft:
    """One contest; keys of other methods are kept and not written. `name_en`, `opens`, `closes` stand beside the rules."""

    id: str = ""
    name: str = ""
    categories: tuple[str, ...] = ()
    tag: str = ""
    method: str = "points"
    count: str = "mean"
    quorum: str = ""
    min_marks: str = ""
    closes_at: str = ""
    ties: tuple[str, ...] = ()
    choices: str = ""
    points: str = ""
    criteria: tuple[CriterionDraft, ...] = ()
    trim: str = ""
    normalise: str = "none"
    grades: tuple[str, ...] = ()
    name_en: str = ""
    opens: str = ""
    closes: str = ""


@dataclass(frozen=True, slots=True)
class PrizeDraft:
    """One prize; `narrowed`: only entries of `categories`. `name_en`, `text`, `text_en` stand beside the rules."""

    id: str = ""
    name: str = ""
    contest: str = ""
    seats: str = "1"
    narrowed: bool = False
    categories: tuple[str, ...] = ()
    tag: str = ""
    min_score: str = ""
    excludes: tuple[str, ...] = ()
    name_en: str = ""
    text: str = ""
    text_en: str = ""


@dataclass(frozen=True, slots=True)
class RulesDraft:
    """A whole rulebook as typed; `reveal` names the prizes in the order in which they are made known."""

    name: str = ""
    recuse_own: bool = True
    weighted: bool = False
    groups: tuple[GroupDraft, ...] = ()
    contests: tuple[ContestDraft, ...] = ()
    prizes: tuple[PrizeDraft, ...] = ()
    reveal: tuple[str, ...] = ()


# --- read ------------------------------------------------------------------------------------------------------------------


def read_draft(data: bytes) -> RulesDraft:
    """The draft of acceptable rules; what stands beside them is empty."""
    raw = tomllib.loads(decoded(data, RULES))
    return RulesDraft(
        name=_typed(raw.get("name", "")),
        recuse_own=raw.get("recuse_own", True),
        weighted="groups" in raw,
        groups=tuple(GroupDraft(group, _typed(weight)) for group, weight in raw.get("groups", {}).items()),
        contests=tuple(_contest(contest) for contest in raw["contests"]),
        prizes=tuple(_prize(prize) for prize in raw["prizes"]),
    )


def _typed(value: object) -> str:
    """A TOML value as one types it; names may be anything, and only strings are kept."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _of(raw: Mapping[str, Any], *keys: str) -> dict[str, str]:
    return {key: _typed(raw[key]) for key in keys if key in raw}


def _name(raw: Mapping[str, Any]) -> str:
    return raw["name"] if isinstance(raw.get("name"), str) else ""


def _contest(raw: Mapping[str, Any]) -> ContestDraft:
    criteria = tuple(
        replace(CriterionDraft(name, _name(found)), **{"max": "", **_of(found, "weight", "min", "max")})
        for name, found in raw.get("criteria", {}).items()
    )  # fmt: skip
    texts = _of(raw, "id", "tag", "method", "count", "quorum", "min_marks", "closes_at", "choices", "trim", "normalise")
    points = ", ".join(_typed(one) for one in raw.get("points", ()))
    return ContestDraft(
        name=_name(raw), categories=tuple(raw["categories"]), ties=tuple(raw.get("ties", ())), points=points, criteria=criteria,
        grades=tuple(raw.get("grades", ())), **texts,
    )  # fmt: skip


def _prize(raw: Mapping[str, Any]) -> PrizeDraft:
    return PrizeDraft(
        name=_name(raw), narrowed="categories" in raw, categories=tuple(raw.get("categories", ())), excludes=tuple(raw.get("excludes", ())),
        **_of(raw, "id", "contest", "seats", "tag", "min_score"),
    )  # fmt: skip


# --- write -----------------------------------------------------------------------------------------------------------------


def write_rules(draft: RulesDraft) -> str:
    """The draft as rules.toml, the same text for the same draft; what is wrong in it stays wrong, and `review_rules` says so."""
    lines = ['format = "tally/1"', *_pairs(("name", draft.name and _quoted(draft.name)))]
    lines.append(f"recuse_own = {'true' if draft.recuse_own else 'false'}")
    if not draft.contests:
        lines.append("contests = []")
    if not draft.prizes:
        lines.append("prizes = []")
    if draft.weighted:
        lines += ["", "[groups]", *(f"{_key(group.id)} = {_number(group.weight) or _quoted('')}" for group in _once(draft.groups))]
    for contest in draft.contests:
        lines += ["", "[[contests]]", *_contest_lines(contest)]
    for prize in draft.prizes:
        lines += ["", "[[prizes]]", *_prize_lines(prize)]
    return "\n".join(lines) + "\n"


def twins(draft: RulesDraft) -> list[Problem]:
    """Groups and criteria named twice: TOML cannot say that, so it is said here."""
    found = [_twin(("groups", row, "id")) for row in _again(draft.groups)] if draft.weighted else []
    for number, contest in enumerate(draft.contests):
        if contest.method == "score":
            found += [_twin(("contests", number, "criteria", row, "id")) for row in _again(contest.criteria)]
    return found


def _twin(path: tuple[str | int, ...]) -> Problem:
    return Problem(path, RULES, "id", "is there twice")


Row = GroupDraft | CriterionDraft


def _again(rows: Sequence[Row]) -> list[int]:
    ids = [plain_id(row.id) for row in rows]
    return [place for place, name in enumerate(ids) if name in ids[:place]]


def _once(rows: Sequence[Row]) -> Iterable[Any]:
    again = _again(rows)
    return (row for place, row in enumerate(rows) if place not in again)


def plain_id(text: str) -> str:
    """An id as meant: nobody means the blank behind it."""
    return text.strip(WHITE_SPACE)


def plain_number(text: str) -> str:
    """A number as meant: typed with full-width digits and signs, too."""
    return unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()


def _contest_lines(contest: ContestDraft) -> list[str]:
    of_method: dict[str, list[tuple[str, object]]] = {
        "choice": [("choices", _number(contest.choices))],
        "points": [("points", _array(_number(one) for one in _gaps.split(plain_number(contest.points)) if one))],
        "score": [("trim", _number(contest.trim)), ("normalise", contest.normalise not in ("", "none") and _quoted(contest.normalise))],
        "grade": [("grades", _texts(contest.grades))],
    }  # fmt: skip
    lines = _pairs(
        ("id", _id(contest.id)), ("name", contest.name and _quoted(contest.name)), ("categories", _texts(contest.categories)),
        ("tag", _id(contest.tag)), ("method", contest.method and _quoted(contest.method)), *of_method.get(contest.method, []),
        ("count", contest.count not in ("", "mean") and _quoted(contest.count)), ("quorum", _number(contest.quorum)),
        ("min_marks", _number(contest.min_marks)), ("closes_at", contest.closes_at.strip() and _quoted(contest.closes_at.strip())),
        ("ties", any(contest.ties) and _texts(step for step in contest.ties if step)),
    )  # fmt: skip
    if contest.method == "score":
        for criterion in _once(contest.criteria):
            lines += [f"[contests.criteria.{_key(criterion.id)}]", *_criterion_lines(criterion)]
        if not contest.criteria:
            lines.append("criteria = {}")
    return lines


def _criterion_lines(criterion: CriterionDraft) -> list[str]:
    return _pairs(
        ("name", criterion.name and _quoted(criterion.name)), ("weight", _number(criterion.weight)), ("min", _number(criterion.min)),
        ("max", _number(criterion.max)),
    )  # fmt: skip


def _prize_lines(prize: PrizeDraft) -> list[str]:
    narrowed = prize.narrowed or prize.categories
    return _pairs(
        ("id", _id(prize.id)), ("name", prize.name and _quoted(prize.name)), ("contest", _id(prize.contest)),
        ("seats", _number(prize.seats)), ("categories", narrowed and _texts(prize.categories)), ("tag", _id(prize.tag)),
        ("min_score", _number(prize.min_score)), ("excludes", prize.excludes and _texts(prize.excludes)),
    )  # fmt: skip


def _pairs(*pairs: tuple[str, object]) -> list[str]:
    return [f"{key} = {value}" for key, value in pairs if value]


def _number(text: str) -> str:
    meant = plain_number(text)
    if _whole.fullmatch(meant):
        return str(int(meant))
    return _quoted(meant) if meant else ""


def _id(text: str) -> str:
    return _quoted(plain_id(text)) if plain_id(text) else ""


def _key(text: str) -> str:
    meant = plain_id(text)
    return meant if _bare.fullmatch(meant) else _quoted(meant)


def _texts(items: Iterable[str]) -> str:
    return _array(_quoted(item) for item in items)


def _array(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPED)}"'


# --- changed by a button -----------------------------------------------------------------------------------------------------


def steps_for(contest: ContestDraft) -> list[str]:
    """The tie steps that the contest's method allows, a criterion's by its name, in the order of the format."""
    allowed = ALLOWED.get(contest.method, frozenset())
    found: list[str] = []
    for step in STEPS:
        if step == "criterion" and step in allowed:
            found += [f"{CRITERION}{plain_id(criterion.id)}" for criterion in contest.criteria if plain_id(criterion.id)]
        elif step in allowed:
            found.append(step)
    return found


def with_method(contest: ContestDraft) -> ContestDraft:
    """The contest after its method was changed: what the new method needs is proposed, tie steps it does not allow are gone."""
    allowed = steps_for(contest)
    kept = tuple(step for step in contest.ties if step in allowed)
    proposed: dict[str, dict[str, Any]] = {
        "choice": {"choices": contest.choices or "1"},
        "points": {"points": contest.points or "3, 2, 1"},
        "score": {"criteria": contest.criteria or (CriterionDraft("impact", "効果"),)},
        "grade": {"grades": contest.grades or ("C", "B", "A"), "count": "mean"},
    }  # fmt: skip
    return replace(contest, ties=kept or CHAINS.get(contest.method, ()), **proposed.get(contest.method, {}))


def changed(draft: RulesDraft, words: Sequence[str]) -> RulesDraft:
    """The draft after a button: `contests 2 up`, `contests 2 ties add`, `prizes 0 remove`. What does not exist changes nothing."""
    found = _changed(draft, list(words))
    return found if isinstance(found, RulesDraft) else draft


def _changed(thing: Any, words: list[str]) -> Any:
    name, *rest = words or [""]
    items = getattr(thing, name, None)
    if not isinstance(items, tuple) or not rest:
        return thing
    if rest == ["add"]:
        return replace(thing, **{name: (*items, _fresh(name, thing))})
    if not (rest[0].isascii() and rest[0].isdecimal()) or int(rest[0]) >= len(items):
        return thing
    place, act = int(rest[0]), rest[1:]
    if len(act) == 1:
        return replace(thing, **{name: _moved(items, place, act[0])})
    return replace(thing, **{name: (*items[:place], _changed(items[place], act), *items[place + 1 :])})


def _moved(items: tuple[Any, ...], place: int, act: str) -> tuple[Any, ...]:
    others = (*items[:place], *items[place + 1 :])
    if act == "remove":
        return others
    to = place + {"up": -1, "down": 1}.get(act, 0)
    return (*others[:to], items[place], *others[to:]) if 0 <= to < len(items) else items


def _fresh(name: str, thing: Any) -> Any:
    """A new row: of a contest or prize with an id that is free, of ties the first step that is not there yet."""
    if name == "contests":
        contest = with_method(ContestDraft(_free("contest", thing.contests)))
        last = thing.contests[-1] if thing.contests else contest
        return replace(contest, opens=last.opens, closes=last.closes, quorum=last.quorum, min_marks=last.min_marks)
    if name == "prizes":
        return PrizeDraft(_free("prize", thing.prizes))
    if name == "ties":
        return next((step for step in steps_for(thing) if step not in thing.ties), "")
    return {"groups": GroupDraft(), "criteria": CriterionDraft()}.get(name, "")


def _free(word: str, rows: Sequence[ContestDraft | PrizeDraft]) -> str:
    taken = {row.id for row in rows}
    return next(name for number in range(1, len(taken) + 2) if (name := f"{word}-{number}") not in taken)


def in_reveal_order(order: Iterable[str], prizes: Iterable[str]) -> tuple[str, ...]:
    """The order of the reveal with every prize once: what is new is made known first, what is gone falls out."""
    known = list(dict.fromkeys(prizes))
    kept = [prize for prize in dict.fromkeys(order) if prize in known]
    return (*reversed([prize for prize in known if prize not in kept]), *kept)
