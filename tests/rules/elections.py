"""Random elections for comparing the two counts: `python -m tests.rules.elections 10000 [first seed]` prints one line.

The same seed gives the same election in every process. Few judges and small scales make ties frequent; the writing of
the files is odd but acceptable. With a difference the seeds are named and the exit status is 1.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any, TypeVar

from tests.rules.counts import Files, Result, by_command, by_recount

T = TypeVar("T")
Table = list[dict[str, str]]

METHODS = ("choice", "points", "score", "grade")
STEPS = {
    "choice": ["head-to-head", "chair", "lot", "share"],
    "points": ["firsts", "countback", "head-to-head", "chair", "lot", "share"],
    "score": ["firsts", "head-to-head", "chair", "lot", "share"],
    "grade": ["firsts", "head-to-head", "chair", "lot", "share"],
}
CATEGORIES = ["service", "operations", "アイデア"]
TAGS = ["sprint", "ai", "b\x1fc"]  # U+001F is no white space
ORGS = ["調布市", "nerima", "mitaka", "a\x1cb", "府中市"]
SEPARATORS = [" ", "  ", "\t", "\u3000", "\u00a0", "\u2028", "\u0085", "\u2003 ", "\n", "\u1680"]
CLOSING = datetime(2026, 12, 24, 7, 10, tzinfo=UTC)
ODD_TEXT = ["", "題名", 'a "b", c', "two\nlines", " blank ", "\u3000", "1,2", "-", "#"]


@dataclass
class Draft:
    """An election before it is written into files."""

    rules: dict[str, Any]
    judges: Table = field(default_factory=list)
    entries: Table = field(default_factory=list)
    ballots: Table = field(default_factory=list)
    decisions: Table | None = None

    def ids(self, table: str) -> list[str]:
        """The judges' or entries' ids."""
        return [row[table.removesuffix("s").replace("entrie", "entry")] for row in getattr(self, table)]


def election(seed: int, style: int = 0) -> Files:
    """The election of that seed; another style writes the same election differently."""
    draw = Random(seed)
    draft = Draft(rules={"format": "tally/1"})
    draft_rules(draw, draft.rules)
    draft_people(draw, draft, large=seed % 250 == 249)
    if maybe(draw, 0.6):
        calm(draw, draft)
    draft_ballots(draw, draft)
    if maybe(draw, 0.4):
        mirror(draw, draft)
    draft_decisions(draw, draft)
    return write_files(Random(f"{seed}/{style}"), draft)


def some(draw: Random, values: Sequence[T], *, least: int = 0, most: int | None = None) -> list[T]:
    """A few of the values in random order."""
    most = len(values) if most is None else min(most, len(values))
    return draw.sample(list(values), draw.randint(min(least, most), most))


def maybe(draw: Random, chance: float) -> bool:
    """Whether something of that chance happens."""
    return draw.random() < chance


# -- rules -------------------------------------------------------------------------------------------------------------


def draft_rules(draw: Random, rules: dict[str, Any]) -> None:
    """Groups, contests and prizes."""
    if maybe(draw, 0.3):
        rules["recuse_own"] = maybe(draw, 0.5)
    if maybe(draw, 0.5):
        weights = ["20/100", "1/3", "0.5", 1, 1, 2, "3"]
        rules["groups"] = {name: draw.choice(weights) for name in some(draw, ["cio", "市区町村", "staff"], least=1)}
    rules["contests"] = [draft_contest(draw, f"c{n}", rules) for n in range(1, draw.choice([1, 1, 2, 3]) + 1)]
    rules["prizes"] = []
    for number in range(draw.randint(1, 5)):
        rules["prizes"].append(draft_prize(draw, f"賞{number}" if maybe(draw, 0.2) else f"p{number}", rules))


def draft_contest(draw: Random, name: str, rules: dict[str, Any]) -> dict[str, Any]:
    """One contest of any method."""
    method = draw.choice(METHODS)
    contest: dict[str, Any] = {
        "id": name,
        "method": method,
        "categories": some(draw, CATEGORIES, least=draw.choice([1, 2, 3])),
    }
    optional: list[tuple[float, str, Any]] = [
        (0.15, "tag", draw.choice(TAGS)),
        (0.3, "quorum", draw.randint(0, 3)),
        (0.2, "min_marks", draw.randint(1, 3)),
        (0.3, "closes_at", CLOSING),
        (0.1, "name", "名前"),
    ]
    contest |= {key: value for chance, key, value in optional if maybe(draw, chance)}
    if method != "grade" and "groups" not in rules and maybe(draw, 0.4):
        contest["count"] = draw.choice(["total", "total", "mean"])
    {"choice": add_choice, "points": add_points, "score": add_score, "grade": add_grade}[method](draw, contest)
    steps = STEPS[method] + [f"criterion:{criterion}" for criterion in contest.get("criteria", {})]
    if maybe(draw, 0.9):
        contest["ties"] = some(draw, steps, least=2)
        if maybe(draw, 0.6):  # what the ballots can decide first
            contest["ties"].sort(key=lambda step: step in ("chair", "lot", "share"))
    return contest


def add_choice(draw: Random, contest: dict[str, Any]) -> None:
    """Choice: how many."""
    if maybe(draw, 0.6):
        contest["choices"] = draw.randint(1, 3)


def add_points(draw: Random, contest: dict[str, Any]) -> None:
    """Points: a list that never rises."""
    contest["points"] = draw.choice(
        [[3, 2, 1], [1], [2, 2], ["1/2", "1/3"], ["1.5", 1, 0], [1, 1, 1], [0], [12, 10, 8]]
    )


def add_score(draw: Random, contest: dict[str, Any]) -> None:
    """Score: one to three criteria on small scales."""
    contest["criteria"] = {}
    for criterion in some(draw, ["impact", "効果", "c"], least=1):
        scale: dict[str, Any] = {"max": draw.choice([1, 2, 3, "2.5"])}
        if maybe(draw, 0.3):
            scale["min"] = draw.choice([0, -1, "-1/2"])
        if maybe(draw, 0.4):
            scale["weight"] = draw.choice([1, 2, "1/2", "0.1"])
        contest["criteria"][criterion] = scale
    if maybe(draw, 0.4):
        contest["trim"] = draw.randint(0, 2)
    if maybe(draw, 0.5):
        contest["normalise"] = draw.choice(["none", "centre", "z"])


def add_grade(draw: Random, contest: dict[str, Any]) -> None:
    """Grade: two to four labels."""
    contest["grades"] = draw.choice(
        [["C", "B", "A"], ["不可", "可", "良", "優"], ["not, yet", "yes "], ["1", "2", "3"]]
    )


def draft_prize(draw: Random, name: str, rules: dict[str, Any]) -> dict[str, Any]:
    """One prize on any contest, perhaps excluding earlier winners."""
    earlier = [prize["id"] for prize in rules["prizes"]]
    prize: dict[str, Any] = {"id": name, "contest": draw.choice(rules["contests"])["id"]}
    optional: list[tuple[float, str, Any]] = [
        (0.5, "seats", draw.choice([1, 2, 2, 3, 4])),
        (0.4, "excludes", some(draw, earlier, most=2)),
        (0.15, "categories", some(draw, CATEGORIES, least=1)),
        (0.1, "tag", draw.choice(TAGS)),
        (0.2, "min_score", draw.choice([0, "1/4", "1/2", "-1/2", "0.3", 1])),
    ]
    return prize | {key: value for chance, key, value in optional if maybe(draw, chance)}


# -- people, entries ---------------------------------------------------------------------------------------------------


def draft_people(draw: Random, draft: Draft, *, large: bool) -> None:
    """Judges and entries; a large election has the size of the day itself."""
    judges, entries = (85, 29) if large else (draw.randint(1, 7), draw.randint(2, 7) if maybe(draw, 0.9) else 1)
    for number in range(1, entries + 1):
        draft.entries.append(
            {
                "entry": draw.choice([f"S-{number:03}", f"S{number}", f"第{number}号"]),
                "category": draw.choice(CATEGORIES[:2] if maybe(draw, 0.9) else CATEGORIES),
                "orgs": listed(some(draw, ORGS, most=draw.choice([0, 0, 1, 1, 2]))),
                "tags": listed(some(draw, TAGS)),
                "withdrawn": "yes" if maybe(draw, 0.1) else "",
            }
        )
    groups = list(draft.rules.get("groups", ["any", ""]))
    for number in range(1, judges + 1):
        draft.judges.append(
            {
                "judge": draw.choice([f"j{number}", f"A-{number:02}", f"審査員{number}"]),
                "group": draw.choice(groups),
                "orgs": listed(some(draw, ORGS, most=draw.choice([0, 0, 1, 2]))),
                "recused": listed(some(draw, draft.ids("entries"), most=draw.choice([0, 0, 0, 0, 1, 2]))),
            }
        )


def calm(draw: Random, draft: Draft) -> None:
    """Leave little between the ballots and the standing, so that most entries are ranked and many share a rank."""
    for row in draft.entries:
        row |= {"withdrawn": "", "tags": listed(some(draw, TAGS, least=3)), "orgs": row["orgs"] * maybe(draw, 0.3)}
        row["category"] = draw.choice(draft.rules["contests"])["categories"][0]
    draft.judges = draft.judges[: draw.choice([2, 3, 4, 4, 6])] if len(draft.judges) < 20 else draft.judges
    for row in draft.judges:
        row["recused"] *= maybe(draw, 0.3)
    for contest in draft.rules["contests"]:
        contest["categories"] = CATEGORIES
        contest.pop("min_marks", None)
        if "points" in contest and maybe(draw, 0.5):
            contest["points"] = draw.choice([[2, 1, 1], [1, 1, 1, 1], [2, 2, 1]])
        for scale in contest.get("criteria", {}).values():
            scale["max"] = draw.choice([1, 1, 2])
    for prize in draft.rules["prizes"]:
        prize["seats"] = draw.choice([1, 1, 2, 3])


def listed(ids: list[str]) -> str:
    """Ids of a list field; how they are separated is a matter of style."""
    return " ".join(ids)


# -- ballots -----------------------------------------------------------------------------------------------------------


def draft_ballots(draw: Random, draft: Draft) -> None:
    """Up to three submissions of each judge in each contest, in no particular order of seq."""
    cast = [
        (contest, judge)
        for contest in draft.rules["contests"]
        for judge in draft.ids("judges")
        for _ in range(draw.choice([0, 1, 1, 1, 1, 1, 1, 2, 3]))
    ]
    seqs = draw.sample(range(3 * len(cast) + 3), len(cast))
    for seq, (contest, judge) in zip(seqs, cast, strict=True):
        submission = {"seq": str(seq), "judge": judge, "contest": contest["id"], "cast_at": ""}
        if "closes_at" in contest or maybe(draw, 0.1):
            submission["cast_at"] = (CLOSING + timedelta(microseconds=draw.choice(MOMENTS))).isoformat()
        marks = {"choice": choices, "points": rankings, "score": scorings, "grade": gradings}[contest["method"]]
        rows = marks(draw, contest, draft.ids("entries"))
        draft.ballots += [submission | {"criterion": ""} | row for row in rows]


def mirror(draw: Random, draft: Draft) -> None:
    """Let every second judge mark as the one before, two entries exchanged, so that these two tend to be equal."""
    one, other = draw.choice(draft.ids("entries")), draw.choice(draft.ids("entries"))
    exchanged = {one: other, other: one}
    judges = draft.ids("judges")
    for judge, twin in zip(judges[::2], judges[1::2], strict=False):
        draft.ballots = [row for row in draft.ballots if row["judge"] != twin]
        draft.ballots += [
            row
            | {"judge": twin, "seq": str(int(row["seq"]) + 10**6), "entry": exchanged.get(row["entry"], row["entry"])}
            for row in draft.ballots
            if row["judge"] == judge
        ]


MOMENTS = [-3_600_000_000, -1_000_000, -1, 0, 0, 0, 0, 1, 1_500_000]
BLANK = {"entry": "", "value": ""}


def choices(draw: Random, contest: dict[str, Any], entries: list[str]) -> Table:
    """A choice ballot; sometimes blank, sometimes one too many."""
    chosen = some(
        draw, entries, least=maybe(draw, 0.9) + 0, most=contest.get("choices", 1) + (1 if maybe(draw, 0.1) else 0)
    )
    return [{"entry": entry, "value": "1"} for entry in chosen] or [BLANK]


def rankings(draw: Random, contest: dict[str, Any], entries: list[str]) -> Table:
    """A points ballot; sometimes blank, with gaps, or the same place twice."""
    ranked = some(draw, entries, least=maybe(draw, 0.9) * 2, most=4)
    places = draw.sample(range(1, len(ranked) + 3), len(ranked)) if maybe(draw, 0.4) else range(1, len(ranked) + 1)
    rows = [{"entry": entry, "value": str(place)} for entry, place in zip(ranked, places, strict=True)]
    if len(rows) > 1 and maybe(draw, 0.1):
        rows[0]["value"] = rows[-1]["value"]
    return rows or [BLANK]


def scorings(draw: Random, contest: dict[str, Any], entries: list[str]) -> Table:
    """Marks by criterion; some empty, some missing, some entries only mentioned."""
    rows: Table = []
    for entry in some(draw, entries, least=1) if maybe(draw, 0.4) else entries:
        for criterion, scale in contest["criteria"].items():
            if maybe(draw, 0.98):
                value = "" if maybe(draw, 0.02) else mark_on(draw, scale)
                rows.append({"entry": entry, "criterion": criterion, "value": value})
        if maybe(draw, 0.03):
            rows.append({"entry": entry, "criterion": "", "value": ""})
    return rows or [{"entry": entries[0], "criterion": "", "value": ""}]


def mark_on(draw: Random, scale: dict[str, Any]) -> str:
    """A number within the scale."""
    least = {"-1/2": -0.5}.get(scale.get("min", 0), scale.get("min", 0))
    halves = [half / 2 for half in range(-2, 7) if float(least) <= half / 2 <= float(scale["max"])]
    value = draw.choice([half for half in halves if half == int(half)] if maybe(draw, 0.8) else halves)
    return f"{value:g}"


def gradings(draw: Random, contest: dict[str, Any], entries: list[str]) -> Table:
    """Grades, some taken back."""
    return [
        {"entry": entry, "value": "" if maybe(draw, 0.05) else draw.choice(contest["grades"])}
        for entry in (some(draw, entries, least=1) if maybe(draw, 0.4) else entries)
    ]


def draft_decisions(draw: Random, draft: Draft) -> None:
    """Some of the records that tie steps may need; sometimes no file at all."""
    if maybe(draw, 0.2):
        return
    draft.decisions = [{"prize": "", "step": "lot", "value": draw.choice(["42", "日経平均 39,000"])}] * maybe(draw, 0.4)
    for prize in draft.rules["prizes"]:
        if maybe(draw, 0.6):
            value = listed(some(draw, draft.ids("entries")))
            draft.decisions.append({"prize": prize["id"], "step": "chair", "value": value})
        if maybe(draw, 0.4):
            draft.decisions.append({"prize": prize["id"], "step": "lot", "value": draw.choice(["example", "7", " "])})


# -- writing -----------------------------------------------------------------------------------------------------------


def write_files(draw: Random, draft: Draft) -> Files:
    """The draft as files, oddly but acceptably written."""
    for row in draft.ballots:
        row["seq"] = "0" * draw.choice([0, 0, 0, 2]) + row["seq"]
        if row["cast_at"]:
            row["cast_at"] = date_time(draw, datetime.fromisoformat(row["cast_at"]))
        if row["criterion"] and row["value"]:
            row["value"] = number(draw, row["value"])
    for table, keys in ((draft.judges, ("orgs", "recused")), (draft.entries, ("orgs", "tags"))):
        for row in table:
            row |= {key: spaced(draw, row[key]) for key in keys}
    for row in draft.decisions or []:
        if row["step"] == "chair":
            row["value"] = spaced(draw, row["value"])
    return Files(
        rules=write_rules(draw, draft.rules),
        judges=write_table(draw, draft.judges, required=["judge"]),
        entries=write_table(draw, draft.entries, required=["entry", "category"]),
        ballots=write_table(draw, draft.ballots, required=["seq", "judge", "contest", "entry", "value"]),
        decisions=(
            None if draft.decisions is None else write_table(draw, draft.decisions, required=["prize", "step", "value"])
        ),
    )


def spaced(draw: Random, value: str) -> str:
    """A list field with odd separators."""
    separators = SEPARATORS if maybe(draw, 0.3) else [" "]
    text = "".join(id_ + draw.choice(separators) for id_ in value.split(" ") if id_)
    return draw.choice(["", "", " ", "\u3000"]) + text if maybe(draw, 0.2) else text[:-1] if text else ""


def number(draw: Random, value: str) -> str:
    """The same number with more zeros."""
    sign, digits = ("-", value[1:]) if value.startswith("-") else ("", value)
    if digits == "0" and maybe(draw, 0.1):
        sign = "-"
    if maybe(draw, 0.1):
        digits = digits + "0" if "." in digits else digits + ".0"
    return sign + ("0" if maybe(draw, 0.1) else "") + digits


def date_time(draw: Random, moment: datetime) -> str:
    """The same instant under some offset, with or without zeros, in either case."""
    minutes = draw.choice([0, 0, 540, -210, 60, 1439, -1439])
    local = moment.astimezone(timezone(timedelta(minutes=minutes)))
    fraction = f"{local.microsecond:06}".rstrip("0")
    fraction += "0" * draw.choice([0, 0, 6 - len(fraction)])
    sign, minutes = ("-" if minutes < 0 else "+"), abs(minutes)
    offset = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    if minutes == 0:
        offset = draw.choice(["Z", "z", "+00:00", "-00:00"])
    text = local.strftime(draw.choice(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dt%H:%M:%S"]))
    return text + (f".{fraction}" if fraction else "") + offset


def write_table(draw: Random, rows: Table, *, required: list[str]) -> bytes:
    """A CSV file: rows and columns shuffled, extra columns, empty columns perhaps left out, any quoting."""
    columns = list(dict.fromkeys([*required, *(key for row in rows for key in row)]))
    columns = [key for key in columns if key in required or any(row[key] for row in rows) or maybe(draw, 0.5)]
    extra = some(draw, ["title", "備考", "", "Judge", "名, 前"]) if maybe(draw, 0.3) else []
    columns = draw.sample(columns + extra, len(columns + extra)) if maybe(draw, 0.6) else columns + extra
    body = draw.sample(rows, len(rows)) if maybe(draw, 0.7) else rows
    lines = [columns] + [[row.get(key, draw.choice(ODD_TEXT)) for key in columns] for row in body]
    quoting = draw.choice([0, 0, 0.2, 1])
    end = draw.choice(["\n", "\r\n"])
    text = ""
    for line in lines:
        ending = draw.choice(["\n", "\r\n"]) if maybe(draw, 0.05) else end
        text += ",".join(quoted(draw, value, quoting, alone=len(line) == 1) for value in line) + ending
        text += ending * (maybe(draw, 0.03) + 0)
    return with_mark(draw, text.removesuffix("\n").removesuffix("\r") if maybe(draw, 0.2) else text)


def quoted(draw: Random, value: str, chance: float, *, alone: bool) -> str:
    """A field, quoted where it must be and sometimes where it need not."""
    if any(sign in value for sign in ',"\r\n') or (alone and not value) or maybe(draw, chance):
        return '"' + value.replace('"', '""') + '"'
    return value


def with_mark(draw: Random, text: str) -> bytes:
    """UTF-8, sometimes with a byte order mark."""
    return (b"\xef\xbb\xbf" if maybe(draw, 0.2) else b"") + text.encode()


def write_rules(draw: Random, rules: dict[str, Any]) -> bytes:
    """The rules as TOML; the order of keys is a matter of style, that of contests and prizes is not."""
    lines = [pair(draw, key, value) for key, value in shuffled(draw, rules) if not isinstance(value, (dict, list))]
    tables = [["[groups]"] + [pair(draw, *item) for item in shuffled(draw, rules.get("groups", {}))]]
    tables = tables if "groups" in rules else []
    for key in ("contests", "prizes"):
        for item in rules[key]:
            criteria = item.get("criteria", {})
            rest = {name: value for name, value in item.items() if name != "criteria"}
            tables.append([f"[[{key}]]"] + [pair(draw, *entry) for entry in shuffled(draw, rest)])
            for name, scale in criteria.items():
                tables.append([f"[{key}.criteria.{text(name)}]"] + [pair(draw, *one) for one in shuffled(draw, scale)])
    end = draw.choice(["\n", "\r\n"])
    return with_mark(draw, end.join(lines + [line for table in tables for line in table]) + end)


def shuffled(draw: Random, table: dict[str, Any]) -> list[tuple[str, Any]]:
    """The items of a table in any order."""
    return draw.sample(list(table.items()), len(table))


def pair(draw: Random, key: str, value: Any) -> str:
    """One line of TOML."""
    return f"{text(key)} = {toml(draw, value)}" + (" # 備考" if maybe(draw, 0.05) else "")


def toml(draw: Random, value: Any) -> str:
    """A value of TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(toml(draw, item) for item in value) + "]"
    if isinstance(value, datetime):
        moment = date_time(draw, value)
        return text(moment) if maybe(draw, 0.5) else moment.replace("-00:00", "Z")
    return text(value)


def text(value: str) -> str:
    """A basic string of TOML, also as a key."""
    return json.dumps(value, ensure_ascii=False)


# -- comparing ---------------------------------------------------------------------------------------------------------

KEYS = {
    "": ("format", "contests", "prizes"),
    "contests": ("id", "status", "present", "counted", "late", "invalid", "struck", "standing", "unranked"),
    "struck": ("judge", "entry", "reason"),
    "standing": ("rank", "entry", "marks", "score", "grade", "above", "below"),
    "prizes": ("id", "status", "winners", "passed_over", "tie", "needs"),
    "tie": ("entries", "seats", "decided_by", "steps"),
    "steps": ("step", "keys"),
}


def canonical(result: Result) -> bytes:
    """The canonical form of a result that may have further keys."""
    return json.dumps(pruned(result, ""), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def pruned(value: Any, name: str) -> Any:
    """Only the keys that section 6 names."""
    if isinstance(value, list):
        return [pruned(item, name) for item in value]
    if isinstance(value, dict) and name in KEYS:
        return {key: pruned(item, key) for key, item in value.items() if key in KEYS[name]}
    return value


def main(argv: list[str]) -> int:
    """Compare both counts over many seeds; one line of figures."""
    many, first = int(argv[0]) if argv else 300, int(argv[1]) if len(argv) > 1 else 0
    figures: Counter[str] = Counter()
    different: list[int] = []
    began = time.monotonic()
    for seed in range(first, first + many):
        files = election(seed)
        one = by_recount(files)
        if canonical(one) != canonical(by_command(files)):
            different.append(seed)
        figures["contests"] += len(one["contests"])
        figures["ballots"] += files.ballots.count(b"\n")
        for prize in one["prizes"]:
            figures["prizes"] += 1
            figures["ties"] += prize["tie"] is not None
            figures[prize["status"]] += 1
    spent = f"{time.monotonic() - began:.0f} s"
    counted = ", ".join(f"{count} {what}" for what, count in figures.items())
    sys.stdout.write(f"{many} elections, {len(different)} different {different[:20] or ''}({counted}; {spent})\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
