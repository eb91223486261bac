"""The second count: written from the tally/1 document alone, to check the first one with.

Promise: shares no code with the main count and prefers the shortest way from sentence to code over speed.
`recount_files` reads, `recount_contest` is section 4, `recount_prizes` is section 5.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from eventapp.rules.recount_contest import Counted
from eventapp.rules.recount_files import read_election
from eventapp.rules.recount_prizes import award_prizes


def recount(
    rules: bytes, judges: bytes, entries: bytes, ballots: bytes, decisions: bytes | None = None
) -> dict[str, Any]:
    """Count the files and award the prizes: the object of section 6 without `explain`.

    Promise: exact for acceptable files; files that cannot be counted raise ValueError.
    """
    digits = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)  # a number of any length is exact
    try:
        election = read_election(rules, judges, entries, ballots, decisions)
        counts = [Counted(election, contest) for contest in election.contests]
        return {
            "format": "tally/1",
            "contests": [count.report() for count in counts],
            "prizes": award_prizes(election, {count.contest.id: count for count in counts}),
        }
    except (LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"the files cannot be counted: {error!r}") from error
    finally:
        sys.set_int_max_str_digits(digits)


def canonical_bytes(result: dict[str, Any]) -> bytes:
    """The canonical form of a result that has exactly the canonical keys."""
    return json.dumps(result, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
