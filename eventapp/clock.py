"""The only clock. An edition's clock is real time, or (demo and rehearsal) one of its own with an offset and a rate."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from eventapp.models import Edition

TOKYO = ZoneInfo("Asia/Tokyo")


def real() -> datetime:
    """Real time, aware, UTC: for network time-outs, sessions and leases."""
    return datetime.now(UTC)


def now(edition: Edition) -> datetime:
    """The edition's time, aware, UTC: for everything that happens on its day."""
    if edition.clock_real is None or edition.clock_base is None:
        return real()
    return edition.clock_base + (real() - edition.clock_real) * edition.clock_rate


def set_to(edition: Edition, at: datetime, rate: float = 1.0) -> None:
    """Let a demo or rehearsal edition's clock show `at` from this moment on; rate 0 stands still."""
    edition.clock_real, edition.clock_base, edition.clock_rate = real(), at, rate


def iso(at: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds and Z."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: object) -> datetime | None:
    """An aware instant from RFC 3339 text, or None when it is not one."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        at = datetime.fromisoformat(text)
        return None if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # OverflowError: the year 1 or 9999 with an offset
        return None


def local(at: datetime) -> datetime:
    """The same instant on the wall clock of Tokyo."""
    return at.astimezone(TOKYO)
