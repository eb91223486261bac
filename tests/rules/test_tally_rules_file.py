"""Everything in rules.toml that section 2 or 7 calls an error, one case each, with the line that says it."""

from fractions import Fraction

import pytest

from eventapp.rules.tally_errors import NotAcceptable
from eventapp.rules.tally_model import Contest, Criterion, Prize, Rulebook
from eventapp.rules.tally_numbers import instant
from eventapp.rules.tally_rules_file import parse_rules

RULES = """\
format = "tally/1"
name = "Connect Day"
recuse_own = true
[groups]
g = "1/5"
h = 4
[[contests]]
id = "choice"
categories = ["k"]
tag = "t"
method = "choice"
choices = 2
quorum = 40
min_marks = 10
closes_at = 2026-12-24T16:10:00+09:00
ties = ["head-to-head", "chair", "lot"]
[[contests]]
id = "points"
categories = ["k"]
method = "points"
points = [3, "2.5", "1/2", "1/2"]
ties = ["firsts", "countback", "share"]
[[contests]]
id = "score"
name = ["any", 1.5]
categories = ["k", "z"]
method = "score"
count = "mean"
trim = 1
normalise = "none"
ties = ["criterion:x", "firsts"]
[contests.criteria.x]
name = 1.5
weight = 2
min = 0
max = 5
[[contests]]
id = "grade"
categories = ["k"]
method = "grade"
grades = ["C", "B", "A"]
[[prizes]]
id = "first"
contest = "choice"
name = false
seats = 1
[[prizes]]
id = "second"
contest = "choice"
categories = ["k"]
tag = "t"
min_score = "1/10"
excludes = ["first"]
"""

CASES = [
    ("format wrong", '"tally/1"', '"tally/2"', ["rules.toml: format is not tally/1: 'tally/2'"]),
    ("format missing", 'format = "tally/1"\n', "", ["rules.toml: format is missing"]),
    ("format number", '"tally/1"', "1", ["rules.toml: format is not tally/1: 1"]),
    ("name number", 'name = "Connect Day"', "name = 2026", ["rules.toml: name is not a string: 2026"]),
    (
        "recuse_own string",
        "recuse_own = true",
        'recuse_own = "yes"',
        ["rules.toml: recuse_own is neither true nor false: 'yes'"],
    ),
    (
        "recuse_own integer",
        "recuse_own = true",
        "recuse_own = 1",
        ["rules.toml: recuse_own is neither true nor false: 1"],
    ),
    ("unknown key", "recuse_own = true", "recuse-own = true", ["rules.toml: unknown key 'recuse-own'"]),
    ("groups empty", 'g = "1/5"\nh = 4\n', "", ["rules.toml: groups is empty"]),
    (
        "groups not a table",
        '[groups]\ng = "1/5"\nh = 4\n',
        'groups = ["g", "h"]\n',
        ["rules.toml: groups is not a table: ['g', 'h']"],
    ),
    ("group weight zero", "h = 4", "h = 0", ["rules.toml: groups: h is not above 0"]),
    ("group weight negative", '"1/5"', '"-1/5"', ["rules.toml: groups: g is not above 0"]),
    (
        "group weight float",
        "h = 4",
        "h = 0.5",
        ['rules.toml: groups: h is a float, which is not exact; write it as a string, like "0.5" or "1/5"'],
    ),
    ("group weight boolean", "h = 4", "h = true", ["rules.toml: groups: h is not a whole number: True"]),
    ("group weight malformed", '"1/5"', '"20%"', ["rules.toml: groups: g is not a number like 12 or 3.5"]),
    ("group weight divides by zero", '"1/5"', '"1/0"', ["rules.toml: groups: g divides by zero"]),
    ("group weight plus", '"1/5"', '"+1"', ["rules.toml: groups: g is not a number like 12 or 3.5"]),
    ("group weight exponent", '"1/5"', '"1e3"', ["rules.toml: groups: g is not a number like 12 or 3.5"]),
    ("group weight table", "h = 4", "h = {}", ["rules.toml: groups: h is not a whole number: {}"]),
    ("group bad id", "h = 4", '"h h" = 4', ["rules.toml: groups: 'h h' is not an id"]),
    ("group empty id", "h = 4", '"" = 4', ["rules.toml: groups: '' is not an id"]),
    ("contest id missing", 'id = "grade"\n', "", ["rules.toml: contests 4: id is missing"]),
    ("contest id bad", 'id = "grade"', 'id = "gr ade"', ["rules.toml: contests 4: id is not an id: 'gr ade'"]),
    ("contest id number", 'id = "grade"', "id = 4", ["rules.toml: contests 4: id is not an id: 4"]),
    ("contest twice", 'id = "grade"', 'id = "score"', ["rules.toml: contest 'score' is there twice"]),
    (
        "categories missing",
        'id = "grade"\ncategories = ["k"]',
        'id = "grade"',
        ["rules.toml: contest grade: categories is missing"],
    ),
    (
        "categories a string",
        'categories = ["k", "z"]',
        'categories = "k"',
        ["rules.toml: contest score: categories is not an array: 'k'"],
    ),
    (
        "category bad",
        'categories = ["k", "z"]',
        'categories = ["k,z"]',
        ["rules.toml: contest score: categories is not an id: 'k,z'"],
    ),
    (
        "category number",
        'categories = ["k", "z"]',
        "categories = [1]",
        ["rules.toml: contest score: categories is not an id: 1"],
    ),
    ("tag bad", 'tag = "t"\nmethod', 'tag = ""\nmethod', ["rules.toml: contest choice: tag is not an id: ''"]),
    ("tag list", 'tag = "t"\nmethod', 'tag = ["t"]\nmethod', ["rules.toml: contest choice: tag is not an id: ['t']"]),
    ("method missing", 'method = "grade"\n', "", ["rules.toml: contest grade: method is missing"]),
    (
        "method unknown",
        'method = "grade"',
        'method = "borda"',
        ["rules.toml: contest grade: method is not choice or points or score or grade: 'borda'"],
    ),
    (
        "method number",
        'method = "grade"',
        "method = 1",
        ["rules.toml: contest grade: method is not choice or points or score or grade: 1"],
    ),
    (
        "count unknown",
        'count = "mean"',
        'count = "median"',
        ["rules.toml: contest score: count is not mean or total: 'median'"],
    ),
    (
        "count total with groups",
        'count = "mean"',
        'count = "total"',
        ["rules.toml: contest score: count cannot be total with groups or with method grade"],
    ),
    (
        "count total with grade",
        'method = "grade"',
        'count = "total"\nmethod = "grade"',
        ["rules.toml: contest grade: count cannot be total with groups or with method grade"],
    ),
    ("quorum negative", "quorum = 40", "quorum = -1", ["rules.toml: contest choice: quorum is below 0"]),
    (
        "quorum string",
        "quorum = 40",
        'quorum = "40"',
        ["rules.toml: contest choice: quorum is not a whole number: '40'"],
    ),
    (
        "quorum float",
        "quorum = 40",
        "quorum = 40.0",
        ["rules.toml: contest choice: quorum is not a whole number: 40.0"],
    ),
    (
        "quorum boolean",
        "quorum = 40",
        "quorum = true",
        ["rules.toml: contest choice: quorum is not a whole number: True"],
    ),
    (
        "quorum misspelt",
        "quorum = 40",
        "quorom = 40",
        ["rules.toml: contest choice: unknown key with method choice: 'quorom'"],
    ),
    ("min_marks zero", "min_marks = 10", "min_marks = 0", ["rules.toml: contest choice: min_marks is below 1"]),
    (
        "min_marks string",
        "min_marks = 10",
        'min_marks = "10"',
        ["rules.toml: contest choice: min_marks is not a whole number: '10'"],
    ),
    (
        "closes_at local",
        "2026-12-24T16:10:00+09:00",
        "2026-12-24T16:10:00",
        ["rules.toml: contest choice: closes_at needs an offset, like 2026-12-24T16:10:00+09:00"],
    ),
    (
        "closes_at day",
        "2026-12-24T16:10:00+09:00",
        "2026-12-24",
        ["rules.toml: contest choice: closes_at is not a date-time with an offset"],
    ),
    (
        "closes_at time",
        "2026-12-24T16:10:00+09:00",
        "16:10:00",
        ["rules.toml: contest choice: closes_at is not a date-time with an offset"],
    ),
    (
        "closes_at local string",
        "2026-12-24T16:10:00+09:00",
        '"2026-12-24T16:10:00"',
        ["rules.toml: contest choice: closes_at is not a date-time with an offset, like 2026-12-24T16:10:00+09:00"],
    ),
    (
        "closes_at spaced string",
        "2026-12-24T16:10:00+09:00",
        '"2026-12-24 16:10:00+09:00"',
        ["rules.toml: contest choice: closes_at is not a date-time with an offset, like 2026-12-24T16:10:00+09:00"],
    ),
    (
        "closes_at second 60",
        "2026-12-24T16:10:00+09:00",
        '"2026-12-24T16:10:60Z"',
        ["rules.toml: contest choice: closes_at is not a time of day"],
    ),
    (
        "closes_at no day",
        "2026-12-24T16:10:00+09:00",
        '"2026-02-30T16:10:00Z"',
        ["rules.toml: contest choice: closes_at is not a day of the calendar"],
    ),
    (
        "closes_at seven digits",
        "2026-12-24T16:10:00+09:00",
        '"2026-12-24T16:10:00.1234567Z"',
        ["rules.toml: contest choice: closes_at is not a date-time with an offset, like 2026-12-24T16:10:00+09:00"],
    ),
    (
        "closes_at number",
        "2026-12-24T16:10:00+09:00",
        "1",
        ["rules.toml: contest choice: closes_at is not a string: 1"],
    ),
    (
        "closes_at empty",
        "2026-12-24T16:10:00+09:00",
        '""',
        ["rules.toml: contest choice: closes_at is not a date-time with an offset, like 2026-12-24T16:10:00+09:00"],
    ),
    (
        "ties a string",
        'ties = ["head-to-head", "chair", "lot"]',
        'ties = "lot"',
        ["rules.toml: contest choice: ties is not an array: 'lot'"],
    ),
    (
        "tie step unknown",
        'ties = ["head-to-head", "chair", "lot"]',
        'ties = ["coin"]',
        ["rules.toml: contest choice: ties has an unknown step: 'coin'"],
    ),
    (
        "tie step number",
        'ties = ["head-to-head", "chair", "lot"]',
        "ties = [1]",
        ["rules.toml: contest choice: ties is not a string: 1"],
    ),
    (
        "tie step twice",
        'ties = ["head-to-head", "chair", "lot"]',
        'ties = ["lot", "chair", "lot"]',
        ["rules.toml: contest choice: ties has a step twice"],
    ),
    (
        "criterion step twice",
        'ties = ["criterion:x", "firsts"]',
        'ties = ["criterion:x", "criterion:x"]',
        ["rules.toml: contest score: ties has a step twice"],
    ),
    (
        "firsts with choice",
        'ties = ["head-to-head", "chair", "lot"]',
        'ties = ["firsts"]',
        ["rules.toml: contest choice: ties has a step that method choice does not allow: 'firsts'"],
    ),
    (
        "countback with choice",
        'ties = ["head-to-head", "chair", "lot"]',
        'ties = ["countback"]',
        ["rules.toml: contest choice: ties has a step that method choice does not allow: 'countback'"],
    ),
    (
        "criterion with choice",
        'ties = ["head-to-head", "chair", "lot"]',
        'ties = ["criterion:x"]',
        ["rules.toml: contest choice: ties has a step that method choice does not allow: 'criterion:x'"],
    ),
    (
        "countback with score",
        'ties = ["criterion:x", "firsts"]',
        'ties = ["countback"]',
        ["rules.toml: contest score: ties has a step that method score does not allow: 'countback'"],
    ),
    (
        "countback with grade",
        "grades =",
        'ties = ["countback"]\ngrades =',
        ["rules.toml: contest grade: ties has a step that method grade does not allow: 'countback'"],
    ),
    (
        "criterion with grade",
        "grades =",
        'ties = ["criterion:x"]\ngrades =',
        ["rules.toml: contest grade: ties has a step that method grade does not allow: 'criterion:x'"],
    ),
    (
        "criterion with points",
        'ties = ["firsts", "countback", "share"]',
        'ties = ["criterion:x"]',
        ["rules.toml: contest points: ties has a step that method points does not allow: 'criterion:x'"],
    ),
    (
        "criterion step unknown",
        '"criterion:x"',
        '"criterion:y"',
        ["rules.toml: contest score: ties has a step for an unknown criterion: 'criterion:y'"],
    ),
    (
        "criterion step nameless",
        '"criterion:x"',
        '"criterion:"',
        ["rules.toml: contest score: ties has a step for an unknown criterion: 'criterion:'"],
    ),
    (
        "criterion step bare",
        '"criterion:x"',
        '"criterion"',
        ["rules.toml: contest score: ties has an unknown step: 'criterion'"],
    ),
    ("choices zero", "choices = 2", "choices = 0", ["rules.toml: contest choice: choices is below 1"]),
    (
        "choices string",
        "choices = 2",
        'choices = "2"',
        ["rules.toml: contest choice: choices is not a whole number: '2'"],
    ),
    (
        "choices boolean",
        "choices = 2",
        "choices = true",
        ["rules.toml: contest choice: choices is not a whole number: True"],
    ),
    ("points missing", 'points = [3, "2.5", "1/2", "1/2"]\n', "", ["rules.toml: contest points: points is missing"]),
    (
        "points empty",
        'points = [3, "2.5", "1/2", "1/2"]',
        "points = []",
        ["rules.toml: contest points: points is empty"],
    ),
    (
        "points rising",
        'points = [3, "2.5", "1/2", "1/2"]',
        "points = [1, 2]",
        ["rules.toml: contest points: points rises or goes below 0"],
    ),
    (
        "points negative",
        'points = [3, "2.5", "1/2", "1/2"]',
        "points = [1, -1]",
        ["rules.toml: contest points: points rises or goes below 0"],
    ),
    (
        "points float",
        'points = [3, "2.5", "1/2", "1/2"]',
        "points = [1.5]",
        [
            "rules.toml: contest points: points is a float, which is not exact; "
            'write it as a string, like "0.5" or "1/5"'
        ],
    ),
    (
        "points malformed",
        'points = [3, "2.5", "1/2", "1/2"]',
        'points = ["three"]',
        ["rules.toml: contest points: points is not a number like 12 or 3.5"],
    ),
    (
        "points number",
        'points = [3, "2.5", "1/2", "1/2"]',
        "points = 3",
        ["rules.toml: contest points: points is not an array: 3"],
    ),
    (
        "points boolean",
        'points = [3, "2.5", "1/2", "1/2"]',
        "points = [true]",
        ["rules.toml: contest points: points is not a whole number: True"],
    ),
    (
        "criteria missing",
        "[contests.criteria.x]\nname = 1.5\nweight = 2\nmin = 0\nmax = 5\n",
        "",
        [
            "rules.toml: contest score: criteria is missing",
            "rules.toml: contest score: ties has a step for an unknown criterion: 'criterion:x'",
        ],
    ),
    (
        "criteria empty",
        "[contests.criteria.x]\nname = 1.5\nweight = 2\nmin = 0\nmax = 5\n",
        "[contests.criteria]\n",
        [
            "rules.toml: contest score: criteria is empty",
            "rules.toml: contest score: ties has a step for an unknown criterion: 'criterion:x'",
        ],
    ),
    (
        "criteria an array",
        "[contests.criteria.x]\nname = 1.5\nweight = 2\nmin = 0\nmax = 5\n",
        "[[contests.criteria]]\n",
        [
            "rules.toml: contest score: criteria is not a table: [{}]",
            "rules.toml: contest score: ties has a step for an unknown criterion: 'criterion:x'",
        ],
    ),
    (
        "criterion not a table",
        "[contests.criteria.x]\nname = 1.5\nweight = 2\nmin = 0\nmax = 5\n",
        "[contests.criteria]\nx = 5\n",
        ["rules.toml: contest score: criterion x is not a table"],
    ),
    (
        "criterion bad id",
        "[contests.criteria.x]\nname = 1.5\nweight = 2\nmin = 0\nmax = 5\n",
        '[contests.criteria]\nx = {max = 5}\n"x y" = {max = 5}\n',
        ["rules.toml: contest score: criterion 'x y' is not an id"],
    ),
    ("criterion unknown key", "weight = 2", "wait = 2", ["rules.toml: contest score: criterion x: unknown key 'wait'"]),
    (
        "criterion weight zero",
        "weight = 2",
        "weight = 0",
        ["rules.toml: contest score: criterion x: weight is not above 0"],
    ),
    (
        "criterion weight float",
        "weight = 2",
        "weight = 2.0",
        [
            "rules.toml: contest score: criterion x: weight is a float, which is not exact; "
            'write it as a string, like "0.5" or "1/5"'
        ],
    ),
    ("criterion max missing", "max = 5\n", "", ["rules.toml: contest score: criterion x: max is missing"]),
    ("criterion max is min", "max = 5", "max = 0", ["rules.toml: contest score: criterion x: max is not above min"]),
    (
        "criterion max below default min",
        "min = 0\nmax = 5",
        "max = -1",
        ["rules.toml: contest score: criterion x: max is not above min"],
    ),
    (
        "criterion min malformed",
        "min = 0",
        'min = "low"',
        ["rules.toml: contest score: criterion x: min is not a number like 12 or 3.5"],
    ),
    (
        "criterion max boolean",
        "max = 5",
        "max = true",
        ["rules.toml: contest score: criterion x: max is not a whole number: True"],
    ),
    ("trim negative", "trim = 1", "trim = -1", ["rules.toml: contest score: trim is below 0"]),
    ("trim string", "trim = 1", 'trim = "1"', ["rules.toml: contest score: trim is not a whole number: '1'"]),
    (
        "normalise unknown",
        'normalise = "none"',
        'normalise = "center"',
        ["rules.toml: contest score: normalise is not none or centre or z: 'center'"],
    ),
    (
        "normalise boolean",
        'normalise = "none"',
        "normalise = false",
        ["rules.toml: contest score: normalise is not none or centre or z: False"],
    ),
    ("grades missing", 'grades = ["C", "B", "A"]\n', "", ["rules.toml: contest grade: grades is missing"]),
    (
        "grades of one",
        '["C", "B", "A"]',
        '["A"]',
        ["rules.toml: contest grade: grades is not two or more different names"],
    ),
    (
        "grades twice",
        '["C", "B", "A"]',
        '["C", "A", "C"]',
        ["rules.toml: contest grade: grades is not two or more different names"],
    ),
    (
        "grade empty",
        '["C", "B", "A"]',
        '["", "A"]',
        ["rules.toml: contest grade: grades is not two or more different names"],
    ),
    ("grade number", '["C", "B", "A"]', "[1, 2]", ["rules.toml: contest grade: grades is not a string: 1"]),
    ("grades a string", '["C", "B", "A"]', '"CBA"', ["rules.toml: contest grade: grades is not an array: 'CBA'"]),
    (
        "choices with points",
        'method = "points"',
        'method = "points"\nchoices = 1',
        ["rules.toml: contest points: unknown key with method points: 'choices'"],
    ),
    (
        "points with choice",
        "choices = 2",
        "choices = 2\npoints = [1]",
        ["rules.toml: contest choice: unknown key with method choice: 'points'"],
    ),
    (
        "criteria with grade",
        "grades =",
        "criteria.x.max = 1\ngrades =",
        ["rules.toml: contest grade: unknown key with method grade: 'criteria'"],
    ),
    (
        "trim with grade",
        "grades =",
        "trim = 1\ngrades =",
        ["rules.toml: contest grade: unknown key with method grade: 'trim'"],
    ),
    (
        "normalise with choice",
        "choices = 2",
        'normalise = "none"',
        ["rules.toml: contest choice: unknown key with method choice: 'normalise'"],
    ),
    (
        "grades with score",
        "trim = 1",
        'grades = ["C", "A"]',
        ["rules.toml: contest score: unknown key with method score: 'grades'"],
    ),
    (
        "prize id missing",
        'id = "first"\n',
        "",
        [
            "rules.toml: prizes 1: id is missing",
            "rules.toml: prize second: excludes 'first', which is no earlier prize",
        ],
    ),
    ("prize id bad", 'id = "second"', 'id = "the second"', ["rules.toml: prizes 2: id is not an id: 'the second'"]),
    ("prize twice", 'id = "second"', 'id = "first"', ["rules.toml: prize 'first' is there twice"]),
    (
        "prize contest missing",
        'id = "first"\ncontest = "choice"',
        'id = "first"',
        ["rules.toml: prize first: contest is missing"],
    ),
    (
        "prize contest unknown",
        'id = "first"\ncontest = "choice"',
        'id = "first"\ncontest = "chioce"',
        ["rules.toml: prize first: unknown contest 'chioce'"],
    ),
    (
        "prize contest number",
        'id = "first"\ncontest = "choice"',
        'id = "first"\ncontest = 1',
        ["rules.toml: prize first: contest is not an id: 1"],
    ),
    ("seats zero", "seats = 1", "seats = 0", ["rules.toml: prize first: seats is below 1"]),
    ("seats string", "seats = 1", 'seats = "1"', ["rules.toml: prize first: seats is not a whole number: '1'"]),
    ("seats float", "seats = 1", "seats = 1.0", ["rules.toml: prize first: seats is not a whole number: 1.0"]),
    ("seats fraction", "seats = 1", 'seats = "1/2"', ["rules.toml: prize first: seats is not a whole number: '1/2'"]),
    (
        "prize categories string",
        'categories = ["k"]\ntag = "t"\nmin_score',
        'categories = "k"\ntag = "t"\nmin_score',
        ["rules.toml: prize second: categories is not an array: 'k'"],
    ),
    (
        "prize tag bad",
        'tag = "t"\nmin_score',
        'tag = "t t"\nmin_score',
        ["rules.toml: prize second: tag is not an id: 't t'"],
    ),
    (
        "min_score float",
        '"1/10"',
        "0.1",
        [
            "rules.toml: prize second: min_score is a float, which is not exact; "
            'write it as a string, like "0.5" or "1/5"'
        ],
    ),
    (
        "min_score malformed",
        '"1/10"',
        '"a tenth"',
        ["rules.toml: prize second: min_score is not a number like 12 or 3.5"],
    ),
    ("min_score boolean", '"1/10"', "true", ["rules.toml: prize second: min_score is not a whole number: True"]),
    ("excludes a string", '["first"]', '"first"', ["rules.toml: prize second: excludes is not an array: 'first'"]),
    (
        "excludes unknown",
        '["first"]',
        '["frist"]',
        ["rules.toml: prize second: excludes 'frist', which is no earlier prize"],
    ),
    (
        "excludes itself",
        '["first"]',
        '["second"]',
        ["rules.toml: prize second: excludes 'second', which is no earlier prize"],
    ),
    (
        "excludes later",
        "seats = 1",
        'excludes = ["second"]',
        ["rules.toml: prize first: excludes 'second', which is no earlier prize"],
    ),
    ("excludes number", '["first"]', "[1]", ["rules.toml: prize second: excludes is not a string: 1"]),
    ("prize unknown key", "seats = 1", "seat = 1", ["rules.toml: prize first: unknown key 'seat'"]),
    ("prize method key", "seats = 1", 'ties = ["lot"]', ["rules.toml: prize first: unknown key 'ties'"]),
]


def errors(rules: bytes) -> list[str]:
    with pytest.raises(NotAcceptable) as caught:
        parse_rules(rules)
    return list(caught.value.errors)


@pytest.mark.parametrize(("old", "new", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_parse_rules_refuses(old: str, new: str, expected: list[str]) -> None:
    assert RULES.count(old) == 1
    assert errors(RULES.replace(old, new).encode()) == expected


WHOLE = [
    (b"", ["format is missing", "contests is missing", "prizes is missing"]),
    (b'format = "tally/1"\ncontests = []', ["prizes is missing"]),
    (b'format = "tally/1"\nprizes = []', ["contests is missing"]),
    (b'format = "tally/1"\nprizes = []\ncontests = "none"', ["contests is not an array: 'none'"]),
    (b'format = "tally/1"\nprizes = []\n[contests]', ["contests is not an array: {}"]),
    (b'format = "tally/1"\nprizes = []\ncontests = ["c"]', ["contests 1 is not a table"]),
    (b'format = "tally/1"\nprizes = 1\ncontests = []', ["prizes is not an array: 1"]),
    (b'format = "tally/1"\nprizes = [[]]\ncontests = []', ["prizes 1 is not a table"]),
    (b'format = "tally/1"\nprizes = []\ncontests = []\nname = "\xff"', ["not UTF-8, at byte 54"]),
]


@pytest.mark.parametrize(("rules", "expected"), WHOLE)
def test_parse_rules_refuses_whole_files(rules: bytes, expected: list[str]) -> None:
    assert errors(rules) == [f"rules.toml: {error}" for error in expected]


NOT_TOML = {
    "no value": "format = tally/1",
    "a key twice": 'format = "tally/1"\nformat = "tally/1"',
    "a bare carriage return": 'format = "tally/1"\r',
    "JSON": '{"format": "tally/1"}',
    "two byte order marks": '\ufeff\ufeffformat = "tally/1"',
    "a number too long to read": f"quorum = {'9' * 5000}",
    "second 60": "closes_at = 2026-12-24T16:10:60Z",
    "arrays in arrays in arrays": f"name = {'[' * 5000}",
}


@pytest.mark.parametrize("rules", NOT_TOML.values(), ids=NOT_TOML.keys())
def test_parse_rules_refuses_what_is_not_toml(rules: str) -> None:
    [error] = errors(rules.encode())
    assert error.startswith("rules.toml: not TOML")


def test_parse_rules_refuses_tables_in_tables_in_tables() -> None:
    [error] = errors(RULES.replace('name = "Connect Day"', f"name{'.a' * 5000} = 1").encode())
    assert error.startswith("rules.toml: name is not a string: {'a': {'a': {'a'")


def test_parse_rules_says_everything_at_once() -> None:
    rules = (
        RULES.replace("quorum = 40", "quorum = -1").replace("trim = 1", "trim = 1.5").replace("seats = 1", "seat = 1")
    )
    assert errors(rules.encode()) == [
        "rules.toml: contest choice: quorum is below 0",
        "rules.toml: contest score: trim is not a whole number: 1.5",
        "rules.toml: prize first: unknown key 'seat'",
    ]


def test_parse_rules_does_not_judge_the_keys_of_an_unknown_method() -> None:
    rules = RULES.replace('method = "score"', 'method = "scores"')
    assert errors(rules.encode()) == [
        "rules.toml: contest score: method is not choice or points or score or grade: 'scores'"
    ]


def test_parse_rules_reads_everything() -> None:
    rulebook = parse_rules(b"\xef\xbb\xbf" + RULES.replace("\n", "\r\n").encode())
    assert rulebook == Rulebook(
        name="Connect Day",
        recuse_own=True,
        groups={"g": Fraction(1, 5), "h": 4},
        contests=(
            Contest(
                id="choice",
                categories=frozenset({"k"}),
                tag="t",
                method="choice",
                choices=2,
                quorum=40,
                min_marks=10,
                closes_at=instant("2026-12-24T07:10:00Z"),
                ties=("head-to-head", "chair", "lot"),
            ),
            Contest(
                id="points",
                categories=frozenset({"k"}),
                method="points",
                points=(3, Fraction(5, 2), Fraction(1, 2), Fraction(1, 2)),
                ties=("firsts", "countback", "share"),
            ),
            Contest(
                id="score",
                categories=frozenset({"k", "z"}),
                method="score",
                trim=1,
                ties=("criterion:x", "firsts"),
                criteria=(Criterion("x", max=5, min=0, weight=2),),
            ),
            Contest(id="grade", categories=frozenset({"k"}), method="grade", grades=("C", "B", "A")),
        ),
        prizes=(
            Prize("first", "choice"),
            Prize("second", "choice", 1, frozenset({"k"}), "t", Fraction(1, 10), ("first",)),
        ),
    )


def test_parse_rules_has_the_defaults_of_the_format() -> None:
    rulebook = parse_rules(b"""format = "tally/1"
        contests = [
            {id = "c", categories = ["k"], method = "choice"},
            {id = "s", categories = ["k"], method = "score", criteria = {x = {max = 5}}},
        ]
        prizes = [{id = "p", contest = "c"}]""")
    choice, score = rulebook.contests
    assert (rulebook.recuse_own, rulebook.groups, rulebook.prizes) == (True, None, (Prize("p", "c", 1),))
    assert (choice.count, choice.quorum, choice.min_marks, choice.closes_at, choice.ties) == ("mean", 0, 1, None, ())
    assert (choice.choices, choice.tag, score.trim, score.normalise) == (1, None, 0, "none")
    assert score.criteria == (Criterion("x", max=5, min=0, weight=1),)


def test_parse_rules_may_have_no_contests_and_prizes() -> None:
    assert parse_rules(b'format = "tally/1"\ncontests = []\nprizes = []') == Rulebook()


@pytest.mark.parametrize("text", ["2026-12-24T07:10:00z", "2026-12-24t16:10:00+09:00", "2026-12-24T07:10:00.000000Z"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_closes_at_is_a_toml_date_time_or_the_same_as_a_string(text: str, quote: str) -> None:
    rules = RULES.replace("2026-12-24T16:10:00+09:00", f"{quote}{text}{quote}")
    assert parse_rules(rules.encode()).contests[0].closes_at == instant("2026-12-24T07:10:00Z")


def test_parse_rules_keeps_the_order_of_the_file() -> None:
    contest = 'categories = ["k"]\nmethod = "points"\npoints = [3, 2, 1]\n'
    contests = "".join(f'[[contests]]\nid = "c{number}"\n{contest}' for number in range(5))
    prizes = "".join(f'[[prizes]]\nid = "p{number}"\ncontest = "c0"\n' for number in range(8))
    rulebook = parse_rules(f'format = "tally/1"\n{contests}{prizes}'.encode())
    assert [contest.id for contest in rulebook.contests] == ["c0", "c1", "c2", "c3", "c4"]
    assert [prize.id for prize in rulebook.prizes] == [f"p{number}" for number in range(8)]
