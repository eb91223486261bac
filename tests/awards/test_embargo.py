"""Two installations that differ only in ballots answer byte-equal until the reveal's step, and afterwards differ only there."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from eventapp import clock
from eventapp.admin.queries import edition_named, every_link
from eventapp.awards import queries
from eventapp.extensions import db
from tests.awards.day import close_day, seal_day, step
from tests.conftest import make_app
from tests.page import PageClient

PAGES = ("/", "/programme", "/results", "/results?lang=en", "/archive", "/director", "/director/reveal", "/mc", "/chair/result")
CHANNELS = ("/live/public", "/live/stage", "/live/overlay", "/live/crew", "/live/judge", "/live/chair")
NONCES = re.compile(r'(name="csrf_token" value|name="csrf-token" content|name="op_id" value)="[^"]*"')
VARYING = {"Set-Cookie", "Date", "X-Request-Id"}
Answers = dict[str, tuple[int, bytes, list[tuple[str, str]]]]


@contextmanager
def day_of(prepared: Path, data: Path, seed: int) -> Iterator[Flask]:
    """A copy of the prepared installation at the end of its day, with the ballots of a seed, sealed; its clock stands."""
    shutil.copytree(prepared, data)
    app = make_app(data)
    with app.app_context():
        close_day(seed=seed)
        seal_day()
        yield app
        db.session.remove()
        db.engine.dispose()


def answers(app: Flask) -> Answers:
    """Everything that public, judge, MC, director and screens may ask for; nonces and cookies aside."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    found = every_link("http://localhost")
    for link in (found["director"], found["mc"], found["judges"][0]["url"]):
        client.enter(link)
    told: Answers = {}
    for path in (*PAGES, *CHANNELS):
        response = client.get(path)
        headers = sorted((name, value) for name, value in response.headers.items() if name not in VARYING)
        told[path] = (response.status_code, NONCES.sub("", response.get_data(as_text=True)).encode(), headers)
    return told


def asked(prepared: Path, tmp_path: Path, seed: int, steps: list[int]) -> list[tuple[Answers, list[str]]]:
    """The answers after each so many steps, and the owners of the winners that were revealed by then."""
    told = []
    with day_of(prepared, tmp_path / f"seed-{seed}-{len(steps)}", seed) as app:
        for times in steps:
            step(times)
            shown = [one["winners"][0]["number"] for one in queries.revealed(edition_named(None))]
            told.append((answers(app), shown))
    return told


@pytest.fixture
def still(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Real time stands too, so that two installations are asked at the same instant."""
    instant = clock.real()
    monkeypatch.setattr(clock, "real", lambda: instant)
    return prepared


def test_until_the_winner_step_ballots_make_no_difference(still: Path, tmp_path: Path) -> None:
    steps = [0, 1, 1, 1]
    mine, theirs = asked(still, tmp_path, 1, steps), asked(still, tmp_path, 2, steps)

    for (first, _), (second, _) in zip(mine, theirs, strict=True):
        different = [path for path in first if first[path] != second[path]]
        assert different == []
    assert all(first[path][0] in (200, 401) for first, _ in mine for path in first)


def test_at_the_winner_step_they_differ_only_in_the_revealed_prize(still: Path, tmp_path: Path) -> None:
    (first, mine), (second, theirs) = asked(still, tmp_path, 1, [4])[0], asked(still, tmp_path, 2, [4])[0]

    assert mine != theirs
    assert "/live/public" in [path for path in first if first[path] != second[path]]
    one, other = (json.loads(told["/live/public"][1])["sections"] for told in (first, second))
    assert [name for name in one if one[name] != other[name]] == ["reveal"]
    assert {name for name in one["reveal"] if one["reveal"][name] != other["reveal"][name]} == {"winner", "winners", "revealed"}
    assert [told["/chair/result"][0] for told in (first, second)] == [401, 401]


def test_between_prizes_nothing_tells_of_the_next(still: Path, tmp_path: Path) -> None:
    """Known winners may stand anywhere; of the hidden ones, the public document names no more than it did as nominees."""
    with day_of(still, tmp_path / "day", 1) as app:
        step(4)
        public = json.loads(answers(app)["/live/public"][1])
        del public["sections"]["schedule"]
        seal = queries.sealed(edition_named(None))
        assert seal is not None
        hidden = {prize["id"]: prize["winners"][0] for prize in json.loads(seal.canonical)["prizes"] if prize["id"] != "ai-innovation"}
        nominees = [one["number"] for one in public["sections"]["reveal"].pop("nominees")]
        text = json.dumps(public, ensure_ascii=False)
        assert [number for number in hidden.values() if number in text and number not in nominees] == []


def test_nothing_of_a_result_reaches_the_log(still: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with day_of(still, tmp_path / "day", 1) as app, caplog.at_level("DEBUG"):
        step(3)
        answers(app)
        seal = queries.sealed(edition_named(None))
        assert seal is not None
        assert seal.hash not in caplog.text
        assert '"winners"' not in caplog.text
