"""Both counts give the same canonical bytes over random elections; `tests.rules.elections` runs more of them."""

from __future__ import annotations

from collections import Counter

import pytest

from eventapp.rules.recount import canonical_bytes
from tests.rules.counts import by_command, by_recount
from tests.rules.elections import canonical, election


@pytest.mark.parametrize("block", range(10))
def test_two_counts_agree(block: int) -> None:
    for seed in range(30 * block, 30 * block + 30):
        files = election(seed)
        assert canonical(by_recount(files)) == canonical(by_command(files)), f"seed {seed}"


def test_writing_the_same_election_differently_changes_nothing() -> None:
    for seed in range(60):
        assert canonical(by_recount(election(seed, 1))) == canonical(by_recount(election(seed, 2))), f"seed {seed}"


def test_recount_returns_exactly_the_canonical_content() -> None:
    for seed in range(60):
        result = by_recount(election(seed))
        assert canonical_bytes(result) == canonical(result), f"seed {seed}"


def test_elections_reach_every_outcome_and_every_step() -> None:
    seen: Counter[str] = Counter()
    for seed in range(300):
        result = by_recount(election(seed))
        for contest in result["contests"]:
            seen.update([contest["status"], *(item["reason"] for item in contest["struck"])])
            seen.update(key for key in ("late", "invalid", "unranked") if contest[key])
        for prize in result["prizes"]:
            seen[prize["status"]] += 1
            seen["passed over"] += bool(prize["passed_over"])
            tie = prize["tie"] or {"steps": [], "decided_by": None}
            seen.update(step["step"].partition(":")[0] for step in tie["steps"])
            seen[f"by {(tie['decided_by'] or '').partition(':')[0]}"] += 1
    steps = {"firsts", "countback", "criterion", "head-to-head", "chair", "lot", "share"}
    wanted = {"ok", "inquorate", "withdrawn", "scope", "recused", "late", "invalid", "unranked", "passed over"}
    wanted |= {"awarded", "partial", "none", "pending", "tied", "waiting"} | steps | {f"by {step}" for step in steps}
    assert {name for name in wanted if seen[name] < 3} == set()
