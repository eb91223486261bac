"""Editions as data: Connect Day 2025, the published winners of 2024, the 62 municipalities, demo data.

Everything is checked when it is loaded; what does not fit raises ValueError with a sentence.
"""

from functools import cache
from pathlib import Path

from eventapp.presets.edition import read_edition
from eventapp.presets.reading import check, read_json, record, records
from eventapp.presets.sample import read_sample
from eventapp.presets.shapes import Archive, Edition, Municipality, Sample

PRESETS = Path(__file__).parent
COUNTS = {"ward": 23, "city": 26, "town": 5, "village": 8}

__all__ = [
    "Archive",
    "Edition",
    "Municipality",
    "Sample",
    "load_archive",
    "load_edition",
    "load_sample",
    "municipalities",
]


@cache
def municipalities() -> tuple[Municipality, ...]:
    """The 62 municipalities of Tokyo in official code order."""
    places = records(Municipality, read_json(PRESETS / "municipalities.json")["municipalities"], "municipalities")
    counts = {kind: sum(place.kind == kind for place in places) for kind in COUNTS}
    check(counts == COUNTS, f"There must be 23 wards, 26 cities, 5 towns and 8 villages, not {counts}.")
    codes = [place.code for place in places]
    check(codes == sorted(set(codes)), "Codes must be in order, once each.")
    for place in places:
        check(place.code == place.code[:5] + check_digit(place.code[:5]), f"The code {place.code} is mistyped.")
    return places


def check_digit(five: str) -> str:
    """The sixth digit of a local government code (JIS X 0402: weights 6 to 2, modulo 11)."""
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


@cache
def load_edition(slug: str, *, root: Path = PRESETS) -> Edition:
    """The edition in `root/slug`: edition.json, rules.toml, questions.json, screening.json."""
    edition = read_edition(root / slug)
    check(edition.event.slug == slug, f"The folder {slug} holds the edition {edition.event.slug}.")
    return edition


@cache
def load_sample(slug: str, *, root: Path = PRESETS) -> Sample:
    """The demo data of an edition, `root/slug/sample.json`, with every answer written out."""
    places = {place.code: place for place in municipalities()}
    return read_sample(root / slug / "sample.json", load_edition(slug, root=root), places)


@cache
def load_archive(slug: str, *, root: Path = PRESETS) -> Archive:
    """An earlier edition of which only the published winners are known, `root/slug/archive.json`."""
    content = read_json(root / slug / "archive.json")
    about = {key: value for key, value in content.items() if key not in ("schema", "source")}
    archive = record(Archive, about, "archive")
    unknown = {winner.body for winner in archive.winners} - {place.code for place in municipalities()}
    check(not unknown, f"A winner of {slug} is a body that does not exist.")
    return archive
