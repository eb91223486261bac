"""What the papers say: a certificate's words, the awarded in the order of the reveal, the press table in code order."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from eventapp.awards import queries as awards
from eventapp.awards.published.queries import beside
from eventapp.models import Edition, Entry, Seal
from eventapp.rules.vertical import Piece, kanji_date, pieces

PAPERS = ("a4", "a3")
TILES = 62
WIDTH, HEIGHT, EDGE = 210.0, 297.0, 14.0  # mm of A4, and how far the frame's squares stand from the edge
ACROSS, DOWN = 13, 18  # squares along an edge: 13 + 18 + 13 + 18 = 62


@dataclass(frozen=True, slots=True)
class Certificate:
    """The words of one certificate; nothing in it is laid out. `squares`: (x mm, y mm, is it the recipient's)."""

    prize: str
    category: str
    names: tuple[tuple[Piece, ...], ...]
    title: tuple[Piece, ...]
    title_length: int
    text: tuple[Piece, ...]
    day: str
    office: str
    squares: tuple[tuple[float, float, bool], ...]
    label: str


def certificate(edition: Edition, entry: Entry, prize: str, *, ruby: bool) -> Certificate:
    """The certificate of an entry for a prize; joint entries name every body, each with its 殿."""
    known = next(one for one in edition.settings["prizes"] if one["code"] == prize)
    person = entry.applicant_type == "person"
    text = known.get("certificate_person") if person and known.get("certificate_person") else known["certificate"]
    names = [(entry.owner, str(entry.words.get("body_reading", "")))] if person else [(body.name, body.kana) for body in entry.bodies]
    title = str(entry.words.get("formal_ruby", "")) or entry.title
    office = edition.settings["event"].get("conferred_by", "").replace("(", "　").replace(")", "")
    return Certificate(
        prize=known["name"], category=entry.category.name,
        names=tuple((Piece(name, kana if ruby else ""),) for name, kana in names),
        title=pieces(title, ruby=ruby), title_length=len(entry.title),
        text=pieces(text), day=kanji_date(date.fromisoformat(edition.day)), office="".join(one.text for one in pieces(office)),
        squares=squares({body.position for body in entry.bodies if body.tile_column is not None}),
        label=f"{known['name']} {entry.owner} {entry.number}",
    )  # fmt: skip


def squares(own: Iterable[int]) -> tuple[tuple[float, float, bool], ...]:
    """The frame: one square per municipality in code order, anticlockwise from the top right; `own`: the recipients' positions."""
    wide, high = (WIDTH - 2 * EDGE) / ACROSS, (HEIGHT - 2 * EDGE) / DOWN
    right, bottom = WIDTH - EDGE, HEIGHT - EDGE
    top = [(right - step * wide, EDGE) for step in range(ACROSS)]
    left = [(EDGE, EDGE + step * high) for step in range(DOWN)]
    base = [(EDGE + step * wide, bottom) for step in range(ACROSS)]
    side = [(right, bottom - step * high) for step in range(DOWN)]
    gold = set(own)
    return tuple((round(x, 2), round(y, 2), place in gold) for place, (x, y) in enumerate([*top, *left, *base, *side], 1))


def sealed_certificates(edition: Edition, seal: Seal, *, ruby: bool) -> list[Certificate]:
    """All winners' certificates in the order of the reveal; for the ceremony pack's readers only."""
    given = {prize["id"]: prize["winners"] for prize in json.loads(seal.canonical)["prizes"]}
    return _certificates(edition, [(code, number) for code in awards.reveal_order(edition) for number in given.get(code, ())], ruby=ruby)


def revealed_certificates(edition: Edition, *, ruby: bool) -> list[Certificate]:
    """The certificates of the prizes made known so far."""
    told = [(one["prize"]["code"], winner["number"]) for one in awards.revealed(edition) for winner in one["winners"]]
    return _certificates(edition, told, ruby=ruby)


def _certificates(edition: Edition, given: Iterable[tuple[str, str]], *, ruby: bool) -> list[Certificate]:
    entries = {entry.number: entry for entry in awards.finalists(edition)}
    return [certificate(edition, entries[number], code, ruby=ruby) for code, number in given if number in entries]


def proofs(edition: Edition, *, only: str = "", ruby: bool = True) -> list[Certificate]:
    """A certificate for every finalist as a proof of its words, with its category's first prize: it knows no winner."""
    found = []
    for entry in awards.finalists(edition):
        prize = next((one["code"] for one in edition.settings["prizes"] if entry.category.code in one["scope"]), None)
        if prize is not None and entry.state != "withdrawn" and only in ("", entry.number):
            found.append(certificate(edition, entry, prize, ruby=ruby))
    return found


def awarded(edition: Edition) -> list[dict[str, Any]]:
    """The prizes made known so far with their winners, comments and corrections, in the order of the reveal."""
    return beside(edition, awards.revealed(edition))


def press(edition: Edition) -> list[dict[str, Any]]:
    """One line per winner and prize made known, in the official order of codes; a joint entry stands at its first body."""
    places = {body.code: body.position for entry in awards.finalists(edition) for body in entry.bodies}
    lines = [
        {
            "codes": sorted((body["code"] for body in winner["bodies"]), key=lambda code: places.get(code, 999)),
            "bodies": winner["owner"], "reading": winner["body_reading"],
            "prize": one["prize"]["name"], "category": winner["category_name"], "title": winner["title"],
            "short_title": winner["short_title"], "comment": winner["comment"], "number": winner["number"],
        }
        for one in awards.revealed(edition) for winner in one["winners"]
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (min((places.get(code, 999) for code in line["codes"]), default=999), line["prize"]))


def sealed_result(seal: Seal) -> dict[str, Any]:
    """The sealed result as it was signed, with its reasons; what was counted since does not touch it."""
    found: dict[str, Any] = json.loads(seal.canonical)
    said = json.loads(seal.explain)
    for prize in found["prizes"]:
        prize["explain"] = said.get(prize["id"], {"ja": "", "en": ""})
    return found


def is_complete(edition: Edition) -> bool:
    """Is every prize made known?"""
    return len(awards.revealed(edition)) == len(awards.reveal_order(edition))
