"""The ballot: bodies, acceptance in time, versions, the poll's life, receipts and rows."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.rules.ballot import (
    ALPHABET,
    STEPS,
    Candidate,
    Cast,
    Contest,
    Criterion,
    Poll,
    Row,
    cast_at,
    closes_at,
    final_at,
    instant_text,
    may_mark,
    may_name,
    newer,
    number_text,
    poll_step,
    read_body,
    receipt,
    recused,
    submissions,
)
from eventapp.rules.refusal import Refusal

CLOSING = datetime(2025, 12, 24, 7, 10, 30, tzinfo=UTC)
ENTRIES = ["S-001", "S-002", "S-003", "S-004"]
CHOICE = Contest("dx-sprint", "choice", choices=2)
POINTS = Contest("service", "points", places=3)
SCORE = Contest(
    "score", "score", criteria=(Criterion("impact", Fraction(5)), Criterion("reuse", Fraction(5), Fraction(1)))
)
GRADE = Contest("grade", "grade", grades=("C", "B", "A"))


def after(seconds: float) -> datetime:
    """So many seconds after the closing instant."""
    return CLOSING + timedelta(seconds=seconds)


def refused(call: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """Code and details of the refusal that the call raises."""
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code, caught.value.details


# --- bodies


@pytest.mark.parametrize(
    ("contest", "entry", "body", "canonical"),
    [
        (CHOICE, None, {"entries": []}, {"entries": []}),
        (CHOICE, None, {"entries": ["S-002", "S-001"]}, {"entries": ["S-001", "S-002"]}),
        (POINTS, None, {"ranking": []}, {"ranking": []}),
        (POINTS, None, {"ranking": ["S-003", "S-001", "S-002"]}, {"ranking": ["S-003", "S-001", "S-002"]}),
        (SCORE, "S-001", {"marks": {}}, {"marks": {}}),
        (SCORE, "S-001", {"marks": {"reuse": 5.0, "impact": -0.0}}, {"marks": {"impact": 0, "reuse": 5}}),
        (SCORE, "S-001", {"marks": {"impact": 3.5}}, {"marks": {"impact": 3.5}}),
        (GRADE, "S-001", {"grade": "A"}, {"grade": "A"}),
        (GRADE, "S-001", {"grade": None}, {"grade": None}),
    ],
)
def test_body_is_read_into_its_canonical_form(contest: Contest, entry: str, body: object, canonical: object) -> None:
    read = read_body(contest, body, ENTRIES, entry=entry)
    assert json.dumps(read) == json.dumps(canonical)
    assert read_body(contest, read, ENTRIES, entry=entry) == read


def test_ranking_without_limit_may_name_all() -> None:
    assert read_body(Contest("c", "points"), {"ranking": ENTRIES}, ENTRIES) == {"ranking": ENTRIES}


@pytest.mark.parametrize(
    ("contest", "entry", "body", "field", "text"),
    [
        (CHOICE, None, ["S-001"], "body", "must be an object"),
        (CHOICE, None, None, "body", "must be an object"),
        (CHOICE, None, {}, "body", "must have the one key entries"),
        (CHOICE, None, {"entries": [], "note": 1}, "body", "must have the one key entries"),
        (CHOICE, None, {"ranking": []}, "body", "must have the one key entries"),
        (CHOICE, None, {"entries": "S-001"}, "entries", "must be a list"),
        (CHOICE, None, {"entries": [1]}, "entries", "unknown entry"),
        (CHOICE, None, {"entries": [["S-001"]]}, "entries", "unknown entry"),
        (CHOICE, None, {"entries": ["S-009"]}, "entries", "unknown entry"),
        (CHOICE, None, {"entries": ["S-001", "S-001"]}, "entries", "an entry is named twice"),
        (CHOICE, None, {"entries": ["S-001", "S-002", "S-003"]}, "entries", "at most 2"),
        (CHOICE, "S-001", {"entries": []}, "entry", "this ballot is about the whole contest"),
        (POINTS, None, {"ranking": ENTRIES}, "ranking", "at most 3"),
        (POINTS, None, {"ranking": ["S-001", "S-001"]}, "ranking", "an entry is named twice"),
        (SCORE, None, {"marks": {}}, "entry", "unknown entry"),
        (SCORE, "S-009", {"marks": {}}, "entry", "unknown entry"),
        (SCORE, ["S-001"], {"marks": {}}, "entry", "unknown entry"),
        (SCORE, "S-001", {"marks": []}, "marks", "must be an object"),
        (SCORE, "S-001", {"marks": {"style": 3}}, "marks", "unknown criterion"),
        (SCORE, "S-001", {"marks": {"impact": True}}, "marks.impact", "must be a number"),
        (SCORE, "S-001", {"marks": {"impact": "4"}}, "marks.impact", "must be a number"),
        (SCORE, "S-001", {"marks": {"impact": None}}, "marks.impact", "must be a number"),
        (SCORE, "S-001", {"marks": {"impact": float("nan")}}, "marks.impact", "must be a number"),
        (SCORE, "S-001", {"marks": {"impact": float("inf")}}, "marks.impact", "must be a number"),
        (SCORE, "S-001", {"marks": {"impact": float("-inf")}}, "marks.impact", "must be a number"),
        (SCORE, "S-001", {"marks": {"impact": 5.0001}}, "marks.impact", "must be from 0 to 5"),
        (SCORE, "S-001", {"marks": {"reuse": 0}}, "marks.reuse", "must be from 1 to 5"),
        (SCORE, "S-001", {"marks": {"impact": 10**400}}, "marks.impact", "must be from 0 to 5"),
        (GRADE, "S-001", {"grade": "D"}, "grade", "unknown grade"),
        (GRADE, "S-001", {"grade": 1}, "grade", "unknown grade"),
        (GRADE, "S-001", {"grade": ["A"]}, "grade", "unknown grade"),
    ],
)
def test_body_is_invalid(contest: Contest, entry: str, body: object, field: str, text: str) -> None:
    said = refused(lambda: read_body(contest, body, ENTRIES, entry=entry))
    assert said == ("ballot.invalid", {"field": field, "text": text})


def test_mark_at_the_end_of_a_decimal_range_is_within() -> None:
    # 0.1 as a binary fraction is greater than 1/10; the judge wrote one tenth
    tenth = Contest("c", "score", criteria=(Criterion("x", Fraction(1, 10)),))
    assert read_body(tenth, {"marks": {"x": 0.1}}, ENTRIES, entry="S-001") == {"marks": {"x": 0.1}}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([*ENTRIES, "A", "marks"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["entries", "ranking", "marks", "grade", "impact", "reuse"]), inner, max_size=2
        )
    ),
    max_leaves=8,
)


@given(st.sampled_from([CHOICE, POINTS, SCORE, GRADE]), JSON, st.sampled_from([None, "S-001", "S-009"]))
def test_any_json_is_either_canonical_or_invalid(contest: Contest, body: object, entry: str | None) -> None:
    read, code = None, None
    try:
        read = read_body(contest, body, ENTRIES, entry=entry)
    except Refusal as refusal:
        code = refusal.code
    assert (read is None) == (code == "ballot.invalid")
    if read is not None:
        assert json.loads(json.dumps(read, allow_nan=False)) == read
        assert read_body(contest, read, ENTRIES, entry=entry) == read


# --- recusal


def test_recused_from_own_joint_and_named_entries() -> None:
    joint = Candidate("S-001", frozenset({"132080", "131202"}))
    assert recused({"131202"}, [], joint) is True
    assert recused({"131199"}, ["S-001"], joint) is True
    assert recused({"131199"}, ["S-002"], joint) is False
    assert recused([], [], Candidate("S-003")) is False


def test_body_naming_a_recused_entry_is_refused() -> None:
    said = ("ballot.recused", {"entries": ["S-002"]})
    assert refused(lambda: may_name({"ranking": ["S-001", "S-002"]}, {"S-002"})) == said
    assert refused(lambda: may_name({"entries": ["S-002"]}, {"S-002"})) == said
    assert refused(lambda: may_name({"marks": {"impact": 4}}, {"S-002"}, entry="S-002")) == said
    assert refused(lambda: may_name({"marks": {}}, {"S-002"}, entry="S-002")) == said


def test_body_naming_others_is_allowed() -> None:
    may_name({"ranking": ["S-001", "S-003"]}, {"S-002"})
    may_name({"ranking": []}, {"S-002"})
    may_name({"grade": "A"}, {"S-002"}, entry="S-001")
    may_name({"grade": "A"}, {"S-002"})
    may_name({"ranking": None}, {"S-002"})


# --- in time


@pytest.mark.parametrize("state", ["draft", "zero"])
def test_may_mark_before_the_opening(state: str) -> None:
    assert refused(lambda: may_mark(Poll(state), CLOSING, CLOSING)) == ("poll.not_open", {})


def test_may_mark_while_open() -> None:
    assert may_mark(Poll("open"), after(0), after(5)) == "ok"
    # the closing instant of an earlier round does not close a re-opened poll
    assert may_mark(Poll("open", CLOSING), after(900), after(901)) == "ok"


@pytest.mark.parametrize(
    ("saved", "now", "said"),
    [
        (-10, -9, "ok"),
        (0, 0, "ok"),
        (5, -1, "ok"),  # a tablet's clock runs ahead: what has arrived was saved
        (-10, 0.001, "delayed"),
        (0, 90, "delayed"),
    ],
)
def test_may_mark_while_closing(saved: float, now: float, said: str) -> None:
    assert may_mark(Poll("closing", CLOSING), after(saved), after(now)) == said


@pytest.mark.parametrize(("saved", "now"), [(0.001, 0.001), (0.001, 30), (0, 90.001), (-900, 91)])
def test_may_mark_too_late(saved: float, now: float) -> None:
    said = refused(lambda: may_mark(Poll("closing", CLOSING), after(saved), after(now)))
    assert said == ("poll.closed", {"closes_at": CLOSING})


def test_may_mark_after_the_end() -> None:
    said = ("poll.closed", {"closes_at": CLOSING})
    assert refused(lambda: may_mark(Poll("closed", CLOSING), after(-5), after(1))) == said
    assert refused(lambda: may_mark(Poll("closing"), after(-5), after(1))) == ("poll.closed", {"closes_at": None})


@given(st.integers(-200, 200), st.integers(-200, 200), st.integers(0, 100))
def test_accepted_ballots_are_never_late_in_the_count(saved: int, now: int, grace: int) -> None:
    """What is accepted carries a cast_at that the tally does not call late."""
    poll = Poll("closing", CLOSING, grace)
    code = None
    try:
        may_mark(poll, after(saved), after(now))
    except Refusal as refusal:
        code = refusal.code
    accepted = min(saved, now) <= 0 and now <= grace if now > 0 else True
    assert (code is None) == accepted
    if code is None:
        assert cast_at(after(saved), after(now)) <= CLOSING


def test_closes_at_waits_for_the_last_slot() -> None:
    assert closes_at(CLOSING) == after(30)
    assert closes_at(CLOSING, countdown_s=60) == after(60)
    assert closes_at(CLOSING, last_end=after(-20), delay_s=15) == after(30)
    assert closes_at(CLOSING, last_end=after(25), delay_s=15) == after(40)
    assert final_at(CLOSING) == after(90)


# --- versions


def test_newer_version() -> None:
    assert newer(1, 1, None) is True
    assert newer(1, 2, (1, 1)) is True
    assert newer(2, 1, (1, 99)) is True
    assert newer(1, 1, (1, 1)) is False
    assert newer(1, 99, (2, 1)) is False


@given(st.permutations([(lease, rev) for lease in range(1, 4) for rev in range(1, 4)]))
def test_last_version_wins_in_any_order(versions: list[tuple[int, int]]) -> None:
    stored: tuple[int, int] | None = None
    for lease, rev in versions:
        stored = (lease, rev) if newer(lease, rev, stored) else stored
    assert stored == (3, 3)


# --- the poll's life


def test_poll_goes_its_way() -> None:
    state = "draft"
    for action, after_it in [("report", "zero"), ("report", "zero"), ("open", "open"), ("close", "closing")]:
        state = poll_step(state, action)
        assert state == after_it
    assert poll_step("closing", "cancel_close", reason="one tablet is dark", counts=41) == "open"
    assert poll_step("closing", "finish", counts=41) == "closed"
    assert poll_step("closed", "reopen", reason="a seat was locked out", counts=41) == "open"


@pytest.mark.parametrize("state", ["draft", "zero", "open", "closing", "closed"])
@pytest.mark.parametrize("action", ["report", "open", "close", "cancel_close", "finish", "reopen"])
def test_poll_takes_no_other_step(state: str, action: str) -> None:
    if (state, action) not in STEPS:
        assert refused(lambda: poll_step(state, action, reason="r")) == ("poll.superseded", {"current": state})


def test_poll_step_from_another_state_than_seen() -> None:
    assert refused(lambda: poll_step("closing", "finish", seen="open")) == ("poll.superseded", {"current": "closing"})
    assert poll_step("open", "close", seen="open") == "closing"


def test_zero_report_refuses_existing_counts() -> None:
    assert refused(lambda: poll_step("draft", "report", counts=1)) == ("poll.counted", {"counts": 1})
    assert refused(lambda: poll_step("zero", "open", counts=2)) == ("poll.counted", {"counts": 2})


@pytest.mark.parametrize(("state", "action"), [("closing", "cancel_close"), ("closed", "reopen")])
def test_way_back_needs_a_reason(state: str, action: str) -> None:
    assert refused(lambda: poll_step(state, action, reason=" \u3000")) == ("reason.omitted", {})


# --- receipts


@given(st.binary(max_size=64))
def test_receipt_is_readable_and_pure(data: bytes) -> None:
    code = receipt(data)
    assert code == receipt(data)
    assert (len(code), code[4]) == (9, "-")
    assert set(code.replace("-", "")) <= set(ALPHABET)


def test_receipt_alphabet_has_nothing_to_mistake() -> None:
    assert (len(ALPHABET), set(ALPHABET) & set("0O1IL")) == (31, set())
    assert len({receipt(bytes([i, j])) for i in range(64) for j in range(64)}) == 4096


# --- rows


def rows(contest: Contest, *ballots: Cast) -> list[tuple[str, ...]]:
    """Seq, judge, contest, entry, criterion, value of the rows."""
    return [(r.seq, r.judge, r.contest, r.entry, r.criterion, r.value) for r in submissions(contest, ballots)]


def test_rows_of_a_choice() -> None:
    assert rows(
        CHOICE, Cast(2, "A-02", {"entries": []}, CLOSING), Cast(1, "A-01", {"entries": ENTRIES[:2]}, CLOSING)
    ) == [
        ("1", "A-01", "dx-sprint", "S-001", "", "1"),
        ("1", "A-01", "dx-sprint", "S-002", "", "1"),
        ("2", "A-02", "dx-sprint", "", "", ""),
    ]


def test_rows_of_points() -> None:
    assert rows(
        POINTS, Cast(1, "A-01", {"ranking": ["S-003", "S-001"]}, CLOSING), Cast(2, "A-02", {"ranking": []}, CLOSING)
    ) == [
        ("1", "A-01", "service", "S-003", "", "1"),
        ("1", "A-01", "service", "S-001", "", "2"),
        ("2", "A-02", "service", "", "", ""),
    ]


def test_rows_of_a_score() -> None:
    marks = {"impact": 4, "reuse": 3.5}
    assert rows(
        SCORE, Cast(1, "A", {"marks": marks}, CLOSING, "S-001"), Cast(2, "B", {"marks": {}}, CLOSING, "S-001")
    ) == [
        ("1", "A", "score", "S-001", "impact", "4"),
        ("1", "A", "score", "S-001", "reuse", "3.5"),
        ("2", "B", "score", "S-001", "", ""),
    ]


def test_rows_of_a_grade() -> None:
    assert rows(
        GRADE, Cast(1, "A", {"grade": "A"}, CLOSING, "S-001"), Cast(2, "B", {"grade": None}, CLOSING, "S-001")
    ) == [
        ("1", "A", "grade", "S-001", "", "A"),
        ("2", "B", "grade", "S-001", "", ""),
    ]


def test_row_carries_the_accepted_instant() -> None:
    japan = timezone(timedelta(hours=9))
    cast = Cast(7, "A-01", {"entries": []}, datetime(2025, 12, 24, 16, 10, 30, 123_999, tzinfo=japan))
    assert list(submissions(CHOICE, [cast])) == [Row("7", "A-01", "dx-sprint", "", "", "", "2025-12-24T07:10:30.123Z")]


def test_number_text_has_no_exponent() -> None:
    assert [number_text(n) for n in (4, -2, 3.5, 1e-07, 0.1)] == ["4", "-2", "3.5", "0.0000001", "0.1"]


def test_instant_text_without_milliseconds() -> None:
    assert instant_text(CLOSING) == "2025-12-24T07:10:30.000Z"
