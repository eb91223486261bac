"""Non-interference: two installations that differ only in their ballots cannot be told apart before the reveal's step.

Every GET route of the URL map, with the values its parts can have, and every channel is asked of both by everybody who is
outside the circle of the sealers; status, headers and body must be equal byte for byte. Only nonces are set aside: CSRF
tokens, operation ids, cookies, the date. The links are equal because both installations have one secret.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from eventapp import clock, schema
from eventapp.access import system
from eventapp.admin.queries import edition_named, every_link
from eventapp.awards.operations import reveal_next
from eventapp.demo import create_demo
from eventapp.doors import READERS
from eventapp.extensions import db
from eventapp.models import Block, Booth, Entry, Poll, Reveal
from eventapp.overlay.queries import SCENES
from eventapp.presets.ballots import ABSENT
from eventapp.rules.reveal import STEPS
from eventapp.work import operation
from tests.conftest import make_app
from tests.page import PageClient

NONCES = re.compile(r'(name="csrf_token" value|name="csrf-token" content|name="op_id" value)="[^"]*"|data-nonce="journal">.*?</dd>')
RECEIPT = re.compile(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b")  # random, and published without anything beside it
VARYING = {"Set-Cookie", "Date", "X-Request-Id"}
CLOSED_CIRCLE = ("chair", "deputy", "secretariat", "auditor")  # who may know before the reveal
SILENT = sorted(ABSENT)[0]  # a judge without a ballot: everything else on a tablet is the same for all of them
Answer = tuple[int, tuple[tuple[str, str], ...], str]


@dataclass
class Installation:
    """A demo of a seed, its clock standing, with a signed-in browser for every role outside the circle."""

    app: Flask
    visitors: dict[str, PageClient] = field(default_factory=dict)

    def __post_init__(self) -> None:
        links = every_link("http://localhost")
        seat = next(row for row in links["judges"] if row["seat"] == SILENT)
        doors = {
            "judge": seat["url"], "mc": links["mc"], "director": links["director"], "switcher": links["switcher"],
            "reception": links["reception"], "entrant": links["entrants"][0]["url"], "screener": links["screeners"][0]["url"],
        }  # fmt: skip
        for name in ("public", "screen", *doors):
            client = self.app.test_client()
            assert isinstance(client, PageClient)
            if name in doors:
                client.enter(doors[name])
            self.visitors[name] = client
        self.token = urlsplit(links["overlays"]["timer"]).query

    def ask(self, addresses: list[str]) -> dict[tuple[str, str], Answer]:
        """Every visitor's answers; what one process remembers of another installation is forgotten first."""
        told: dict[tuple[str, str], Answer] = {}
        for (who, client), address in product(self.visitors.items(), addresses):
            path = f"{address}{'&' if '?' in address else '?'}{self.token}" if who == "screen" else address
            response = client.get(path)
            headers = tuple(sorted((name, value) for name, value in response.headers.items() if name not in VARYING))
            told[who, address] = (response.status_code, headers, RECEIPT.sub("", NONCES.sub("", response.get_data(as_text=True))))
        return told


def addresses(app: Flask) -> list[str]:
    """Every GET address: each rule with every value that its parts can have, public pages in English too."""
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        names = sorted(rule.arguments)
        for values in product(*(values_of(str(rule), name) for name in names)):
            path = str(rule)
            for name, value in zip(names, values, strict=True):
                path = re.sub(rf"<(\w+:)?{name}>", value, path)
            found.append(path)
    return found + [f"{path}?lang=en" for path in ("/", "/programme", "/results", "/archive", "/judge", "/receipts", "/judge/receipts")]


def values_of(rule: str, name: str) -> list[str]:
    """The values that a part of an address can have; a new part must be named here."""
    edition = edition_named(None)
    numbers = list(db.session.scalars(select(Entry.number).where(Entry.edition_id == edition.id, Entry.outcome == "finalist")))
    known: dict[str, Any] = {
        "channel": sorted(READERS),
        "scene": sorted(SCENES),
        "slug": ["connect-day-2024", edition.slug],
        "contest": sorted(db.session.scalars(select(Poll.contest).where(Poll.edition_id == edition.id))),
        "entry": sorted(numbers)[:3],
        "paper": ["2222-2222"],
        "seat": [SILENT],
        "sheet": sorted(numbers)[:1],
        "line": ["1"],
        "number": ["1"],
        "token": [urlsplit(every_link("")["mc"]).path.rsplit("/", 1)[1], "1-AAAAAAAAAAAAAAAAAAAAAAAAAA"],
    }
    codes = Block.code if rule.startswith("/s/") else Booth.code
    return known[name] if name != "code" else sorted(db.session.scalars(select(codes).where(codes.class_.edition_id == edition.id)))


@pytest.fixture
def instant(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Real time stands, so that two installations are made and asked at the same instant."""
    at = clock.real()
    monkeypatch.setattr(clock, "real", lambda: at)
    return at


@contextmanager
def installation(data: Path, at: str, seed: int) -> Iterator[Installation]:
    """A demo at a moment of its year with the ballots of a seed."""
    data.mkdir(parents=True)
    (data / "secret").write_text("5a" * 32)
    app = make_app(data)
    schema.upgrade(app)
    with app.app_context():
        stop_clock(system(create_demo(at=at, seed=seed)))
        yield Installation(app)
        db.session.remove()
        db.engine.dispose()


@operation(None)
def stop_clock(actor: Any) -> None:
    clock.set_to(actor.edition, clock.now(actor.edition), 0)


def step() -> tuple[int, str]:
    """The director goes one step on."""
    edition = edition_named(None)
    row = db.session.get(Reveal, edition.id)
    answer = reveal_next(system(edition), from_=[row.n, row.step] if row and row.step != "idle" else None)
    return answer["n"], answer["step"]


Told = dict[tuple[str, str], Answer]


def different(one: Told, other: Told) -> list[str]:
    """Who can tell the two apart, where, and by what."""
    assert one.keys() == other.keys()
    pairs = {key: (one[key], other[key]) for key in one if one[key] != other[key]}
    return [f"{who} {path}: {first[0]} {words(first, second)}" for (who, path), (first, second) in pairs.items()]


def words(one: Answer, other: Answer) -> str:
    """The beginning of the first difference."""
    mine, theirs = repr(one), repr(other)
    place = next((n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), 0)
    return f"…{mine[max(0, place - 80) : place + 80]}… / …{theirs[max(0, place - 20) : place + 80]}…"


def said(told: Told) -> int:
    """How many of the answers were pages or documents, not refusals."""
    return sum(status == 200 for status, _, _ in told.values())


def test_while_polls_are_open_ballots_make_no_difference(instant: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for seed in (1, 2):
        with installation(tmp_path / str(seed), "live", seed) as found:
            told.append(found.ask(addresses(found.app)))
    assert different(*told) == []
    assert said(told[0]) > 100
    with capsys.disabled():
        print(f"\nlive: {len(told[0])} responses compared, {said(told[0])} of them answered")  # noqa: T201


REVEALING = [f"/live/{name}" for name in sorted(READERS)] + ["/", "/results", "/results?lang=en", "/archive", "/director/reveal", "/mc"]


def test_until_its_step_no_winner_makes_a_difference(instant: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All addresses before the first step; then every step of the reveal on all that show it: equal but for what is revealed."""
    told: list[list[tuple[tuple[int, str], Told]]] = []
    for seed in (1, 2):
        with installation(tmp_path / str(seed), "results", seed) as found:
            rounds = [((0, "idle"), found.ask(addresses(found.app)))]
            for _ in range(2 * len(STEPS)):
                at = step()
                rounds.append((at, found.ask(REVEALING)))
            told.append(rounds)
    compared = 0
    for (at, one), (_, other) in zip(*told, strict=True):
        compared += len(one)
        if at[0] == 0 and at[1] != "winner":
            assert different(one, other) == [], at
        else:
            assert {path for _, path in one if (one["public", path] != other["public", path])} <= {*REVEALING}
            assert different(masked(one), masked(other)) == [], at
    with capsys.disabled():
        print(f"\nresults: {compared} responses compared")  # noqa: T201
    assert told[0][4][1]["public", "/live/public"] != told[1][4][1]["public", "/live/public"]


def masked(told: Told) -> Told:
    """The channels without what has been revealed; pages stand aside, their lists of winners have no fixed place."""
    found: Told = {}
    for (who, path), (status, headers, body) in told.items():
        if path.startswith("/live/"):
            kept = tuple(one for one in headers if one[0] != "Content-Length")
            found[who, path] = (status, kept, without_winners(body))
    return found


def without_winners(body: str) -> str:
    document = json.loads(body)
    sections = document.get("sections", {})
    for name in ("winner", "winners", "revealed"):
        sections.get("reveal", {}).pop(name, None)
    sections.pop("layers", None)
    return repr(document)
