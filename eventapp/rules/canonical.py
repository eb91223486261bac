"""The canonical form of a result: what is compared between programs, hashed and signed (tally/1, section 6)."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

_CONTEST = ("id", "status", "present", "counted", "late", "invalid", "unranked")
_STRUCK = ("judge", "entry", "reason")
_ROW = ("rank", "entry", "marks", "score", "grade", "above", "below")
_PRIZE = ("id", "status", "winners", "passed_over", "needs")
_TIE = ("entries", "seats", "decided_by")
_STEP = ("step", "keys")


def canonical(result: Mapping[str, Any]) -> bytes:
    """The result's canonical form: exactly the keys of the format except `explain`, whatever else a program adds."""
    return canonical_json(
        {
            "format": result["format"],
            "contests": [_contest(contest) for contest in result["contests"]],
            "prizes": [_prize(prize) for prize in result["prizes"]],
        }
    )


def digest(result: Mapping[str, Any]) -> str:
    """The SHA-256 of the canonical form, in hex."""
    return sha256(canonical(result)).hexdigest()


def canonical_json(value: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys, without spaces, in UTF-8, with one LF at the end; ValueError for NaN and infinity."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()


def _only(names: tuple[str, ...], mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {name: mapping[name] for name in names if name in mapping}


def _contest(contest: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_only(_CONTEST, contest),
        "struck": [_only(_STRUCK, mark) for mark in contest["struck"]],
        "standing": [_only(_ROW, row) for row in contest["standing"]],
    }


def _prize(prize: Mapping[str, Any]) -> dict[str, Any]:
    tie = prize["tie"]
    if tie is not None:
        tie = {**_only(_TIE, tie), "steps": [_only(_STEP, step) for step in tie["steps"]]}
    return {**_only(_PRIZE, prize), "tie": tie}
