"""The entry: answers to questions that are data, what is wrong with them at submission, and who may still change what.

A question is a mapping from the preset: `code`, `kind` (text, choice, choices, number, measure, month, url, heading),
`categories`, `required`, `limit` (characters), `options` (each with a `code`), `min`, `max`, `fraction` (decimals are
allowed), `max_items`, `after` (the code of an earlier month), `editable_after_selection`. Drafts are never refused:
what cannot be read stays as it was typed, and is a problem only when the entry is submitted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import urlsplit

from eventapp.rules.refusal import Refusal

Question = Mapping[str, Any]
Answer = str | int | list[str] | list[dict[str, str]]
State = Literal["draft", "submitted", "withdrawn"]
Action = Literal["submit", "return", "withdraw", "reinstate"]

MEASURE_PARTS = ("name", "before", "after", "unit")

_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]+")
_NUMBER = re.compile(r"-?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})(\.[0-9]{1,6})?")
_MONTH = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})月?")
_MINUS = str.maketrans({"−": "-", "△": "-", "▲": "-"})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one answer: the question's code, the problem's code, and what its sentence needs."""

    question: str
    code: str
    details: dict[str, object] = field(default_factory=dict)


def asked(questions: Iterable[Question], category: str) -> list[Question]:
    """The questions of one category, in their order; a question without `categories` is put to all."""
    return [one for one in questions if category in one.get("categories", (category,))]


def count_characters(text: str) -> int:
    """文字数 as Japanese forms count it: code points after NFC, a line break is one."""
    return len(unicodedata.normalize("NFC", _line_breaks(text)))


def _line_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def normalise(question: Question, raw: object) -> Answer:
    """The answer as it is stored; idempotent, never fails.

    Texts: NFC, half-width kana to full width, no control characters, no blanks at the end. Numbers, months and URLs:
    NFKC, then their canonical form if they have one. Choices: each once, in the order of the options.
    """
    kinds: dict[str, Callable[[], Answer]] = {
        "choice": lambda: _plain(raw).strip(),
        "choices": lambda: _chosen(question, raw),
        "number": lambda: _number(raw),
        "measure": lambda: _measures(raw),
        "month": lambda: _month(raw),
        "url": lambda: _compatible(raw),
    }
    return kinds.get(question["kind"], lambda: _text(raw))()


def _plain(raw: object) -> str:
    """Any single value as text that a database and a page can hold."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return ""
    text = _line_breaks(str(raw))
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


def _text(raw: object) -> str:
    wide = _HALF_WIDTH_KANA.sub(lambda run: unicodedata.normalize("NFKC", run.group()), _plain(raw))
    return unicodedata.normalize("NFC", wide).rstrip().lstrip("\n")


def _compatible(raw: object) -> str:
    return unicodedata.normalize("NFKC", _plain(raw)).strip()


def _decimal(raw: object) -> str:
    """A decimal string without separators and useless zeros, or the text as it was typed."""
    typed = _compatible(raw)
    number = typed.translate(_MINUS).replace(" ", "")
    if not _NUMBER.fullmatch(number):
        return typed
    value = Decimal(number.replace(",", ""))
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if value == 0 else text


def _number(raw: object) -> str | int:
    number = _decimal(raw)
    return int(number) if re.fullmatch(r"-?[0-9]{1,15}", number) else number


def _month(raw: object) -> str:
    typed = _compatible(raw)
    found = _MONTH.fullmatch(typed)
    if not found or not 1 <= int(found[2]) <= 12:
        return typed
    return f"{found[1]}-{int(found[2]):02}"


def _chosen(question: Question, raw: object) -> list[str]:
    values = raw if isinstance(raw, list | tuple) else [raw]
    chosen = dict.fromkeys(one for one in (_plain(value).strip() for value in values) if one)
    order = _options(question)
    return sorted(chosen, key=lambda one: order.index(one) if one in order else len(order))


def _options(question: Question) -> list[str]:
    return [option["code"] for option in question.get("options", ())]


def _measures(raw: object) -> list[dict[str, str]]:
    rows = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list | tuple) else []
    measures = []
    for row in rows:
        measure = {part: _text(row.get(part)) for part in MEASURE_PARTS}
        measure |= {part: _decimal(row.get(part)) for part in ("before", "after")}
        if any(measure.values()):
            measures.append(measure)
    return measures


def problems(questions: Sequence[Question], answers: Mapping[str, Answer]) -> list[Problem]:
    """Everything that keeps the entry from being submitted, in the order of the questions; empty: it may go.

    `answers` are normalised, by question code. Codes: missing · too_long {limit, count, over} · unknown_option ·
    too_many {max} · not_a_number · fraction · too_small {min} · too_large {max} · incomplete {row, part} ·
    not_a_month · not_after {after} · not_a_url; in a measure, details carry `row` (from 1) and `part`.
    """
    found: list[Problem] = []
    for question in questions:
        if question["kind"] == "heading":
            continue
        answer = answers.get(question["code"], "")
        if answer in ("", []):
            found += [Problem(question["code"], "missing")] if question.get("required") else []
        else:
            found += [Problem(question["code"], code, details) for code, details in _wrong(question, answer, answers)]
    return found


Wrong = Iterator[tuple[str, dict[str, object]]]


def _wrong(question: Question, answer: Answer, answers: Mapping[str, Answer]) -> Wrong:
    match question["kind"]:
        case "choice" | "choices":
            yield from _wrong_options(question, answer)
        case "number":
            yield from _wrong_number(question, answer)
        case "measure":
            yield from _wrong_measures(question, answer)
        case "month":
            yield from _wrong_month(question, answer, answers)
        case "url" if not _is_url(str(answer)):
            yield "not_a_url", {}
        case _:
            yield from _too_long(question, answer)


def _too_long(question: Question, answer: Answer) -> Wrong:
    limit, count = question.get("limit"), count_characters(str(answer))
    if limit is not None and count > limit:
        yield "too_long", {"limit": limit, "count": count, "over": count - limit}


def _wrong_options(question: Question, answer: Answer) -> Wrong:
    chosen = answer if isinstance(answer, list) else [answer]
    if any(one not in _options(question) for one in chosen):
        yield "unknown_option", {}
    yield from _too_many(question, chosen)


def _too_many(question: Question, items: Sequence[object]) -> Wrong:
    most = question.get("max_items")
    if most is not None and len(items) > most:
        yield "too_many", {"max": most}


def _wrong_number(question: Question, answer: Answer) -> Wrong:
    if not _is_number(answer):
        yield "not_a_number", {}
        return
    number = Decimal(str(answer))
    if number != int(number) and not question.get("fraction"):
        yield "fraction", {}
    least, most = question.get("min"), question.get("max")
    if least is not None and number < least:
        yield "too_small", {"min": least}
    if most is not None and number > most:
        yield "too_large", {"max": most}


def _is_number(answer: Answer) -> bool:
    return isinstance(answer, str | int) and _NUMBER.fullmatch(str(answer)) is not None and "," not in str(answer)


def _wrong_measures(question: Question, answer: Answer) -> Wrong:
    rows = answer if isinstance(answer, list) else []
    for number, row in enumerate(rows, 1):
        parts = row if isinstance(row, dict) else {}
        for part in MEASURE_PARTS:
            value = parts.get(part, "")
            if value == "":
                yield "incomplete", {"row": number, "part": part}
            elif part in ("before", "after") and not _is_number(value):
                yield "not_a_number", {"row": number, "part": part}
    yield from _too_many(question, rows)


def _wrong_month(question: Question, answer: Answer, answers: Mapping[str, Answer]) -> Wrong:
    if not _is_month(answer):
        yield "not_a_month", {}
        return
    earlier = answers.get(question.get("after", ""))
    if _is_month(earlier) and months_between(str(earlier), str(answer)) < 1:
        yield "not_after", {"after": question["after"]}


def _is_month(answer: Answer | None) -> bool:
    return isinstance(answer, str) and re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", answer) is not None


def months_between(first: str, second: str) -> int:
    """Whole months from one month `YYYY-MM` to another; negative when the second is earlier."""
    (year, month), (later_year, later_month) = (map(int, one.split("-")) for one in (first, second))
    return (later_year - year) * 12 + later_month - month


def _is_url(text: str) -> bool:
    """A web address that a page may link to: http or https, a host with a dot, nobody's name in front of it."""
    if re.search(r"[\s\"<>\\^`{|}]", text):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in host.strip(".") and "@" not in parts.netloc


STEPS: dict[tuple[State, Action], State] = {
    ("draft", "submit"): "submitted",
    ("submitted", "return"): "draft",
    ("submitted", "withdraw"): "withdrawn",
    ("withdrawn", "reinstate"): "submitted",
}


def entry_step(state: State, action: Action) -> State:
    """The entry's next state: draft → submitted → withdrawn, back by return (差戻し) or reinstate.

    Refuses `entry.superseded` with the `current` state when there is no such step from it.
    """
    after = STEPS.get((state, action))
    if after is None:
        raise Refusal("entry.superseded", current=state)
    return after


def may_submit(
    now: datetime, deadline: datetime, state: State, *, grace_s: int = 0, excepted_until: datetime | None = None
) -> Literal["ok", "grace", "exception"]:
    """May an entry in this state be submitted now, and on what ground (recorded)? The deadline itself is in time.

    Refuses `entry.submitted`, `entry.withdrawn`, and `deadline.passed` with the `deadline`.
    """
    if state != "draft":
        raise Refusal(f"entry.{state}")
    if now <= deadline:
        return "ok"
    if now <= deadline + timedelta(seconds=grace_s):
        return "grace"
    if excepted_until is not None and now <= excepted_until:
        return "exception"
    raise Refusal("deadline.passed", deadline=deadline)


def may_edit(phase: str, state: State, question: Question, *, in_time: bool = True) -> None:
    """May the answer to this question be changed? `in_time`: the category's deadline has not passed.

    A draft always (nobody loses what was written), until the archive. A submitted entry: everything in the call and in
    time; nothing while it is screened; afterwards what the question leaves open, until the results.
    Refuses `entry.withdrawn`, and `entry.locked` with the `question`.
    """
    if state == "withdrawn":
        raise Refusal("entry.withdrawn")
    drafting = state == "draft" and phase != "archive"
    calling = phase in ("preparation", "call") and in_time
    amending = phase in ("selection", "programme", "live") and bool(question.get("editable_after_selection"))
    if not (drafting or calling or amending):
        raise Refusal("entry.locked", question=question["code"])
