"""The entry: answers as they are stored, what is wrong with them, and who may still change what."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.rules.entry import (
    Problem,
    asked,
    count_characters,
    entry_step,
    may_edit,
    may_submit,
    months_between,
    normalise,
    problems,
)
from eventapp.rules.refusal import Refusal

DEADLINE = datetime(2025, 10, 17, 8, 0, tzinfo=UTC)
OPTIONS = [{"code": "lgwan"}, {"code": "internet"}, {"code": "onprem"}]
TEXT = {"code": "summary", "kind": "text", "limit": 10}
CHOICE = {"code": "ai", "kind": "choice", "options": OPTIONS}
CHOICES = {"code": "environment", "kind": "choices", "options": OPTIONS, "max_items": 2}
NUMBER = {"code": "cost", "kind": "number", "min": 0, "max": 1000}
MEASURE = {"code": "measures", "kind": "measure", "max_items": 2}
MONTH = {"code": "launched", "kind": "month", "after": "conceived"}
URL = {"code": "reference", "kind": "url", "limit": 40}
HEADING = {"code": "about", "kind": "heading"}
ALL = [TEXT, CHOICE, CHOICES, NUMBER, MEASURE, MONTH, URL, HEADING]


def refused(call: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """Code and details of the refusal that the call raises."""
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code, caught.value.details


def wrong(question: dict[str, object], answer: object, **others: object) -> list[tuple[str, dict[str, object]]]:
    """Codes and details of the problems of one answer."""
    found = problems([question], {question["code"]: answer, **others})
    assert {one.question for one in found} <= {question["code"]}
    return [(one.code, one.details) for one in found]


# --- counting


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("調布市", 3),
        ("a\r\nb\rc\nd", 7),
        ("か\u3099", 1),  # か and the combining voiced mark are one が
        ("ﾊﾟ", 2),  # half-width, as typed: two
        ("𠮷野家", 3),
        ("1,200円", 6),
    ],
)
def test_count_characters(text: str, count: int) -> None:
    assert count_characters(text) == count


# --- what is stored


@pytest.mark.parametrize(
    ("question", "raw", "stored"),
    [
        (TEXT, "ﾃﾞｼﾞﾀﾙ ﾊﾟｽ｡", "デジタル パス。"),
        (TEXT, "カﾞ", "ガ"),
        (TEXT, "か\u3099", "が"),
        (TEXT, "ＡＩ①㈱", "ＡＩ①㈱"),  # texts keep their width: only numbers and addresses are folded
        (TEXT, "\n\u3000字下げ\r\n次の行 \u3000\n", "\u3000字下げ\n次の行"),
        (TEXT, "a\x00b\x1bc\ud800d\te", "abcd\te"),
        (TEXT, None, ""),
        (TEXT, True, ""),
        (TEXT, ["a"], ""),
        (TEXT, 12, "12"),
        (CHOICE, " lgwan ", "lgwan"),
        (CHOICE, None, ""),
        (CHOICES, ["onprem", "lgwan", "lgwan", "other", ""], ["lgwan", "onprem", "other"]),
        (CHOICES, "internet", ["internet"]),
        (CHOICES, None, []),
        (NUMBER, "１，２００", 1200),
        (NUMBER, "1,234,567", 1234567),
        (NUMBER, "1,2", "1,2"),
        (NUMBER, "△3", -3),
        (NUMBER, "−3.50", "-3.5"),
        (NUMBER, "-0.0", 0),
        (NUMBER, "007", 7),
        (NUMBER, "12.0", 12),
        (NUMBER, 12.5, "12.5"),
        (NUMBER, 100, 100),
        (NUMBER, "四", "四"),
        (NUMBER, "1e3", "1e3"),
        (NUMBER, "9" * 16, "9" * 16),
        (NUMBER, "٣", "٣"),
        (NUMBER, "", ""),
        (MONTH, "２０２５年４月", "2025-04"),
        (MONTH, "2025/12", "2025-12"),
        (MONTH, "2025-13", "2025-13"),
        (MONTH, "来月", "来月"),
        (URL, " ｈttps://example.jp/ａ ", "https://example.jp/a"),
        (MEASURE, [{"name": "ﾏﾁ時間", "before": "１８", "after": "4.0", "unit": "分", "note": 1}, {}, 3],
         [{"name": "マチ時間", "before": "18", "after": "4", "unit": "分"}]),
        (MEASURE, [{"after": "四"}], [{"name": "", "before": "", "after": "四", "unit": ""}]),
        (MEASURE, "nonsense", []),
    ],
)  # fmt: skip
def test_answer_is_stored_normalised(question: dict[str, object], raw: object, stored: object) -> None:
    assert normalise(question, raw) == stored


RAW = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "before", "after", "unit", "x"]), inner, max_size=4)
    ),
    max_leaves=6,
)


@given(st.sampled_from(ALL), RAW)
def test_normalise_is_idempotent_and_always_storable(question: dict[str, object], raw: object) -> None:
    stored = normalise(question, raw)
    assert normalise(question, stored) == stored
    json.dumps(stored, ensure_ascii=False).encode()
    problems([question], {question["code"]: stored, "conceived": "2024-09"})


# --- what is wrong


def test_problems_come_in_the_order_of_the_questions() -> None:
    questions = [{**one, "required": True} for one in ALL]
    assert problems(questions, {}) == [Problem(one["code"], "missing") for one in ALL if one is not HEADING]
    assert problems(ALL, {}) == []


def test_zero_is_an_answer() -> None:
    assert wrong({**NUMBER, "required": True}, 0) == []


def test_text_too_long() -> None:
    assert wrong(TEXT, "一二三四五六七八九十") == []
    assert wrong(TEXT, "一二三四五六七八九十\n1") == [("too_long", {"limit": 10, "count": 12, "over": 2})]
    assert wrong({"code": "free", "kind": "text"}, "長" * 9000) == []


def test_choice_of_something_else() -> None:
    assert wrong(CHOICE, "lgwan") == []
    assert wrong(CHOICE, "cloud") == [("unknown_option", {})]
    assert wrong(CHOICES, ["lgwan", "onprem"]) == []
    assert wrong(CHOICES, ["lgwan", "internet", "cloud"]) == [("unknown_option", {}), ("too_many", {"max": 2})]


def test_number_out_of_range() -> None:
    assert wrong(NUMBER, "四") == [("not_a_number", {})]
    assert wrong(NUMBER, "1,200") == [("not_a_number", {})]
    assert wrong(NUMBER, []) == []
    assert wrong(NUMBER, ["1"]) == [("not_a_number", {})]
    assert wrong(NUMBER, "0.5") == [("fraction", {})]
    assert wrong({**NUMBER, "fraction": True}, "0.5") == []
    assert wrong(NUMBER, -1) == [("too_small", {"min": 0})]
    assert wrong(NUMBER, 1001) == [("too_large", {"max": 1000})]
    assert wrong({"code": "n", "kind": "number"}, -5) == []


def test_measure_incomplete() -> None:
    good = {"name": "記入時間", "before": "18", "after": "4.5", "unit": "分"}
    assert wrong(MEASURE, [good, good]) == []
    assert wrong(MEASURE, [good] * 3) == [("too_many", {"max": 2})]
    assert wrong(MEASURE, [good, {**good, "after": "四", "unit": ""}]) == [
        ("not_a_number", {"row": 2, "part": "after"}),
        ("incomplete", {"row": 2, "part": "unit"}),
    ]
    assert [code for code, _ in wrong(MEASURE, ["text"])] == ["incomplete"] * 4
    assert wrong(MEASURE, "text") == []


def test_month_after_another() -> None:
    assert wrong(MONTH, "2025-04", conceived="2024-09") == []
    assert wrong(MONTH, "2024-09", conceived="2024-09") == [("not_after", {"after": "conceived"})]
    assert wrong(MONTH, "2025-04", conceived="someday") == []
    assert wrong(MONTH, "2025-04") == []
    assert wrong({"code": "m", "kind": "month"}, "2025-04") == []
    assert wrong(MONTH, "2025-00") == [("not_a_month", {})]


@pytest.mark.parametrize("url", ["https://example.jp/a?b=1#c", "http://example.lg.jp", "https://例え.jp/頁"])
def test_url_that_may_be_linked(url: str) -> None:
    assert wrong(URL, url) == []


@pytest.mark.parametrize(
    "url",
    [
        "example.jp",
        "javascript:alert(1)",
        "ftp://example.jp",
        "https://localhost/",
        "https://example./",
        "https:///a",
        "https://someone@example.jp",
        "https://example.jp/a b",
        'https://example.jp/"',
        "https://example.jp:port/",
        "https://[example.jp/",
    ],
)
def test_url_that_may_not_be_linked(url: str) -> None:
    assert wrong(URL, url) == [("not_a_url", {})]


def test_url_too_long() -> None:
    assert wrong(URL, "https://example.jp/" + "a" * 22) == [("too_long", {"limit": 40, "count": 41, "over": 1})]


def test_asked_of_a_category() -> None:
    service, everybody = {"code": "a", "categories": ["service"]}, {"code": "b"}
    assert asked([service, everybody], "service") == [service, everybody]
    assert asked([service, everybody], "idea") == [everybody]


@given(st.integers(1, 9998), st.integers(1, 12), st.integers(-11, 400))
def test_months_between_counts_whole_months(year: int, month: int, more: int) -> None:
    later = year * 12 + month - 1 + more
    assert months_between(f"{year:04}-{month:02}", f"{later // 12:04}-{later % 12 + 1:02}") == more


# --- states, deadline, locks


def test_entry_goes_its_way() -> None:
    assert entry_step("draft", "submit") == "submitted"
    assert entry_step("submitted", "return") == "draft"
    assert entry_step("submitted", "withdraw") == "withdrawn"
    assert entry_step("withdrawn", "reinstate") == "submitted"
    for state, action in [("submitted", "submit"), ("draft", "withdraw"), ("withdrawn", "submit")]:
        said = refused(lambda state=state, action=action: entry_step(state, action))
        assert said == ("entry.superseded", {"current": state})


def test_may_submit_until_the_deadline() -> None:
    late = DEADLINE + timedelta(seconds=1)
    assert may_submit(DEADLINE, DEADLINE, "draft") == "ok"
    assert may_submit(late, DEADLINE, "draft", grace_s=1) == "grace"
    assert may_submit(late, DEADLINE, "draft", excepted_until=late) == "exception"
    assert refused(lambda: may_submit(late, DEADLINE, "draft")) == ("deadline.passed", {"deadline": DEADLINE})
    said = refused(lambda: may_submit(late, DEADLINE, "draft", excepted_until=DEADLINE))
    assert said == ("deadline.passed", {"deadline": DEADLINE})


def test_may_submit_drafts_only() -> None:
    assert refused(lambda: may_submit(DEADLINE, DEADLINE, "submitted")) == ("entry.submitted", {})
    assert refused(lambda: may_submit(DEADLINE, DEADLINE, "withdrawn")) == ("entry.withdrawn", {})


OPEN, SHUT = {"code": "summary", "editable_after_selection": True}, {"code": "title"}
PHASES = ["preparation", "call", "screening", "selection", "programme", "live", "results", "archive"]


def editable(state: str, question: dict[str, object], *, in_time: bool = True) -> list[str]:
    """The phases in which the answer may be changed."""
    open_in = []
    for phase in PHASES:
        try:
            may_edit(phase, state, question, in_time=in_time)
        except Refusal as refusal:
            if refusal.code == "entry.locked" and refusal.details == {"question": question["code"]}:
                continue
            raise
        open_in.append(phase)
    return open_in


def test_draft_may_be_edited_until_the_archive() -> None:
    assert editable("draft", SHUT, in_time=False) == PHASES[:-1]


def test_submitted_entry_is_locked_step_by_step() -> None:
    assert editable("submitted", SHUT) == ["preparation", "call"]
    assert editable("submitted", SHUT, in_time=False) == []
    assert editable("submitted", OPEN, in_time=False) == ["selection", "programme", "live"]


def test_withdrawn_entry_is_not_edited() -> None:
    assert refused(lambda: may_edit("call", "withdrawn", OPEN)) == ("entry.withdrawn", {})
