"""What a rehearsal finds: lost, invented and doubled votes, other choices, prizes without or with a shared winner."""

import json
from typing import Any

import pytest

from eventapp.rehearsal import proof
from eventapp.rehearsal.judges import Acknowledged

HEAD = "seq,judge,contest,entry,criterion,value,cast_at,received_at"


def files(*rows: str) -> dict[str, bytes]:
    return {"ballots.csv": "\n".join([HEAD, *rows, ""]).encode()}


def ack(rev: int, *ranking: str, receipt: str = "R1") -> Acknowledged:
    return Acknowledged("idea", "A-01", (1, rev), {"ranking": list(ranking)}, receipt)


BOTH = ("1,A-01,idea,I-002,,1,t,t", "2,A-01,idea,I-001,,1,t,t", "2,A-01,idea,I-002,,2,t,t")


def test_the_newest_acknowledged_version_counts() -> None:
    assert proof.vote_findings(files(*BOTH), [ack(2, "I-001", "I-002", receipt="R2"), ack(1, "I-002")]) == []


def test_an_abstention_is_a_ballot() -> None:
    assert proof.vote_findings(files("1,A-01,idea,,,,t,t"), [ack(1)]) == []


@pytest.mark.parametrize(
    ("rows", "kept", "finding"),
    [
        ((), [ack(1, "I-001")], "lost: A-01 in idea"),
        (("1,A-01,idea,I-001,,1,t,t",), [], "invented: A-01 in idea"),
        (("1,A-01,idea,I-002,,1,t,t",), [ack(1, "I-001")], "A-01 in idea: acknowledged ['I-001'], counted ['I-002']"),
        (
            ("1,A-01,idea,I-001,,1,t,t", "2,A-01,idea,I-001,,1,t,t"), [ack(1, "I-001")],
            "A-01 in idea: 1 versions were acknowledged, 2 are kept",
        ),
    ],
)  # fmt: skip
def test_a_difference_is_found(rows: tuple[str, ...], kept: list[Acknowledged], finding: str) -> None:
    assert proof.vote_findings(files(*rows), kept) == [finding]


def prizes(**winners: list[str]) -> dict[str, bytes]:
    result: dict[str, Any] = {"prizes": [{"id": prize, "winners": names} for prize, names in winners.items()]}
    return {"result.json": json.dumps(result).encode()}


def test_every_prize_has_its_own_winner() -> None:
    assert proof.prize_findings(prizes(grand=["I-001"], excellence=["I-002"])) == []
    assert proof.prize_findings(prizes(grand=["I-001"], excellence=["I-001"])) == ["an entry has two prizes"]
    assert proof.prize_findings(prizes(grand=[])) == ["grand: 0 winners"]
