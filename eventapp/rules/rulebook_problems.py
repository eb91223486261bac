"""Every error of rules.toml in plain Japanese, for the field where it stands; the English line stays the program's."""

import re

from eventapp.rules.tally_rules_file import Problem

_METHODS = {"choice": "選択", "points": "順位点", "score": "採点", "grade": "評語"}

# English wording of `tally_rules_file` → Japanese; groups of the pattern fill the sentence.
_SENTENCES = tuple(
    (re.compile(pattern, re.DOTALL), sentence)
    for pattern, sentence in (
        (r"not UTF-8, at byte (\d+)", "文字コードがUTF-8ではありません(先頭から{}バイト目)。"),
        (r"not TOML that can be read.*", "入れ子が深すぎて読めません。"),
        (r"not TOML: .*\(at line (\d+), column (\d+)\)", "TOMLの書き方に誤りがあります({}行目、{}文字目)。"),
        (r"not TOML: .*", "TOMLの書き方に誤りがあります。"),
        (r"is missing", "入力してください。"),
        (r"is empty", "1つ以上入力してください。"),
        (r"is not an array.*", "[ ] で囲んだ一覧で書いてください。"),
        (r"is not a table.*", "表(見出しの下に項目を並べたもの)で書いてください。"),
        (r"unknown key with method (\w+): (.+)", "「{1}」は、{0}の投票にはない項目です。綴りと方法を確かめてください。"),
        (r"unknown key (.+)", "「{}」という項目はありません。綴りを確かめてください。"),
        (r"is not tally/1: .*", "「tally/1」と書いてください。"),
        (
            r"is not choice or points or score or grade: .*",
            "投票の方法は、choice(選択)、points(順位点)、score(採点)、grade(評語)から選んでください。",
        ),
        (r"is not mean or total: .*", "数え方は、mean(平均)か total(合計)を選んでください。"),
        (
            r"is not none or centre or z: .*",
            "くせの調整は、none(しない)、centre(平均をそろえる)、z(平均とばらつきをそろえる)から選んでください。",
        ),
        (r"is neither true nor false: .*", "true か false を書いてください。"),
        (r"is not a string: .*", "文字列で書いてください。"),
        (r"is a float.*", '小数は、"0.5" や "1/5" のように引用符で囲んでください。'),
        (r"is not a number like 12 or 3\.5", "「12」「0.5」「1/5」のような数を入力してください。"),
        (r"divides by zero", "分母を0にすることはできません。"),
        (r"is not a whole number: .*", "整数を入力してください。"),
        (r"is below (\d+)", "{}以上の数を入力してください。"),
        (r"is not above 0", "0より大きい数を入力してください。"),
        (r"is not above min", "最高点は、最低点より大きくしてください。"),
        (r"is not an id(?:: .*)?", "空白とカンマを含まない記号を入力してください。"),
        (r"cannot be total with groups or with method grade", "グループの重みを使うときと評語の投票では、合計にできません。"),
        (r"is not a time of day", "時刻として正しくありません。"),
        (r"is not a day of the calendar", "暦にない日付です。"),
        (
            r"(?:is not a date-time with|needs) an offset.*",
            "「2026-12-24T16:10:00+09:00」のように、日付、時刻、時差を入力してください。",
        ),
        (r"has an unknown step: (.+)", "「{}」という同順位の手順はありません。"),
        (r"has a step that method (\w+) does not allow: (.+)", "「{1}」は、{0}の投票では使えない手順です。"),
        (r"has a step for an unknown criterion: (.+)", "「{}」の評価項目がありません。"),
        (r"has a step twice", "同じ手順が2回あります。"),
        (r"rises or goes below 0", "点数は、1位から順に同じか小さくなるように、0以上で入力してください。"),
        (r"is not two or more different names", "評語は、互いに異なるものを2つ以上入力してください。"),
        (r"unknown contest (.+)", "「{}」という投票はありません。"),
        (r"(.+), which is no earlier prize", "「{}」は、この賞より先に決める賞ではありません。順番を確かめてください。"),
        (r"is there twice", "同じ記号がほかにもあります。別の記号にしてください。"),
    )
)
FALLBACK = "入力を確かめてください。"


def sentence(problem: Problem) -> str:
    """What is wrong at the field, in Japanese; never empty."""
    for pattern, words in _SENTENCES:
        match = pattern.fullmatch(problem.said)
        if match is not None:
            return words.format(*(_plain(group) for group in match.groups()))
    return FALLBACK


def _plain(quoted: str) -> str:
    """A value as people write it: without Python's quotes, a method by its Japanese name."""
    text = quoted[1:-1] if len(quoted) > 1 and quoted[0] == quoted[-1] and quoted[0] in "'\"" else quoted
    return _METHODS.get(text, text)
