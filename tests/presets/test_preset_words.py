"""Width, ruby, readings and the names of joint entries."""

import pytest

from eventapp.presets.words import (
    ems,
    fits_broadcast,
    joint_name,
    joint_name_en,
    reading,
    ruby_pairs,
    without_ruby,
)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0.0),
        ("区市町村", 4.0),
        ("DX", 1.1),
        ("AI議事録", 4.1),
        ("「々ー髙」", 5.0),
        ("か\u3099", 1.0),
        ("ｱ", 0.55),
        ("①", 1.0),
    ],
)
def test_ems_counts_full_width_one_and_half_width_less(text: str, width: float) -> None:
    assert ems(text) == width


@pytest.mark.parametrize(
    ("lines", "fits"),
    [
        (["あ" * 22], True),
        (["あ" * 22, "い" * 22], True),
        (["あ" * 22 + "i"], False),
        ([], False),
        (["あ", ""], False),
        (["a"] * 3, False),
    ],
)
def test_a_broadcast_title_fits_two_lines_of_22_em(lines: list[str], fits: bool) -> None:
    assert fits_broadcast(lines) is fits


def test_ruby_markup_gives_text_pairs_and_reading() -> None:
    marked = "やさしい「{日本語|にほんご}」ラボ"
    assert without_ruby(marked) == "やさしい「日本語」ラボ"
    assert ruby_pairs(marked) == (("やさしい「", ""), ("日本語", "にほんご"), ("」ラボ", ""))
    assert reading(marked) == "やさしいにほんごらぼ"
    assert ruby_pairs("{区|く}") == (("区", "く"),)


@pytest.mark.parametrize(
    ("names", "name"),
    [
        (["町田市"], "町田市"),
        (["世田谷区", "三鷹市"], "世田谷区・三鷹市"),
        (["武蔵村山市", "東大和市", "東村山市"], "武蔵村山市ほか2市"),
        (["奥多摩町", "檜原村", "青梅市", "羽村市"], "奥多摩町ほか3団体"),
    ],
)
def test_joint_entries_are_called_by_their_first_body(names: list[str], name: str) -> None:
    assert joint_name(names) == name


def test_joint_entries_have_an_english_name() -> None:
    assert [joint_name_en(list("ABC"[:n])) for n in (1, 2, 3)] == ["A", "A and B", "A and 2 others"]
