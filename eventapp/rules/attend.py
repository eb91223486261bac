"""Visits: a code at a session, booth or entry is scanned, and counted once per device and target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Scan:
    """One append-only row: which device scanned which target, and when; `nonce` tells a repeated row from a new one."""

    nonce: str
    device: str
    target: str
    at: datetime


def visits(scans: Iterable[Scan]) -> tuple[Scan, ...]:
    """The first scan of each device at each target, in the order of time; rows sent twice count once.

    Does not depend on the order in which the rows arrived.
    """
    first: dict[tuple[str, str], Scan] = {}
    for scan in sorted(scans, key=lambda s: (s.at, s.nonce, s.device, s.target)):
        first.setdefault((scan.device, scan.target), scan)
    return tuple(first.values())


def is_visit(scan: Scan, earlier: Iterable[Scan]) -> bool:
    """Is this scan the device's first at its target?"""
    return all((one.device, one.target) != (scan.device, scan.target) for one in earlier)


def visitors(scans: Iterable[Scan]) -> dict[str, int]:
    """Visits per target, each device once; targets in the order of their ids."""
    counts = Counter(scan.target for scan in visits(scans))
    return dict(sorted(counts.items()))
