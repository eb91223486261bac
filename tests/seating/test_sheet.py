"""The list of seats cell by cell."""

import pytest

from eventapp.seating.sheet import BODIES, GROUP, KANA, LABEL, MAIL, NAME, PHONE, RECUSED, SHORT, Known, SeatRow, check, plan

PLACES = {"132080": "132080", "調布市": "132080", "練馬区": "131202"}
KNOWN = Known({"cio": "cio", "区市町村CIO": "cio"}, PLACES, frozenset({"S-014", "O-003"}))
NAMES = {
    "label": LABEL, "group": GROUP, "name": NAME, "kana": KANA, "bodies": BODIES, "recused": RECUSED, "phone": PHONE, "mail": MAIL,
    "short": SHORT,
}  # fmt: skip


def seat(**cells: str) -> dict[str, str]:
    return {LABEL: "A-01", GROUP: "区市町村CIO", NAME: "調布市CIO"} | {NAMES[name]: value for name, value in cells.items()}


def test_what_does_not_matter_is_forgiven() -> None:
    row = seat(label="ａ－０１", kana="チョウフシ ｼｰｱｲｵｰ", bodies="132080、練馬区", recused="S-014,O-003", phone="０４２-481-7111")
    checked = check([(2, row)], KNOWN)

    assert checked.faults == []
    assert checked.seats == [SeatRow(
        label="A-01", group="cio", name="調布市CIO", kana="ちょうふし しーあいおー", short="調布市CIO", bodies=("132080", "131202"),
        recused=("S-014", "O-003"), phone="042-481-7111",
    )]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "column", "word"),
    [
        ({"label": ""}, LABEL, "入力"),
        ({"label": "席1"}, LABEL, "席1"),
        ({"label": "A 01"}, LABEL, "半角"),
        ({"label": "A" * 13}, LABEL, "12字"),
        ({"group": "町内会"}, GROUP, "区市町村CIO"),
        ({"name": ""}, NAME, "入力"),
        ({"name": "長" * 61}, NAME, "60字"),
        ({"kana": "調布"}, KANA, "ひらがな"),
        ({"bodies": "大阪市"}, BODIES, "大阪市"),
        ({"recused": "S-999"}, RECUSED, "S-999"),
        ({"phone": "電話なし"}, PHONE, "数字"),
        ({"mail": "cio"}, MAIL, "cio"),
        ({"mail": "a@b.example,c@d.example"}, MAIL, "メールアドレス"),
        ({"short": "長すぎる略称です！"}, SHORT, "8字"),
    ],
)
def test_a_fault_names_its_cell_and_the_way_out(cells: dict[str, str], column: str, word: str) -> None:
    faults = check([(7, seat(**cells))], KNOWN).faults

    assert [(fault.row, fault.column) for fault in faults] == [(7, column)]
    assert word in faults[0].text


def test_a_label_twice_names_both_rows() -> None:
    faults = check([(2, seat()), (3, seat(label="a-01"))], KNOWN).faults

    assert [(fault.row, fault.column, fault.text) for fault in faults] == [(3, LABEL, "席「A-01」は2行目にもあります。")]


def test_the_plan_tells_new_changed_same_and_absent() -> None:
    there = [SeatRow("A-01", "cio", "一"), SeatRow("A-02", "cio", "二"), SeatRow("A-03", "cio", "三")]
    found = plan(there, [SeatRow("A-02", "cio", "二"), SeatRow("A-01", "cio", "壱", mail="a@b.example"), SeatRow("A-09", "cio", "九")])

    assert [row.label for row in found.new] == ["A-09"]
    assert [(now.label, fields) for _old, now, fields in found.changed] == [("A-01", ("name", "mail"))]
    assert [row.label for row in found.same] == ["A-02"]
    assert [row.label for row in found.absent] == ["A-03"]
    assert found.frozen_faults == ["A-09"]


def test_after_the_freeze_only_words_may_change() -> None:
    there = [SeatRow("A-01", "cio", "一", bodies=("132080",))]

    assert plan(there, [SeatRow("A-01", "cio", "壱", kana="いち", bodies=("132080",))]).frozen_faults == []
    assert plan(there, [SeatRow("A-01", "staff", "一", bodies=("132080",))]).frozen_faults == ["A-01"]
    assert plan(there, [SeatRow("A-01", "cio", "一")]).frozen_faults == ["A-01"]
