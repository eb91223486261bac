"""The words of a finalist: what is missing is named, widths count in ems, readings belong to their text."""

from dataclasses import replace

import pytest

from eventapp.rules.wording import Wording, ems, faults, fingerprint

GOOD = Wording(
    title="【サンプル】窓口の案内", broadcast=("【サンプル】窓口の", "案内"), short="窓口の案内",
    title_ruby="{窓口|まどぐち}の{案内|あんない}", short_ruby="{窓口|まどぐち}の{案内|あんない}", body_reading="ちょうふし",
)  # fmt: skip


def test_whole_words_have_no_fault() -> None:
    assert faults(GOOD) == ()


@pytest.mark.parametrize(("change", "found"), [
    ({"title": ""}, ("title", "title_ruby")),
    ({"title": "【サンプル】"}, ("title", "title_ruby")),
    ({"title": "窓口の案内"}, ()),
    ({"broadcast": ()}, ("broadcast",)),
    ({"broadcast": ("一", "二", "三")}, ("broadcast",)),
    ({"broadcast": ("あ" * 22, "い" * 22)}, ()),
    ({"broadcast": ("あ" * 23,)}, ("broadcast",)),
    ({"broadcast": ("a" * 40,)}, ()),
    ({"broadcast": ("a" * 41,)}, ("broadcast",)),
    ({"short": ""}, ("short", "short_ruby")),
    ({"short": "あ" * 20, "short_ruby": "あ" * 20}, ()),
    ({"short": "あ" * 21, "short_ruby": "あ" * 21}, ("short",)),
    ({"title_ruby": ""}, ("title_ruby",)),
    ({"title_ruby": "窓口の{案内|あんない}"}, ("title_ruby",)),
    ({"title_ruby": "{窓口|窓ぐち}の{案内|あんない}"}, ("title_ruby",)),
    ({"short_ruby": "{窓口|まどぐち}の{案内所|あんないじょ}"}, ("short_ruby",)),
    ({"body_reading": ""}, ("body_reading",)),
    ({"body_reading": "調布し"}, ("body_reading",)),
    ({"body_reading": "ちょうふし、カナ"}, ()),
])  # fmt: skip
def test_what_is_missing_or_does_not_fit_is_named(change: dict[str, object], found: tuple[str, ...]) -> None:
    assert faults(replace(GOOD, **change)) == found  # type: ignore[arg-type]


def test_a_fingerprint_is_of_all_words() -> None:
    others = [
        replace(GOOD, title="別"), replace(GOOD, broadcast=("窓口の案内",)), replace(GOOD, short="別"), replace(GOOD, title_ruby="別"),
        replace(GOOD, short_ruby="別"), replace(GOOD, body_reading="べつ"),
    ]  # fmt: skip
    assert len({fingerprint(one) for one in (GOOD, *others)}) == 7
    assert fingerprint(replace(GOOD)) == fingerprint(GOOD)


def test_a_combining_mark_has_no_width() -> None:
    assert ems("か\u3099き") == 2.0
