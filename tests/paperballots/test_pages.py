"""The pages of paper ballots by plain forms, for every method, and who sees what was typed."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from eventapp import links
from eventapp.admin.queries import every_link
from eventapp.extensions import db
from eventapp.models import Ballot, Link
from eventapp.voting.polls import close_due_polls
from tests.page import PageClient
from tests.paperballots.test_paper import METHODS, RULES, names
from tests.voting.factories import (
    CONTEST,
    edition,
    entries,
    free_for,
    later,
    office,
    opened,
    poll,
    put,
    recused_seat,
    select_finalists,
    sit,
)  # fmt: skip


@pytest.fixture(autouse=True)
def finalists(app: Flask) -> None:
    select_finalists()


def enter(app: Flask, role: str, n: int = 0) -> PageClient:
    """The n-th person of a role, in a browser of its own."""
    query = select(Link).where(Link.edition_id == edition().id, Link.role == role).order_by(Link.id)
    link = list(db.session.scalars(query))[n]
    client = app.test_client()
    assert isinstance(client, PageClient)
    assert client.enter(f"/link/{links.token_of(link)}").status_code == 303
    return client


def printed(client: PageClient, label: str = "A-01") -> str:
    """Print a seat's sheet through the form; its code as the sheet says it."""
    answer = client.form_post("/desk/papers", contest=CONTEST, which="named", seats=label)
    assert (answer.status_code, answer.location) == (303, f"/desk/papers/{CONTEST}/sheets?seat={label}")
    return re.search(r'paper__code">([0-9A-Z-]{9})<', client.get(answer.location).get_data(as_text=True))[1]  # type: ignore[index]


def fields(method: str, first: str, second: str) -> dict[str, str]:
    return {
        "choice": {"chosen": first}, "points": {f"rank-{second}": "2", f"rank-{first}": "1"},
        "score": {f"mark-{first}-impact": "4"}, "grade": {f"grade-{first}": "A"},
    }[method]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_two_people_type_a_sheet_by_plain_forms(app: Flask, method: str) -> None:
    edition().rules_toml = RULES.format(method=METHODS[method][0]).replace("recuse_own = false", "prizes = []")
    db.session.commit()
    opened()
    one, other = enter(app, "secretariat", 0), enter(app, "secretariat", 1)
    code = printed(one)
    page = f"/desk/papers/{code}"
    assert one.form_post(page, f"{page}/collect").status_code == 303
    typed = fields(method, *names()[:2])
    assert one.form_post(page, f"{page}/key", **typed).status_code == 303
    assert "もう1人の入力を待っています" in one.get(page).get_data(as_text=True)
    assert other.form_post(page, f"{page}/key", **typed).status_code == 303
    row = db.session.scalars(select(Ballot)).first()
    assert row is not None
    assert row.receipt in other.get(page).get_data(as_text=True)


def test_a_sheet_strikes_own_entries_and_says_whose_it_is(app: Flask) -> None:
    label, own = recused_seat()
    client = enter(app, "secretariat")
    code = printed(client, label)
    sheet = client.get(f"/desk/papers/{CONTEST}/sheets").get_data(as_text=True)
    struck = re.search(rf"<tr data-struck>.*?{own}.*?</tr>", sheet, flags=re.S)
    assert struck
    assert "除斥" in struck[0]
    assert sheet.count("<tr data-struck>") == len(entries()) - len(free_for(sit(label)))
    assert f"席{label}の投票用紙" in sheet
    assert code in sheet


def test_nobody_else_sees_what_was_typed(app: Flask) -> None:
    opened()
    one, other = enter(app, "secretariat", 0), enter(app, "secretariat", 1)
    code = printed(one)
    page = f"/desk/papers/{code}"
    one.form_post(page, f"{page}/collect")
    one.form_post(page, f"{page}/key", **fields("points", *names()[:2]))
    typed = re.compile(rf'name="rank-{names()[0]}" value="1"')
    assert typed.search(one.get(page).get_data(as_text=True))
    assert not typed.search(other.get(page).get_data(as_text=True))
    for role in ("auditor", "chair"):
        told = enter(app, role).get(f"/{role}/papers").get_data(as_text=True)
        assert code in told
        assert names()[0] not in told
    other.form_post(page, f"{page}/key", **fields("points", *names()[:2]))
    assert not typed.search(one.get(page).get_data(as_text=True))


@pytest.mark.parametrize(("given", "status"), [
    ({}, 422), ({"blank": "1", "rank-X": "1"}, 303), ({"rank0": "x"}, 422), ({"rank": "１２"}, 422), ({"rank": "4"}, 422),
    ({"rank": "-1"}, 422), ({"rank": "1e9"}, 422), ({"rank": "<script>"}, 422),
])  # fmt: skip
def test_odd_input_is_refused_in_words_and_stores_nothing(app: Flask, given: dict[str, str], status: int) -> None:
    opened()
    client = enter(app, "secretariat")
    code = printed(client)
    page = f"/desk/papers/{code}"
    client.form_post(page, f"{page}/collect")
    typed = {(f"rank-{names()[0]}" if name == "rank" else name): value for name, value in given.items()}
    assert client.form_post(page, f"{page}/key", **typed).status_code == status
    assert db.session.scalars(select(Ballot)).all() == []


def test_unknown_sheets_and_seats_and_times_are_refused(app: Flask) -> None:
    opened()
    client = enter(app, "secretariat")
    code = printed(client)
    assert client.get("/desk/papers/ZZZZ-ZZZZ").status_code == 404
    assert client.get(f"/desk/papers/{code}?seat=A-02").status_code == 404
    assert client.get(f"/desk/papers?code={code.lower().replace('-', '')}").location == f"/desk/papers/{code}"
    assert client.get("/desk/papers?code=nothing").status_code == 404
    assert client.form_post("/desk/papers", contest=CONTEST, which="named", seats="A-01 Z-99").status_code == 404
    assert client.form_post("/desk/papers", contest="nothing", which="all").status_code == 404
    for at in ("25:00", "now", "23:59:59", "00:00:00"):
        assert client.form_post(f"/desk/papers/{code}", f"/desk/papers/{code}/collect", at=at).status_code == 422
    director = enter(app, "director")
    assert director.get("/desk/papers").status_code == 401


# --- the desk of the polls --------------------------------------------------------------------------------------------------


def test_the_whole_life_of_a_poll_by_plain_forms(app: Flask) -> None:
    client = enter(app, "secretariat")
    act = f"/desk/polls/{CONTEST}"
    answer = client.form_post("/desk/polls", f"{act}/report")
    assert (answer.status_code, answer.location) == (303, f"{act}/zero")
    report = client.get(answer.location).get_data(as_text=True)
    sha = str(edition().rules_sha256)
    assert sha[:4] in report
    assert "投じられた票 <b class=\"num\">0</b>票" in report
    assert "事務局" in report
    assert client.form_post(answer.location, f"{act}/open", **{"from": "zero"}).status_code == 303
    judge = sit("A-01")
    sit("A-02")
    put(judge, free_for(judge)[:1])
    shown = client.get("/desk/polls").get_data(as_text=True)
    assert [name for name in entries() if name in shown] == []
    assert client.form_post("/desk/polls", f"{act}/nudge").status_code == 303
    assert client.form_post("/desk/polls", f"{act}/close", **{"from": "open"}).status_code == 303
    assert client.form_post("/desk/polls", f"{act}/cancel_close", reason="発表が続いている").status_code == 303
    assert client.form_post("/desk/polls", f"{act}/close", **{"from": "open"}).status_code == 303
    later(121)
    close_due_polls(office())
    assert client.form_post("/desk/polls", f"{act}/reopen", reason="").status_code == 422
    assert client.form_post("/desk/polls", f"{act}/reopen", reason="機器の故障").status_code == 303
    assert poll().state == "open"


def test_a_zero_report_is_there_only_after_it_was_made(app: Flask) -> None:
    client = enter(app, "director")
    assert client.get(f"/director/polls/{CONTEST}/zero").status_code == 404
    assert client.form_post("/director/polls", f"/director/polls/{CONTEST}/report").status_code == 303
    assert client.get(f"/director/polls/{CONTEST}/zero").status_code == 200
    assert client.get("/director/polls/nothing/zero").status_code == 404


def test_a_seat_becomes_remote_and_its_tablet_says_so(app: Flask) -> None:
    client = enter(app, "secretariat")
    assert client.form_post("/desk/polls", "/desk/remote", seat="a-01", remote="1").status_code == 303
    assert client.form_post("/desk/polls", "/desk/remote", seat="Z-99", remote="1").status_code == 404
    judge = app.test_client()
    assert isinstance(judge, PageClient)
    judge.enter(next(row["url"] for row in every_link("http://localhost")["judges"] if row["seat"] == "A-01"))
    assert "遠隔の席です" in judge.get("/judge").get_data(as_text=True)
    client.form_post("/desk/polls", "/desk/remote", seat="A-01", remote="0")
    assert "遠隔の席です" not in judge.get("/judge").get_data(as_text=True)
