"""What lies under a number of the sealed result: the marks by judge, and every version of the ballots that gave them.

Everything is counted again from the sealed files; only receipts are looked up beside them.
"""

import csv
import io
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from eventapp.awards.queries import FILES
from eventapp.extensions import db
from eventapp.models import BallotVersion, Edition, Poll, Seal, Seat
from eventapp.rules.refusal import Refusal
from eventapp.rules.tally import Standing, count
from eventapp.rules.tally_files import parse_files
from eventapp.rules.tally_model import Case


def case_of(seal: Seal) -> Case:
    """The files that were sealed, read again."""
    return parse_files(*(str(seal.files[name]).encode() for name in FILES))


def sealed_result(seal: Seal) -> dict[str, Any]:
    """The canonical result as it was signed."""
    found: dict[str, Any] = json.loads(seal.canonical)
    return found


def opened(edition: Edition, seal: Seal, *, contest: str, entry: str) -> dict[str, Any]:
    """The marks on an entry in a contest, judge by judge, with the ballots' versions; refuses `page.missing` for what is not there."""
    case = case_of(seal)
    standing = count(case.rulebook, case.judges, case.entries, case.submissions).get(contest)
    if standing is None or entry not in standing.eligible:
        raise Refusal("page.missing")
    versions = _versions(edition, case, standing, entry=entry)
    struck = {mark.judge: mark.reason for mark in standing.poll.struck if mark.entry == entry}
    eligible = set(standing.eligible[entry])
    names = {row["judge"]: row["name"] for row in csv.DictReader(io.StringIO(str(seal.files["judges.csv"])))}
    judges = [
        {
            "judge": judge.id, "name": names.get(judge.id, ""), "group": judge.group, "eligible": judge.id in eligible,
            "struck": struck.get(judge.id, ""), "recused": entry in standing.electorate.recused[judge.id],
            "counted": judge.id in standing.poll.marks, "versions": versions.get(judge.id, []), **_mark(standing, judge.id, entry),
        }
        for judge in case.judges
    ]  # fmt: skip
    return {
        "contest": contest, "entry": entry, "method": standing.contest.method, "judges": judges,
        "criteria": [one.id for one in standing.contest.criteria], "row": next((row for row in standing.rows if row.entry == entry), None),
        "groups": _groups(standing, judges), "grouped": case.rulebook.groups is not None, "plain": _is_plain_mean(standing),
    }  # fmt: skip


def _mark(standing: Standing, judge: str, entry: str) -> dict[str, Any]:
    """The judge's remaining mark on the entry, and what it is worth; None where there is none."""
    contest, mark = standing.contest, standing.poll.marks.get(judge, {}).get(entry)
    values = standing.poll.values.get(judge, {}).get(entry, ()) if mark is not None else ()
    if contest.method == "points":
        worth = contest.points[int(mark) - 1] if mark is not None and mark <= len(contest.points) else 0
        return {"mark": mark, "worth": worth, "values": (), "grade": ""}
    if contest.method == "grade":
        return {"mark": mark, "worth": mark, "values": (), "grade": contest.grades[int(mark)] if mark is not None else ""}
    return {"mark": mark, "worth": mark if mark is not None else 0, "values": values, "grade": ""}


def _is_plain_mean(standing: Standing) -> bool:
    """Is the score the plain mean of what the marks are worth, so that the page may show sum and number?"""
    contest = standing.contest
    return contest.method != "grade" and contest.count == "mean" and not contest.trim and contest.normalise == "none"


def _groups(standing: Standing, judges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sum, number and mean of the eligible judges' values by group; one group without a name when there are no groups."""
    values = [(one["judge"], one["worth"] or 0) for one in judges if one["eligible"]]
    return [
        {"group": group, "sum": sum(worth), "of": len(worth), "mean": str(Fraction(sum(worth), len(worth))),
         "weight": standing.electorate.weights[group]}
        for group, worth in sorted(standing.electorate.grouped(values).items())
    ]  # fmt: skip


def _versions(edition: Edition, case: Case, standing: Standing, *, entry: str) -> dict[str, list[dict[str, Any]]]:
    """Every sealed version that can speak of the entry, by judge, oldest first, with what the count made of it."""
    known = {submission.seq for submission in case.submissions}
    late, invalid = set(standing.poll.late), set(standing.poll.invalid)
    query = (
        select(BallotVersion, Seat.label)
        .join(Poll, Poll.id == BallotVersion.poll_id)
        .join(Seat, Seat.id == BallotVersion.seat_id)
        .where(Poll.edition_id == edition.id, Poll.contest == standing.contest.id, BallotVersion.unit.in_(("", entry)))
        .order_by(BallotVersion.id)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for version, label in db.session.execute(query):
        if version.id in known:
            found.setdefault(label, []).append({
                "seq": version.id, "saved_at": version.saved_at, "received_at": version.received_at, "delayed": version.delayed,
                "receipt": version.receipt, "body": _words(json.loads(version.body)),
                "state": "late" if version.id in late else "invalid" if version.id in invalid else "superseded",
            })  # fmt: skip
    for versions in found.values():
        last = next((one for one in reversed(versions) if one["state"] != "late"), None)
        if last is not None and last["state"] == "superseded":
            last["state"] = "counts"
    return found


def _words(body: Mapping[str, Any]) -> str:
    """What a ballot says, in one line."""
    for key, separator in (("ranking", " > "), ("entries", " ")):
        if key in body:
            return separator.join(map(str, body[key])) or "—"
    if "marks" in body:
        return " ".join(f"{name}={value}" for name, value in sorted(body["marks"].items())) or "—"
    return str(body.get("grade") or "—")
