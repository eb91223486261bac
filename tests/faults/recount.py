"""Recount exported evidence beside the judges' history; the standard library only, nothing of ours: recount.py FOLDER"""

import csv
import json
import sys
import tomllib
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path

folder = Path(sys.argv[1])
result = json.loads((folder / "result.json").read_text())
contests = {one["id"]: one for one in tomllib.loads((folder / "rules.toml").read_text())["contests"]}
judges, entries, rows = ([*csv.DictReader((folder / f"{one}.csv").read_text().splitlines())] for one in ("judges", "entries", "ballots"))
history = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
orgs = {one["entry"]: set(one["orgs"].split()) for one in entries}
barred = {one["judge"]: {e for e in orgs if orgs[e] & set(one["orgs"].split()) or e in one["recused"].split()} for one in judges}

def said_by(method, entry, body):
    """What a tablet's body says, as (entry, criterion, value) of ballots.csv."""
    if method == "score":
        return frozenset((entry, name, str(mark)) for name, mark in body["marks"].items())
    named = body.get("ranking") or body.get("entries") or []
    return frozenset((name, "", str(place) if method == "points" else "1") for place, name in enumerate(named, 1))

versions, stored, last = defaultdict(list), Counter(), {}  # seq -> rows; what is kept; ballot -> what it says in the end
for row in rows:
    versions[int(row["seq"])].append(row)
for _, lines in sorted(versions.items()):
    one = contests[lines[0]["contest"]]
    unit = (lines[0]["judge"], one["id"], lines[0]["entry"] if one["method"] == "score" else "")
    last[unit] = frozenset((row["entry"], row["criterion"], row["value"]) for row in lines if row["entry"])
    stored[(*unit, last[unit])] += 1
acked = {line["op"] for line in history if line["e"] == "ok"}
since = max((n for n, line in enumerate(history) if line["e"] == "restored"), default=0)  # of what an older backup lost, only the newest
kept = {line["op"] for line in history[since:] if line["e"] == "ok"}
asked, newest = {}, {}  # what was saved -> its place; ballot -> the newest acknowledged
for line in sorted((line for line in history if line["e"] == "invoke"), key=lambda line: (line["lease"], line["rev"])):
    unit, place = (line["seat"], *line["unit"]), (line["lease"], line["rev"])
    what = (*unit, said_by(contests[unit[1]]["method"], unit[2], line["body"]))
    asked[what] = (place, line["op"] in kept or asked.get(what, (0, False))[1])
    newest[unit] = place if line["op"] in acked else newest.get(unit)
lost = [what for what, (_, told) in asked.items() if told and not stored[what]]
lost += [unit for unit, place in newest.items() if place and (unit not in last or asked.get((*unit, last[unit]), ((0, 0),))[0] < place)]
doubled, invented = [what for what in stored if stored[what] > 1], [what for what in stored if what not in asked]
differ = []
for contest in result["contests"]:
    one = contests[contest["id"]]
    mine = {(j, entry): [word for word in said if word[0] not in barred[j]] for (j, c, entry), said in last.items() if c == one["id"]}
    for row in contest["standing"]:
        if one["method"] == "score":
            marks = [sum(int(mark) for _, _, mark in said) for (_, entry), said in mine.items() if entry == row["entry"] and said]
        else:
            worth = [1] * 99 if one["method"] == "choice" else [*one["points"], *[0] * 99]
            asked_of = [said for (judge, _), said in mine.items() if said and row["entry"] not in barred[judge]]
            heard = [[word[0] for word in sorted(said, key=lambda word: int(word[2]))] for said in asked_of]
            marks = [worth[voice.index(row["entry"])] if row["entry"] in voice else 0 for voice in heard]
        if (row["marks"], row["score"]) != (len(marks), str(Fraction(sum(marks), len(marks)))):
            differ.append((one["id"], row["entry"]))
found = {"acknowledged": len(acked), "lost": len(lost), "doubled": len(doubled), "invented": len(invented), "differ": differ}
print(json.dumps(found | {"identical": not (lost or doubled or invented or differ)}))  # noqa: T201 — a program of its own
