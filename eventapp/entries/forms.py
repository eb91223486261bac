"""Between the edition's questions and a browser's form: fields by kind, typed values as answers, problems as sentences."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wtforms import Field, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.form import BaseForm
from wtforms.widgets import CheckboxInput, ListWidget

from eventapp.rules.entry import MEASURE_PARTS, Answer, Problem, Question, normalise

PREFIX = "q-"
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
LINE = 60  # texts of at most so many characters are one line
ROWS = 3  # of a measure that does not say how many it may have
PART_LABELS = {"name": ("指標", "Measure"), "before": ("前", "Before"), "after": ("後", "After"), "unit": ("単位", "Unit")}

# problem of rules/entry -> its sentence in the banner
PROBLEMS: dict[str, tuple[str, str]] = {
    "missing": ("入力してください", "This answer is missing"),
    "too_long": ("{limit}字以内にしてください(いま{count}字)", "At most {limit} characters (now {count})"),
    "unknown_option": ("選択肢から選び直してください", "Choose one of the options"),
    "too_many": ("{max}件までにしてください", "At most {max}"),
    "not_a_number": ("数字を入力してください", "Enter a number"),
    "fraction": ("小数のない数字を入力してください", "Enter a whole number"),
    "too_small": ("{min}以上の数字を入力してください", "Enter {min} or more"),
    "too_large": ("{max}以下の数字を入力してください", "Enter {max} or less"),
    "incomplete": ("入力してください", "This part is missing"),
    "not_a_month": ("年と月を「2025-04」のように入力してください", "Enter year and month such as 2025-04"),
    "not_after": ("{after}より後の月を選んでください", "Choose a month after: {after}"),
    "not_a_url": ("「https://」で始まるアドレスを入力してください", "Enter an address that begins with https://"),
}
# sentences that differ below the field, or for answers that are chosen
AT_FIELD = {
    "too_long": ("{over}字多く入力されています。下線の部分を短くしてください。", "{over} characters too many. Shorten the marked part."),
}
MISSING_CHOICE = ("選んでください", "Choose an answer")


def pick(texts: tuple[str, str], lang: str) -> str:
    return texts[1] if lang == "en" else texts[0]


def label_of(question: Question, lang: str) -> str:
    """The question as this page says it."""
    return str(question["label_en"] if lang == "en" else question["label"])


def sentence(problem: Problem, questions: Sequence[Question], lang: str, *, at_field: bool = False) -> str:
    """What is wrong, for people."""
    by_code = {one["code"]: one for one in questions}
    kind = by_code[problem.question]["kind"]
    texts = PROBLEMS[problem.code]
    if problem.code == "missing" and kind in ("choice", "choices", "month"):
        texts = MISSING_CHOICE
    if at_field and kind == "text":
        texts = AT_FIELD.get(problem.code, texts)
    values: dict[str, Any] = dict(problem.details)
    if "after" in values:
        values["after"] = label_of(by_code[values["after"]], lang)
    return pick(texts, lang).format(**values)


def anchor(problem: Problem, question: Question) -> str:
    """The id of the control that a link of the error banner leads to."""
    if question["kind"] == "measure":
        return measure_name(question, int(str(problem.details.get("row", 1))), str(problem.details.get("part", "name")))
    first = "-0" if question["kind"] in ("choice", "choices") else ""
    return PREFIX + str(question["code"]) + first


def summary(found: Sequence[Problem], questions: Sequence[Question], lang: str) -> list[tuple[str, str, str]]:
    """The lines of the error banner in the order of the questions: id, label, sentence."""
    by_code = {one["code"]: one for one in questions}
    lines = []
    for problem in found:
        question, label = by_code[problem.question], label_of(by_code[problem.question], lang)
        if "row" in problem.details:
            part = pick(PART_LABELS[str(problem.details["part"])], lang)
            label = f"{label}{problem.details['row']}「{part}」" if lang == "ja" else f"{label} {problem.details['row']} ({part})"
        lines.append((anchor(problem, question), label, sentence(problem, questions, lang)))
    return lines


def measure_name(question: Question, row: int, part: str) -> str:
    return f"{PREFIX}{question['code']}-{row}-{part}"


def read_answers(questions: Sequence[Question], typed: Mapping[str, Sequence[str]]) -> dict[str, Answer]:
    """What a form sent, as answers to exactly these questions; every other field is ignored, nothing is refused."""
    return {one["code"]: normalise(one, _raw(one, typed)) for one in questions if one["kind"] != "heading"}


def _raw(question: Question, typed: Mapping[str, Sequence[str]]) -> object:
    if question["kind"] == "measure":
        rows = range(1, question_rows(question) + 1)
        return [{part: _last(typed, measure_name(question, row, part)) for part in MEASURE_PARTS} for row in rows]
    name = PREFIX + str(question["code"])
    return list(typed.get(name, ())) if question["kind"] == "choices" else _last(typed, name)


def _last(typed: Mapping[str, Sequence[str]], name: str) -> str:
    values = typed.get(name) or [""]
    return values[-1]


def question_rows(question: Question) -> int:
    return int(question.get("max_items") or ROWS)


@dataclass
class Cell:
    """One control of a measure."""

    name: str
    label: str
    value: str
    part: str
    error: str = ""


@dataclass
class Item:
    """A question as the page shows it: a field, a table of cells, a heading, or (locked) only its answer."""

    question: Question
    label: str
    support: str
    kind: str
    locked: bool
    answer: Answer
    control: Field | None = None
    rows: list[list[Cell]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    stored: Answer | None = None  # in a conflict: what somebody else has saved meanwhile

    @property
    def is_month(self) -> bool:
        """Can a month control show the answer? What was typed otherwise must stay visible."""
        return self.answer == "" or bool(MONTH.fullmatch(str(self.answer)))


def items(
    questions: Sequence[Question], answers: Mapping[str, Answer], lang: str, *, found: Sequence[Problem] = (),
    locked: frozenset[str] = frozenset(), stored: Mapping[str, Answer] | None = None,
) -> list[Item]:  # fmt: skip
    """The questions of a page with their answers, and under each what is wrong with it."""
    open_ones = [one for one in questions if one["kind"] not in ("heading", "measure") and one["code"] not in locked]
    form = form_of(open_ones, answers, lang)
    made = []
    for question in questions:
        code = question["code"]
        support = question.get("support", "") if lang == "ja" else ""
        item = Item(question, label_of(question, lang), support, question["kind"], code in locked, answers.get(code, ""))
        mine = [problem for problem in found if problem.question == code]
        item.errors = list(dict.fromkeys(sentence(problem, questions, lang, at_field=True) for problem in mine))
        if question["kind"] == "measure":
            item.rows = _cells(question, item.answer, mine, lang)
        elif question["kind"] != "heading" and not item.locked:
            item.control = form[code]
            item.control.errors = item.errors
        if stored is not None and stored.get(code, "") != item.answer:
            item.stored = stored.get(code, "")
        made.append(item)
    return made


def _cells(question: Question, answer: Answer, found: Sequence[Problem], lang: str) -> list[list[Cell]]:
    given = [row for row in answer if isinstance(row, dict)] if isinstance(answer, list) else []
    wrong = {(problem.details.get("row"), problem.details.get("part")): problem for problem in found}
    rows = []
    for number in range(1, max(question_rows(question), len(given)) + 1):
        values = given[number - 1] if number <= len(given) else {}
        rows.append([
            Cell(
                measure_name(question, number, part), pick(PART_LABELS[part], lang), values.get(part, ""), part,
                sentence(wrong[number, part], [question], lang) if (number, part) in wrong else "",
            )
            for part in MEASURE_PARTS
        ])  # fmt: skip
    return rows


def form_of(questions: Sequence[Question], answers: Mapping[str, Answer], lang: str) -> BaseForm:
    """A form of these questions, filled with the answers. It renders; reading and judging stand in rules/entry."""
    form = BaseForm({one["code"]: _field(one, lang, answers.get(one["code"], "")) for one in questions}, prefix=PREFIX)
    form.process(data=dict(answers))
    for question in questions:
        if question.get("required"):
            form[question["code"]].flags.required = True
    return form


def _field(question: Question, lang: str, answer: Answer) -> Any:
    label = label_of(question, lang)
    options = [SelectChoice(one["code"], one["label_en"] if lang == "en" else one["label"]) for one in question.get("options", ())]
    match question["kind"]:
        case "choice":
            return RadioField(label, choices=options)
        case "choices":
            return SelectMultipleField(label, choices=options, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())
        case "text" if question.get("limit", LINE + 1) > LINE or "\n" in str(answer):
            return TextAreaField(label)
        case _:
            return StringField(label)


def shown(question: Question, answer: Answer, lang: str) -> list[str]:
    """An answer as lines of text, for the check page, the receipt and everybody who only reads."""
    if isinstance(answer, list):
        labels = {one["code"]: one["label_en"] if lang == "en" else one["label"] for one in question.get("options", ())}
        return [_measure(one) if isinstance(one, dict) else str(labels.get(one, one)) for one in answer]
    if question["kind"] == "choice":
        labels = {one["code"]: one["label_en"] if lang == "en" else one["label"] for one in question.get("options", ())}
        return [str(labels.get(answer, answer))] if answer != "" else []
    if question["kind"] == "number" and isinstance(answer, int):
        return [f"{answer:,}{question.get('unit') or ''}"]
    if question["kind"] == "month" and lang == "ja" and MONTH.fullmatch(str(answer)):
        return [f"{str(answer)[:4]}年{int(str(answer)[5:])}月"]
    return [str(answer)] if answer != "" else []


def _measure(row: Mapping[str, str]) -> str:
    return f"{row.get('name', '')} {row.get('before', '')} → {row.get('after', '')} {row.get('unit', '')}".strip()
