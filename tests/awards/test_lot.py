"""The public lot: promised before the votes are known, drawn once, and silent about ties, entries and winners."""

import hashlib
import re
import shlex
import subprocess

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventapp import journal
from eventapp.access import Role
from eventapp.admin.queries import edition_named, every_link
from eventapp.awards import queries
from eventapp.awards.lot import queries as lots
from eventapp.awards.lot.operations import draw_lot, promise_lot, say_words, void_lot
from eventapp.awards.operations import decide
from eventapp.extensions import db
from eventapp.models import Decision, Lot, Poll
from eventapp.rules import lot as rules
from eventapp.rules.refusal import Refusal
from tests.awards.day import actor, close_day, seal_day, sign_by, tied_votes
from tests.page import PageClient


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, match=f"^{code}$")


def enter(app: Flask, *roles: str) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    for role in roles:
        client.enter(every_link("http://localhost")[role])
    return client


def drawn() -> Lot:
    promise_lot(actor(Role.CHAIR))
    say_words(actor(Role.SECRETARIAT), words="3 5 1 檜原村")
    return draw_lot(actor(Role.SECRETARIAT))


def state() -> tuple[object, ...]:
    rows = [(row.number, row.commitment, row.words, row.nonce, row.voided_at) for row in lots.lots(edition_named(None))]
    return rows, db.session.scalar(select(func.count()).select_from(Decision)), journal.head(edition_named(None))


def test_the_words_of_the_hall_enter_plainly() -> None:
    assert rules.spoken("  ３　5\n１ ﾋﾉﾊﾗ ") == "3 5 1 ヒノハラ"


@pytest.mark.parametrize("words", ["", " \n ", "x" * 201, "3\x005"])
def test_words_that_are_none_are_refused(words: str) -> None:
    with refused("lot.wordless"):
        rules.spoken(words)


def test_promise_and_seed_are_what_sha256sum_prints() -> None:
    assert rules.commitment("ab") == hashlib.sha256(b"ab").hexdigest()
    assert rules.seed("ab", "3 5") == hashlib.sha256(b"ab\n3 5").hexdigest()


def test_the_promise_is_made_once_and_before_anything_is_open(app: Flask) -> None:
    first = promise_lot(actor(Role.CHAIR)).commitment

    assert promise_lot(actor(Role.SECRETARIAT)).commitment == first
    row = lots.living(edition_named(None))
    assert row is not None
    assert (row.nonce, row.seed, row.number) == ("", "", 1)
    line = journal.lines(edition_named(None))[-1]
    assert (line["act"], line["details"]["commitment"]) == ("lot.committed", first)  # type: ignore[index]


def test_the_promise_comes_first(app: Flask) -> None:
    close_day()
    with refused("lot.uncommitted"):
        say_words(actor(Role.CHAIR), words="3 5")
    with refused("lot.uncommitted"):
        draw_lot(actor(Role.CHAIR))


def test_words_wait_until_all_polls_are_closed(app: Flask) -> None:
    close_day()
    poll = db.session.scalars(select(Poll).where(Poll.contest == "idea")).one()
    poll.state, poll.closed_at, poll.closes_at = "open", None, None
    db.session.commit()
    promise_lot(actor(Role.CHAIR))
    before = state()

    with refused("lot.early"):
        say_words(actor(Role.CHAIR), words="3 5")
    with refused("lot.unworded"):
        draw_lot(actor(Role.CHAIR))
    assert state() == before


def test_one_promise_one_draw(app: Flask) -> None:
    close_day()
    row = drawn()
    before = state()

    assert rules.commitment(row.nonce) == row.commitment
    for again in (lambda: draw_lot(actor(Role.CHAIR)), lambda: void_lot(actor(Role.CHAIR), reason="別の種がよい")):
        with refused("lot.drawn"):
            again()
    with refused("lot.worded"):
        say_words(actor(Role.CHAIR), words="6 6")
    assert state() == before


def test_the_seed_is_the_decision_for_every_prize(app: Flask) -> None:
    close_day()
    row = drawn()

    decision = db.session.scalars(select(Decision)).one()
    assert (decision.prize, decision.step, decision.value) == ("", "lot", rules.seed(row.nonce, row.words))
    assert (row.nonce in decision.reason, row.words in decision.reason) == (True, True)
    assert "error" not in queries.tally_files(edition_named(None))["decisions.csv"].decode()


def test_words_are_not_said_twice_but_a_misheard_promise_is_taken_back_in_public(app: Flask) -> None:
    close_day()
    first = promise_lot(actor(Role.CHAIR)).commitment
    say_words(actor(Role.CHAIR), words="3 5")
    with refused("reason.omitted"):
        void_lot(actor(Role.CHAIR), reason=" ")
    with refused("reason.overlong"):
        void_lot(actor(Role.CHAIR), reason="x" * 401)

    second = void_lot(actor(Role.CHAIR), reason="聞き違い")

    assert (second.number, second.commitment != first, second.words) == (2, True, "")
    page = enter(app).get("/lot").get_data(as_text=True)
    assert ("聞き違い" in page, first in page, "3 5" in page) == (True, True, True)
    acts = [line["act"] for line in journal.lines(edition_named(None))][-2:]
    assert acts == ["lot.committed", "lot.voided"] or acts == ["lot.voided", "lot.committed"]


def test_a_changed_secret_opens_nothing(app: Flask) -> None:
    close_day()
    promise_lot(actor(Role.CHAIR))
    say_words(actor(Role.CHAIR), words="3 5")
    app.config["EVENTAPP_SECRET"] = b"another"

    with refused("lot.broken"):
        draw_lot(actor(Role.CHAIR))
    assert void_lot(actor(Role.CHAIR), reason="鍵を変えた").number == 2


def test_a_draw_voids_what_was_put_up_for_signing_and_waits_for_no_seal(app: Flask) -> None:
    close_day()
    promise_lot(actor(Role.CHAIR))
    say_words(actor(Role.CHAIR), words="3 5")
    sign_by(Role.CHAIR)

    draw_lot(actor(Role.CHAIR))

    assert queries.seal(edition_named(None)) is None
    seal_day()
    assert queries.sealed(edition_named(None)) is not None


def test_after_the_seal_nothing_is_drawn(app: Flask) -> None:
    close_day()
    promise_lot(actor(Role.CHAIR))
    say_words(actor(Role.CHAIR), words="3 5")
    seal_day()

    with refused("result.sealed"):
        draw_lot(actor(Role.CHAIR))


def test_the_printed_commands_recompute_promise_seed_and_the_value_of_each_tied_entry(app: Flask) -> None:
    edition = edition_named(None)
    close_day(tied_votes(edition))
    decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value="", reason="くじに委ねる")
    row = drawn()
    page = enter(app).get("/lot").get_data(as_text=True)
    block = re.search(r'<pre class="lot-commands".*?<code>(.*?)</code>', page, re.DOTALL)
    assert block is not None
    prize = next(one for one in queries.result(edition_named(None))["prizes"] if one["id"] == "dx-sprint")
    keys = prize["tie"]["steps"][-1]["keys"]
    entry = next(iter(keys))
    commands = block[1].replace("&#39;", "'").replace("PRIZE", "dx-sprint").replace("ENTRY", entry)
    script = commands.replace("printf '%s\n%s\n%s'", "printf '%s\\n%s\\n%s'")

    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)

    assert [line.split()[0] for line in done.stdout.splitlines()] == [row.commitment, row.seed, keys[entry]]
    assert shlex.quote(row.words) in commands


def test_the_lot_says_nothing_of_ties(app: Flask) -> None:
    """The same lot on a day with a tie and on one without: the same public page, but for its version."""
    edition = edition_named(None)
    pages = []
    for votes in (None, tied_votes(edition)):
        close_day(votes)
        for lot in db.session.scalars(select(Lot)):
            db.session.delete(lot)
        for decision in db.session.scalars(select(Decision)):
            db.session.delete(decision)
        db.session.commit()
        drawn()
        told = [enter(app).get(path).get_data(as_text=True) for path in ("/lot", "/lot?lang=en")]
        pages.append([re.sub(r'<meta name="live"[^>]*>', "", text) for text in told])
    assert pages[0] == pages[1]


@pytest.mark.parametrize("step", ["promise", "words", "draw", "void"])
@pytest.mark.parametrize("role", ["director", "mc", "auditor", "reception"])
def test_nobody_else_runs_the_lot(app: Flask, role: str, step: str) -> None:
    close_day()
    client = enter(app, role)
    before = state()

    assert client.form_post("/lot", f"/desk/lot/{step}", words="3", reason="x").status_code in (400, 401)
    assert state() == before


def test_a_refused_step_shows_the_page_and_keeps_the_words(app: Flask) -> None:
    close_day()
    client = enter(app, "secretariat")
    client.form_post("/desk/lot", "/desk/lot/promise")

    answer = client.form_post("/desk/lot", "/desk/lot/words?lang=en", words="x" * 201)

    assert (answer.status_code, "at most 200 characters" in answer.get_data(as_text=True)) == (422, True)
    assert client.form_post("/desk/lot", "/desk/lot/draw").status_code == 409


def test_public_page_and_hall_screen_follow_the_steps_without_a_cookie(app: Flask) -> None:
    close_day()
    public, director = enter(app), enter(app, "director")
    seen = []
    for step in (lambda: None, lambda: promise_lot(actor(Role.CHAIR)), lambda: say_words(actor(Role.CHAIR), words="檜原村 4 2"),
                 lambda: draw_lot(actor(Role.CHAIR))):  # fmt: skip
        step()
        page, screen = public.get("/lot"), director.get("/screen/lot")
        assert page.headers.get("Set-Cookie") is None
        seen.append(tuple(page.get_data(as_text=True).count(f'data-state="{name}"') for name in ("done", "now", "open")))
        assert screen.get_data(as_text=True).count('data-state="done"') == seen[-1][0]
    assert seen == [(0, 1, 2), (1, 1, 1), (2, 1, 0), (3, 0, 0)]
    assert "檜原村 4 2" in director.get("/screen/lot").get_data(as_text=True)
