"""Everything in the CSV files that sections 1, 3, 5 and 7 call an error, one case each, with the line that says it."""

import pytest

from eventapp.rules.tally_errors import NotAcceptable
from eventapp.rules.tally_files import parse_files
from eventapp.rules.tally_model import Case, Contest, Entry, Judge, Rulebook, Submission
from tests.rules.sentences import sentence

FILES = {
    "rules": """\
format = "tally/1"
[groups]
g = 1
[[contests]]
id = "choice"
categories = ["k"]
method = "choice"
choices = 2
closes_at = 2026-12-24T16:10:00+09:00
[[contests]]
id = "points"
categories = ["k"]
method = "points"
points = [3, 2, 1]
[[contests]]
id = "score"
categories = ["k"]
method = "score"
criteria.x.max = 5
criteria.y = {min = "-1/2", max = "1/2"}
[[contests]]
id = "grade"
categories = ["k"]
method = "grade"
grades = ["C", "B", "A"]
[[prizes]]
id = "p"
contest = "choice"
""",
    "judges": """\
judge,group,orgs,recused
j1,g,a b,
j2,g,,S1 S2
""",
    "entries": """\
entry,category,orgs,tags,withdrawn,title
S1,k,a,t u,,"One, two"
S2,k,a b,,yes,
S3,z,,,,
""",
    "ballots": """\
seq,judge,contest,entry,criterion,value,cast_at
1,j1,choice,S1,,1,2026-12-24T16:10:00+09:00
1,j1,choice,S2,,1,2026-12-24T07:10:00Z
2,j2,choice,,,,2026-12-24T07:10:00Z
3,j1,points,S1,,1,
3,j1,points,S2,,12,
4,j1,score,S1,x,3.5,
4,j1,score,S1,y,-0.5,
4,j1,score,S2,,,
5,j1,grade,S1,,A,
5,j1,grade,S2,,,
""",
    "decisions": """\
prize,step,value
p,chair,S2 S1
p,lot,seed one
,lot,seed
""",
}

CASES = [
    ("column missing", "judges", "judge,group", "name,group", ["judges.csv: column 'judge' is missing"]),
    ("column twice", "judges", "orgs,recused", "orgs,orgs", ["judges.csv: column 'orgs' is there twice"]),
    (
        "unknown column twice",
        "entries",
        "withdrawn,title",
        "title,title",
        ["entries.csv: column 'title' is there twice"],
    ),
    ("header with a space", "judges", "judge,", "judge ,", ["judges.csv: column 'judge' is missing"]),
    (
        "row too short",
        "judges",
        "j1,g,a b,",
        "j1,g,a b",
        [
            "judges.csv line 2: 3 fields where the header has 4",
            "ballots.csv line 2: unknown judge 'j1'",
            "ballots.csv line 3: unknown judge 'j1'",
            "ballots.csv line 5: unknown judge 'j1'",
            "ballots.csv line 6: unknown judge 'j1'",
            "ballots.csv line 7: unknown judge 'j1'",
            "ballots.csv line 8: unknown judge 'j1'",
            "ballots.csv line 9: unknown judge 'j1'",
            "ballots.csv line 10: unknown judge 'j1'",
            "ballots.csv line 11: unknown judge 'j1'",
        ],
    ),
    (
        "row too long",
        "judges",
        "j1,g,a b,",
        "j1,g,a b,,",
        [
            "judges.csv line 2: 5 fields where the header has 4",
            "ballots.csv line 2: unknown judge 'j1'",
            "ballots.csv line 3: unknown judge 'j1'",
            "ballots.csv line 5: unknown judge 'j1'",
            "ballots.csv line 6: unknown judge 'j1'",
            "ballots.csv line 7: unknown judge 'j1'",
            "ballots.csv line 8: unknown judge 'j1'",
            "ballots.csv line 9: unknown judge 'j1'",
            "ballots.csv line 10: unknown judge 'j1'",
            "ballots.csv line 11: unknown judge 'j1'",
        ],
    ),
    ("line of white space", "judges", "j2,g", " \nj2,g", ["judges.csv line 3: 1 fields where the header has 4"]),
    (
        "stray quote",
        "judges",
        "a b",
        'a "b"',
        ["judges.csv: not CSV: line 2: a quote or carriage return within a field that is not quoted"],
    ),
    ("unclosed quote", "judges", "j2", '"j2', ["judges.csv: not CSV: line 3: a quote is never closed"]),
    (
        "bare carriage return",
        "judges",
        "a b",
        "a\rb",
        ["judges.csv: not CSV: line 2: a carriage return without a line feed"],
    ),
    (
        "judge bad",
        "judges",
        "j1,",
        "j 1,",
        [
            "judges.csv line 2: judge is not an id: 'j 1'",
            "ballots.csv line 2: unknown judge 'j1'",
            "ballots.csv line 3: unknown judge 'j1'",
            "ballots.csv line 5: unknown judge 'j1'",
            "ballots.csv line 6: unknown judge 'j1'",
            "ballots.csv line 7: unknown judge 'j1'",
            "ballots.csv line 8: unknown judge 'j1'",
            "ballots.csv line 9: unknown judge 'j1'",
            "ballots.csv line 10: unknown judge 'j1'",
            "ballots.csv line 11: unknown judge 'j1'",
        ],
    ),
    (
        "judge empty",
        "judges",
        "j1,g,a b",
        ",g,a b",
        [
            "judges.csv line 2: judge is not an id: ''",
            "ballots.csv line 2: unknown judge 'j1'",
            "ballots.csv line 3: unknown judge 'j1'",
            "ballots.csv line 5: unknown judge 'j1'",
            "ballots.csv line 6: unknown judge 'j1'",
            "ballots.csv line 7: unknown judge 'j1'",
            "ballots.csv line 8: unknown judge 'j1'",
            "ballots.csv line 9: unknown judge 'j1'",
            "ballots.csv line 10: unknown judge 'j1'",
            "ballots.csv line 11: unknown judge 'j1'",
        ],
    ),
    (
        "judge full-width space",
        "judges",
        "j1,g",
        "j\u30001,g",
        [
            "judges.csv line 2: judge is not an id: 'j\\u30001'",
            "ballots.csv line 2: unknown judge 'j1'",
            "ballots.csv line 3: unknown judge 'j1'",
            "ballots.csv line 5: unknown judge 'j1'",
            "ballots.csv line 6: unknown judge 'j1'",
            "ballots.csv line 7: unknown judge 'j1'",
            "ballots.csv line 8: unknown judge 'j1'",
            "ballots.csv line 9: unknown judge 'j1'",
            "ballots.csv line 10: unknown judge 'j1'",
            "ballots.csv line 11: unknown judge 'j1'",
        ],
    ),
    (
        "judge with comma",
        "judges",
        "j1,g",
        '"j,1",g',
        [
            "judges.csv line 2: judge is not an id: 'j,1'",
            "ballots.csv line 2: unknown judge 'j1'",
            "ballots.csv line 3: unknown judge 'j1'",
            "ballots.csv line 5: unknown judge 'j1'",
            "ballots.csv line 6: unknown judge 'j1'",
            "ballots.csv line 7: unknown judge 'j1'",
            "ballots.csv line 8: unknown judge 'j1'",
            "ballots.csv line 9: unknown judge 'j1'",
            "ballots.csv line 10: unknown judge 'j1'",
            "ballots.csv line 11: unknown judge 'j1'",
        ],
    ),
    (
        "judge twice",
        "judges",
        "j2,",
        "j1,",
        ["judges.csv line 3: judge 'j1' is there twice", "ballots.csv line 4: unknown judge 'j2'"],
    ),
    ("group unknown", "judges", "j1,g", "j1,h", ["judges.csv line 2: unknown group 'h'"]),
    ("group empty", "judges", "j1,g", "j1,", ["judges.csv line 2: unknown group ''"]),
    ("org bad", "judges", "a b", '"a b,c"', ["judges.csv line 2: org is not an id: 'b,c'"]),
    ("recused unknown", "judges", "S1 S2", "S1 S9", ["judges.csv line 3: recused from an unknown entry 'S9'"]),
    (
        "recused with a comma",
        "judges",
        "S1 S2",
        '"S1,S2"',
        ["judges.csv line 3: recused from an unknown entry 'S1,S2'"],
    ),
    (
        "group column missing",
        "judges",
        "judge,group,",
        "judge,grp,",
        ["judges.csv line 2: unknown group ''", "judges.csv line 3: unknown group ''"],
    ),
    ("entry column missing", "entries", "entry,", "id,", ["entries.csv: column 'entry' is missing"]),
    ("category column missing", "entries", "category", "kind", ["entries.csv: column 'category' is missing"]),
    ("entry bad", "entries", "S3,z", "S 3,z", ["entries.csv line 4: entry is not an id: 'S 3'"]),
    ("entry empty", "entries", "S3,z", ",z", ["entries.csv line 4: entry is not an id: ''"]),
    ("entry twice", "entries", "S3,z", "S1,z", ["entries.csv line 4: entry 'S1' is there twice"]),
    ("category empty", "entries", "S3,z", "S3,", ["entries.csv line 4: category is not an id: ''"]),
    ("category bad", "entries", "S3,z", "S3,z z", ["entries.csv line 4: category is not an id: 'z z'"]),
    ("entry org bad", "entries", "a b", '"a, b"', ["entries.csv line 3: org is not an id: 'a,'"]),
    ("tag bad", "entries", "t u", '"t,u"', ["entries.csv line 2: tag is not an id: 't,u'"]),
    ("withdrawn no", "entries", ",yes,", ",no,", ["entries.csv line 3: withdrawn is neither empty nor yes: 'no'"]),
    (
        "withdrawn capital",
        "entries",
        ",yes,",
        ",Yes,",
        ["entries.csv line 3: withdrawn is neither empty nor yes: 'Yes'"],
    ),
    ("withdrawn space", "entries", ",yes,", ", ,", ["entries.csv line 3: withdrawn is neither empty nor yes: ' '"]),
    ("seq column missing", "ballots", "seq,", "seqs,", ["ballots.csv: column 'seq' is missing"]),
    ("judge column missing", "ballots", "judge,", "judges,", ["ballots.csv: column 'judge' is missing"]),
    ("contest column missing", "ballots", "contest,", "contests,", ["ballots.csv: column 'contest' is missing"]),
    ("entry column missing", "ballots", "entry,", "entrys,", ["ballots.csv: column 'entry' is missing"]),
    ("value column missing", "ballots", "value,", "values,", ["ballots.csv: column 'value' is missing"]),
    (
        "seq empty",
        "ballots",
        "5,j1,grade,S2,,,",
        ",j1,grade,S2,,,",
        ["ballots.csv line 11: seq is not a non-negative integer: ''"],
    ),
    (
        "seq negative",
        "ballots",
        "5,j1,grade,S2,,,",
        "-5,j1,grade,S2,,,",
        ["ballots.csv line 11: seq is not a non-negative integer: '-5'"],
    ),
    (
        "seq decimal",
        "ballots",
        "5,j1,grade,S2,,,",
        "5.0,j1,grade,S2,,,",
        ["ballots.csv line 11: seq is not a non-negative integer: '5.0'"],
    ),
    (
        "seq letters",
        "ballots",
        "5,j1,grade,S2,,,",
        "five,j1,grade,S2,,,",
        ["ballots.csv line 11: seq is not a non-negative integer: 'five'"],
    ),
    (
        "seq plus",
        "ballots",
        "5,j1,grade,S2,,,",
        "+5,j1,grade,S2,,,",
        ["ballots.csv line 11: seq is not a non-negative integer: '+5'"],
    ),
    (
        "seq full-width",
        "ballots",
        "5,j1,grade,S2,,,",
        "５,j1,grade,S2,,,",
        ["ballots.csv line 11: seq is not a non-negative integer: '５'"],
    ),
    (
        "seq spaced",
        "ballots",
        "5,j1,grade,S2,,,",
        " 5,j1,grade,S2,,,",
        ["ballots.csv line 11: seq is not a non-negative integer: ' 5'"],
    ),
    (
        "seq superscript",
        "ballots",
        "5,j1,grade,S2,,,",
        "²,j1,grade,S2,,,",
        ["ballots.csv line 11: seq is not a non-negative integer: '²'"],
    ),
    ("judge unknown", "ballots", "2,j2", "2,j9", ["ballots.csv line 4: unknown judge 'j9'"]),
    ("judge empty in ballots", "ballots", "2,j2", "2,", ["ballots.csv line 4: unknown judge ''"]),
    ("contest unknown", "ballots", "2,j2,choice", "2,j2,chioce", ["ballots.csv line 4: unknown contest 'chioce'"]),
    ("contest empty", "ballots", "2,j2,choice", "2,j2,", ["ballots.csv line 4: unknown contest ''"]),
    ("entry unknown", "ballots", "choice,S1,,1", "choice,S9,,1", ["ballots.csv line 2: unknown entry 'S9'"]),
    ("criterion unknown", "ballots", "S1,x,", "S1,z,", ["ballots.csv line 7: unknown criterion 'z'"]),
    ("grade unknown", "ballots", "S1,,A", "S1,,D", ["ballots.csv line 10: unknown grade 'D'"]),
    ("grade of another case", "ballots", "S1,,A", "S1,,a", ["ballots.csv line 10: unknown grade 'a'"]),
    (
        "cast_at missing",
        "ballots",
        "2026-12-24T16:10:00+09:00",
        "",
        ["ballots.csv line 2: cast_at is empty, but contest choice has closes_at"],
    ),
    (
        "cast_at local",
        "ballots",
        "2026-12-24T16:10:00+09:00",
        "2026-12-24T16:10:00",
        [
            "ballots.csv line 2: cast_at is not a date-time with an offset, "
            "like 2026-12-24T16:10:00+09:00: '2026-12-24T16:10:00'"
        ],
    ),
    (
        "cast_at with a space",
        "ballots",
        "2026-12-24T16:10:00+09:00",
        "2026-12-24 16:10:00+09:00",
        [
            "ballots.csv line 2: cast_at is not a date-time with an offset, "
            "like 2026-12-24T16:10:00+09:00: '2026-12-24 16:10:00+09:00'"
        ],
    ),
    (
        "cast_at of no calendar",
        "ballots",
        "2026-12-24T16:10:00+09:00",
        "2026-11-31T16:10:00+09:00",
        ["ballots.csv line 2: cast_at is not a day of the calendar: '2026-11-31T16:10:00+09:00'"],
    ),
    (
        "cast_at bad where not needed",
        "ballots",
        "5,j1,grade,S1,,A,",
        "5,j1,grade,S1,,A,now",
        ["ballots.csv line 10: cast_at is not a date-time with an offset, like 2026-12-24T16:10:00+09:00: 'now'"],
    ),
    (
        "cast_at second 60",
        "ballots",
        "2026-12-24T16:10:00+09:00",
        "2026-12-24T16:10:60+09:00",
        ["ballots.csv line 2: cast_at is not a time of day: '2026-12-24T16:10:60+09:00'"],
    ),
    (
        "submission of two judges",
        "ballots",
        "5,j1,grade,S2",
        "5,j2,grade,S2",
        ["ballots.csv line 11: seq 5 has rows that differ in judge, contest or cast_at"],
    ),
    (
        "submission of two contests",
        "ballots",
        "5,j1,grade,S2,,",
        "4,j1,grade,S2,,",
        ["ballots.csv line 11: seq 4 has rows that differ in judge, contest or cast_at"],
    ),
    (
        "submission of two instants",
        "ballots",
        "1,j1,choice,S2,,1,2026-12-24T07:10:00Z",
        "1,j1,choice,S2,,1,2026-12-24T07:10:01Z",
        ["ballots.csv line 3: seq 1 has rows that differ in judge, contest or cast_at"],
    ),
    (
        "submission half without cast_at",
        "ballots",
        "5,j1,grade,S2,,,",
        "5,j1,grade,S2,,,2026-12-24T07:10:00Z",
        ["ballots.csv line 11: seq 5 has rows that differ in judge, contest or cast_at"],
    ),
    (
        "same seq with leading zeros",
        "ballots",
        "5,j1,grade,S2",
        "0005,j2,grade,S2",
        ["ballots.csv line 11: seq 5 has rows that differ in judge, contest or cast_at"],
    ),
    (
        "entry twice in a choice",
        "ballots",
        "1,j1,choice,S2",
        "1,j1,choice,S1",
        ["ballots.csv line 3: seq 1 has entry 'S1' twice"],
    ),
    (
        "entry twice in points",
        "ballots",
        "3,j1,points,S2",
        "3,j1,points,S1",
        ["ballots.csv line 6: seq 3 has entry 'S1' twice"],
    ),
    (
        "entry and criterion twice",
        "ballots",
        "4,j1,score,S1,y,-0.5",
        "4,j1,score,S1,x,5",
        ["ballots.csv line 8: seq 4 has entry 'S1' and criterion 'x' twice"],
    ),
    (
        "entry twice without criterion",
        "ballots",
        "4,j1,score,S1,y,-0.5",
        "4,j1,score,S2,,",
        ["ballots.csv line 9: seq 4 has entry 'S2' twice"],
    ),
    (
        "entry twice in grades",
        "ballots",
        "5,j1,grade,S2",
        "5,j1,grade,S1",
        ["ballots.csv line 11: seq 5 has entry 'S1' twice"],
    ),
    ("choice value zero", "ballots", "choice,S1,,1", "choice,S1,,0", ["ballots.csv line 2: value is not 1: '0'"]),
    ("choice value two", "ballots", "choice,S1,,1", "choice,S1,,2", ["ballots.csv line 2: value is not 1: '2'"]),
    ("choice value yes", "ballots", "choice,S1,,1", "choice,S1,,yes", ["ballots.csv line 2: value is not 1: 'yes'"]),
    ("choice value empty", "ballots", "choice,S1,,1", "choice,S1,,", ["ballots.csv line 2: value is not 1: ''"]),
    ("choice value 01", "ballots", "choice,S1,,1", "choice,S1,,01", ["ballots.csv line 2: value is not 1: '01'"]),
    (
        "choice value decimal",
        "ballots",
        "choice,S1,,1",
        "choice,S1,,1.0",
        ["ballots.csv line 2: value is not 1: '1.0'"],
    ),
    ("choice value spaced", "ballots", "choice,S1,,1", "choice,S1,, 1", ["ballots.csv line 2: value is not 1: ' 1'"]),
    ("choice without entry", "ballots", "choice,S1,,1", "choice,,,1", ["ballots.csv line 2: the entry is empty"]),
    (
        "place zero",
        "ballots",
        "points,S2,,12",
        "points,S2,,0",
        ["ballots.csv line 6: value is not a place (1, 2, ...): '0'"],
    ),
    (
        "place leading zero",
        "ballots",
        "points,S2,,12",
        "points,S2,,012",
        ["ballots.csv line 6: value is not a place (1, 2, ...): '012'"],
    ),
    (
        "place negative",
        "ballots",
        "points,S2,,12",
        "points,S2,,-1",
        ["ballots.csv line 6: value is not a place (1, 2, ...): '-1'"],
    ),
    (
        "place decimal",
        "ballots",
        "points,S2,,12",
        "points,S2,,1.5",
        ["ballots.csv line 6: value is not a place (1, 2, ...): '1.5'"],
    ),
    (
        "place empty",
        "ballots",
        "points,S2,,12",
        "points,S2,,",
        ["ballots.csv line 6: value is not a place (1, 2, ...): ''"],
    ),
    (
        "place words",
        "ballots",
        "points,S2,,12",
        "points,S2,,first",
        ["ballots.csv line 6: value is not a place (1, 2, ...): 'first'"],
    ),
    (
        "place full-width",
        "ballots",
        "points,S2,,12",
        "points,S2,,１２",
        ["ballots.csv line 6: value is not a place (1, 2, ...): '１２'"],
    ),
    ("place without entry", "ballots", "points,S2,,12", "points,,,12", ["ballots.csv line 6: the entry is empty"]),
    (
        "blank row with others",
        "ballots",
        "points,S2,,12",
        "points,,,",
        ["ballots.csv line 6: seq 3 has another row than its blank one"],
    ),
    (
        "row after a blank one",
        "ballots",
        "points,S1,,1",
        "points,,,",
        ["ballots.csv line 6: seq 3 has another row than its blank one"],
    ),
    (
        "blank row twice",
        "ballots",
        "2,j2,choice,,,,2026-12-24T07:10:00Z\n",
        "2,j2,choice,,,,2026-12-24T07:10:00Z\n2,j2,choice,,,,2026-12-24T07:10:00Z\n",
        ["ballots.csv line 5: seq 2 has another row than its blank one"],
    ),
    (
        "blank row with criterion",
        "ballots",
        "2,j2,choice,,,",
        "2,j2,choice,,x,",
        ["ballots.csv line 4: the entry is empty"],
    ),
    (
        "criterion in choice",
        "ballots",
        "choice,S1,,1",
        "choice,S1,x,1",
        ["ballots.csv line 2: contest choice has no criteria, but the row has 'x'"],
    ),
    (
        "criterion in points",
        "ballots",
        "points,S1,,1",
        "points,S1,x,1",
        ["ballots.csv line 5: contest points has no criteria, but the row has 'x'"],
    ),
    (
        "criterion in grade",
        "ballots",
        "grade,S1,,A",
        "grade,S1,x,A",
        ["ballots.csv line 10: contest grade has no criteria, but the row has 'x'"],
    ),
    (
        "criterion in an empty grade",
        "ballots",
        "grade,S2,,",
        "grade,S2,x,",
        ["ballots.csv line 11: contest grade has no criteria, but the row has 'x'"],
    ),
    (
        "score too high",
        "ballots",
        "S1,x,3.5",
        "S1,x,5.1",
        ["ballots.csv line 7: value is out of the range of criterion x: '5.1'"],
    ),
    (
        "score too low",
        "ballots",
        "S1,x,3.5",
        "S1,x,-1",
        ["ballots.csv line 7: value is out of the range of criterion x: '-1'"],
    ),
    (
        "score fraction",
        "ballots",
        "S1,x,3.5",
        "S1,x,7/2",
        ["ballots.csv line 7: value is not a number like 12 or 3.5: '7/2'"],
    ),
    (
        "score exponent",
        "ballots",
        "S1,x,3.5",
        "S1,x,3e0",
        ["ballots.csv line 7: value is not a number like 12 or 3.5: '3e0'"],
    ),
    (
        "score plus",
        "ballots",
        "S1,x,3.5",
        "S1,x,+3",
        ["ballots.csv line 7: value is not a number like 12 or 3.5: '+3'"],
    ),
    (
        "score bare dot",
        "ballots",
        "S1,x,3.5",
        "S1,x,3.",
        ["ballots.csv line 7: value is not a number like 12 or 3.5: '3.'"],
    ),
    (
        "score leading dot",
        "ballots",
        "S1,x,3.5",
        "S1,x,.5",
        ["ballots.csv line 7: value is not a number like 12 or 3.5: '.5'"],
    ),
    (
        "score comma",
        "ballots",
        "S1,x,3.5",
        'S1,x,"3,5"',
        ["ballots.csv line 7: value is not a number like 12 or 3.5: '3,5'"],
    ),
    (
        "score words",
        "ballots",
        "S1,x,3.5",
        "S1,x,three",
        ["ballots.csv line 7: value is not a number like 12 or 3.5: 'three'"],
    ),
    (
        "score spaced",
        "ballots",
        "S1,x,3.5",
        "S1,x, 3",
        ["ballots.csv line 7: value is not a number like 12 or 3.5: ' 3'"],
    ),
    (
        "score infinite",
        "ballots",
        "S1,x,3.5",
        "S1,x,inf",
        ["ballots.csv line 7: value is not a number like 12 or 3.5: 'inf'"],
    ),
    (
        "score full-width",
        "ballots",
        "S1,x,3.5",
        "S1,x,３",
        ["ballots.csv line 7: value is not a number like 12 or 3.5: '３'"],
    ),
    (
        "score below a fraction",
        "ballots",
        "y,-0.5",
        "y,-0.51",
        ["ballots.csv line 8: value is out of the range of criterion y: '-0.51'"],
    ),
    (
        "score without criterion",
        "ballots",
        "S1,x,3.5",
        "S1,,3.5",
        ["ballots.csv line 7: the criterion is empty, but the value is '3.5'"],
    ),
    ("score without entry", "ballots", "S1,x,3.5", ",x,3.5", ["ballots.csv line 7: the entry is empty"]),
    ("empty score without entry", "ballots", "score,S2,,", "score,,,", ["ballots.csv line 9: the entry is empty"]),
    ("grade without entry", "ballots", "S1,,A", ",,A", ["ballots.csv line 10: the entry is empty"]),
    ("empty grade without entry", "ballots", "grade,S2,,", "grade,,,", ["ballots.csv line 11: the entry is empty"]),
    ("unknown criterion without value", "ballots", "S1,x,3.5", "S1,z,", ["ballots.csv line 7: unknown criterion 'z'"]),
    ("prize column missing", "decisions", "prize,", "award,", ["decisions.csv: column 'prize' is missing"]),
    ("step column missing", "decisions", "step,", "way,", ["decisions.csv: column 'step' is missing"]),
    ("value column missing", "decisions", "value\n", "what\n", ["decisions.csv: column 'value' is missing"]),
    ("prize unknown", "decisions", "p,lot", "q,lot", ["decisions.csv line 3: unknown prize 'q'"]),
    ("prize empty for chair", "decisions", "p,chair", ",chair", ["decisions.csv line 2: unknown prize ''"]),
    (
        "step unknown",
        "decisions",
        "p,chair",
        "p,share",
        ["decisions.csv line 2: step is neither chair nor lot: 'share'"],
    ),
    ("step empty", "decisions", "p,chair", "p,", ["decisions.csv line 2: step is neither chair nor lot: ''"]),
    (
        "chair twice",
        "decisions",
        "p,lot,seed one",
        "p,chair,S1",
        ["decisions.csv line 3: prize 'p' and step 'chair' are there twice"],
    ),
    (
        "lot twice",
        "decisions",
        ",lot,seed\n",
        "p,lot,seed\n",
        ["decisions.csv line 4: prize 'p' and step 'lot' are there twice"],
    ),
    (
        "common lot twice",
        "decisions",
        "p,lot,seed one",
        ",lot,seed one",
        ["decisions.csv line 4: prize '' and step 'lot' are there twice"],
    ),
    ("seed empty", "decisions", "seed one", "", ["decisions.csv line 3: the seed of the lot is empty"]),
    ("chair names an unknown entry", "decisions", "S2 S1", "S2 S9", ["decisions.csv line 2: unknown entry 'S9'"]),
    (
        "chair names an entry twice",
        "decisions",
        "S2 S1",
        "S2 S1 S2",
        ["decisions.csv line 2: entry 'S2' is there twice"],
    ),
    ("chair separated by commas", "decisions", "S2 S1", '"S2,S1"', ["decisions.csv line 2: unknown entry 'S2,S1'"]),
]


def errors(**files: bytes) -> list[str]:
    with pytest.raises(NotAcceptable) as caught:
        parse_files(**{name: text.encode() for name, text in FILES.items()} | files)
    return list(caught.value.errors)


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_parse_files_refuses(file: str, old: str, new: str, expected: list[str]) -> None:
    assert FILES[file].count(old) == 1
    assert errors(**{file: FILES[file].replace(old, new).encode()}) == expected


def test_parse_files_accepts_a_bom_crlf_and_empty_lines() -> None:
    plain = parse_files(**{name: text.encode() for name, text in FILES.items()})
    windows = {name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() + b"\r\n" for name, text in FILES.items()}
    assert parse_files(**windows) == plain


@sentence("3.3")
def test_parse_files_takes_columns_in_any_order_and_ignores_others() -> None:
    plain = parse_files(**{name: text.encode() for name, text in FILES.items()})
    turned = 'note,recused,orgs,group,judge\n"a\nb",,a b,g,j1\n,S1 S2,,g,j2\n'
    assert parse_files(**{name: text.encode() for name, text in FILES.items()} | {"judges": turned.encode()}) == plain


@sentence("3.3")
def test_parse_files_takes_absent_optional_columns_as_empty() -> None:
    case = parse_files(
        b'format = "tally/1"\ncontests = [{id = "c", categories = ["k"], method = "choice"}]\nprizes = []',
        b"judge\nj1\n",
        b"entry,category\nS1,k\n",
        b"seq,judge,contest,entry,value\n1,j1,c,S1,1\n",
    )
    assert case == Case(
        rulebook=Rulebook(contests=(Contest("c", frozenset({"k"}), "choice"),)),
        judges=(Judge("j1"),),
        entries=(Entry("S1", "k"),),
        submissions=(Submission(1, "j1", "c", None, {("S1", ""): 1}),),
    )


def test_parse_files_may_hold_only_headers() -> None:
    case = parse_files(
        b'format = "tally/1"\ncontests = []\nprizes = []',
        b"judge",
        b"entry,category\n",
        b"seq,judge,contest,entry,value\n",
        b"prize,step,value\n",
    )
    assert case == Case(Rulebook(), (), (), (), ())


def test_parse_files_needs_headers() -> None:
    assert errors(judges=b"", decisions=b"\n\n") == [
        "judges.csv: column 'judge' is missing",
        "decisions.csv: column 'prize' is missing",
        "decisions.csv: column 'step' is missing",
        "decisions.csv: column 'value' is missing",
    ]


def test_parse_files_says_the_errors_of_form_of_all_files_at_once() -> None:
    assert errors(rules=b"format", judges=b'judge\n"', entries=b"\xff", ballots=b"seq", decisions=b"a\rb") == [
        "rules.toml: not TOML: Expected '=' after a key in a key/value pair (at end of document)",
        "judges.csv: not CSV: line 2: a quote is never closed",
        "entries.csv: not UTF-8, at byte 1",
        *(f"ballots.csv: column '{column}' is missing" for column in ("judge", "contest", "entry", "value")),
        "decisions.csv: not CSV: line 1: a carriage return without a line feed",
    ]


def test_parse_files_says_the_errors_of_contents_of_all_files_at_once() -> None:
    changed = {
        "judges": FILES["judges"].replace("a b", '"a,b"').encode(),
        "entries": FILES["entries"].replace("yes", "ja").encode(),
        "ballots": FILES["ballots"].replace("3.5", "9").encode(),
        "decisions": FILES["decisions"].replace("p,chair", "p,char").encode(),
    }
    assert errors(**changed) == [
        "judges.csv line 2: org is not an id: 'a,b'",
        "entries.csv line 3: withdrawn is neither empty nor yes: 'ja'",
        "ballots.csv line 7: value is out of the range of criterion x: '9'",
        "decisions.csv line 2: step is neither chair nor lot: 'char'",
    ]


@sentence("3.1c")
def test_parse_files_ignores_groups_without_groups() -> None:
    rules = FILES["rules"].replace("[groups]\ng = 1\n", "").encode()
    judges = FILES["judges"].replace("j1,g", "j1,any thing").encode()
    case = parse_files(**{name: text.encode() for name, text in FILES.items()} | {"rules": rules, "judges": judges})
    assert case.rulebook.groups is None


@sentence("3.6b")
def test_parse_files_takes_the_same_instant_in_two_writings() -> None:
    case = parse_files(**{name: text.encode() for name, text in FILES.items()})
    assert case.submissions[0] == Submission(1, "j1", "choice", 1798096200000000, {("S1", ""): 1, ("S2", ""): 1})


@pytest.mark.parametrize(("column", "text"), [("seq", "9" * 5000), ("value", "9" * 5000)])
def test_parse_files_refuses_numbers_longer_than_python_reads(column: str, text: str) -> None:
    old = {"seq": "3,j1,points,S2,,12", "value": "3,j1,points,S2,,12"}[column]
    new = f"{text},j1,points,S2,,12" if column == "seq" else f"3,j1,points,S2,,{text}"
    [error] = errors(ballots=FILES["ballots"].replace(old, new).encode())
    assert error.startswith("ballots.csv line 6: Exceeds the limit")
