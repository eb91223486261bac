"""The three doors of a ballot give the same, the pages work without a script, and nobody else gets in."""

import contextvars
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventapp import reports
from eventapp.access import Role
from eventapp.accounts.operations import make_link
from eventapp.admin.queries import every_link
from eventapp.extensions import db, socketio
from eventapp.models import Ballot, BallotVersion, Nudge
from eventapp.rules.ranking import Tapped, choose, tap
from eventapp.voting.polls import close_poll
from tests.page import PageClient, csrf_of, parse
from tests.voting.factories import CONTEST, edition, entries, free_for, later, office, opened, payload, poll, put, recused_seat, seat, sit


@pytest.fixture
def tablet(app: Flask, client: PageClient) -> PageClient:
    """A browser signed in by the card of seat A-01, the poll open."""
    opened()
    link = next(judge for judge in every_link("http://localhost")["judges"] if judge["seat"] == "A-01")
    assert client.enter(link["url"]).status_code == 303
    return client


def stored() -> Any:
    db.session.expire_all()
    row = db.session.scalars(select(Ballot)).first()
    return row and json.loads(row.body)


def names() -> list[str]:
    own = {body.code for body in seat("A-01").bodies}
    assert own == set()
    return entries()


def test_by_post(tablet: PageClient) -> None:
    token = csrf_of(tablet.get("/judge").get_data(as_text=True))
    sent = payload(names()[:2])
    answers = [tablet.post(f"/judge/ballots/{sent['op_id']}", json=sent, headers={"X-CSRF-Token": token}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].get_json() == answers[1].get_json()
    assert stored() == {"ranking": names()[:2]}


@pytest.mark.parametrize(("body", "type_"), [("{", "application/json"), ("[" * 5000, "application/json"), ("x", "text/plain"), ("", "")])
def test_a_post_that_is_no_ballot_is_invalid(tablet: PageClient, body: str, type_: str) -> None:
    token = csrf_of(tablet.get("/judge").get_data(as_text=True))
    answer = tablet.post("/judge/ballots/op-12345678", data=body, content_type=type_, headers={"X-CSRF-Token": token})

    assert (answer.status_code, answer.get_json()["result"], answer.get_json()["op_id"]) == (422, "invalid", "op-12345678")


def test_a_post_under_another_op_id_is_invalid(tablet: PageClient) -> None:
    token = csrf_of(tablet.get("/judge").get_data(as_text=True))
    answer = tablet.post("/judge/ballots/op-another-1", json=payload(names()[:1]), headers={"X-CSRF-Token": token})

    assert answer.get_json()["result"] == "invalid"


def test_a_post_without_token_or_session_is_no_answer(app: Flask, tablet: PageClient) -> None:
    sent = payload(names()[:1])
    assert "result" not in tablet.post(f"/judge/ballots/{sent['op_id']}", json=sent).get_json()
    stranger = app.test_client()
    token = csrf_of(stranger.get("/code").get_data(as_text=True))
    answer = stranger.post(f"/judge/ballots/{sent['op_id']}", json=sent, headers={"X-CSRF-Token": token})

    assert (answer.status_code, answer.get_json()["code"]) == (401, "access.denied")
    assert db.session.scalars(select(BallotVersion)).all() == []


def apart(run: Any, *args: Any, **given: Any) -> Any:
    """As in a server: nothing of the test's application context leaks in."""
    answer = contextvars.Context().run(run, *args, **given)
    db.session.rollback()
    return answer


def test_by_socket(app: Flask, tablet: PageClient) -> None:
    page = tablet.get("/judge").get_data(as_text=True)
    auth = {"csrf": csrf_of(page), "edition": edition().slug}
    socket = apart(socketio.test_client, app, namespace="/judge", flask_test_client=tablet, auth=auth)
    sent = payload(names()[:3])
    answers = [apart(socket.emit, "ballot.put", given, namespace="/judge", callback=True) for given in (sent, sent, None, {"rev": 1})]

    assert [answer["result"] for answer in answers] == ["ok", "ok", "invalid", "invalid"]
    assert answers[0] == answers[1]
    assert stored() == {"ranking": names()[:3]}


def test_a_socket_whose_session_ended_is_answered_too(app: Flask, tablet: PageClient) -> None:
    page = tablet.get("/judge").get_data(as_text=True)
    auth = {"csrf": csrf_of(page), "edition": edition().slug}
    socket = apart(socketio.test_client, app, namespace="/judge", flask_test_client=tablet, auth=auth)
    left = tablet.post("/signout/judge", data={"csrf_token": csrf_of(page)})
    assert left.status_code == 303
    answer = apart(socket.emit, "ballot.put", payload(names()[:1]), namespace="/judge", callback=True)

    assert (answer["ok"], answer["code"]) == (False, "access.denied")


def test_by_plain_form(tablet: PageClient) -> None:
    one, two = names()[:2]
    tablet.form_post("/judge", f"/judge/{CONTEST}/ballot", tap=f"1 {one}")
    tablet.form_post("/judge", f"/judge/{CONTEST}/ballot", rank1=one, tap=f"3 {two}")
    assert stored() == {"ranking": [one, two]}
    tablet.form_post("/judge", f"/judge/{CONTEST}/ballot", rank1=one, rank2=two, tap=f"1 {two}")
    assert stored() == {"ranking": [two, one]}
    tablet.form_post("/judge", f"/judge/{CONTEST}/ballot", rank1=one)
    assert stored() == {"ranking": [one]}


def test_the_plain_page_shows_what_is_confirmed_and_announces_who_fell_out(tablet: PageClient) -> None:
    one, two = names()[:2]
    tablet.form_post("/judge", f"/judge/{CONTEST}/ballot", rank1=one)
    answer = tablet.form_post("/judge", f"/judge/{CONTEST}/ballot", rank1=one, tap=f"1 {two}")
    page = tablet.get(answer.location).get_data(as_text=True)
    pressed = [b.get("value") for b in parse(page).iter("button") if b.get("aria-pressed") == "true"]

    assert pressed == [f"1 {two}"]
    assert "は外れました" in page
    receipt = db.session.scalars(select(Ballot)).one().receipt
    assert receipt in page


@pytest.mark.parametrize("language", ["", "?lang=en"])
@pytest.mark.parametrize("path", ["/judge", "/judge/idea", "/judge/dx-sprint"])
def test_every_ballot_has_its_page(tablet: PageClient, path: str, language: str) -> None:
    assert tablet.get(path + language).status_code == 200


def test_an_unknown_ballot_has_none(tablet: PageClient) -> None:
    assert tablet.get("/judge/nothing").status_code == 404


def test_the_form_of_a_closed_poll_is_refused_in_words(tablet: PageClient) -> None:
    close_poll(office(), contest=CONTEST, from_="open")
    later(31)
    answer = tablet.form_post("/judge", f"/judge/{CONTEST}/ballot", rank1=names()[0])

    assert (answer.status_code, "締め切られました" in answer.get_data(as_text=True)) == (409, True)


def test_a_recused_entry_has_no_button(app: Flask) -> None:
    opened()
    label, number = recused_seat()
    link = next(judge for judge in every_link("http://localhost")["judges"] if judge["seat"] == label)
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.enter(link["url"])
    page = client.get("/judge").get_data(as_text=True)
    values = [button.get("value") or "" for button in parse(page).iter("button")]

    assert [value for value in values if value.endswith(f" {number}")] == []


def test_a_second_device_makes_the_first_read_only(app: Flask, tablet: PageClient) -> None:
    link = next(judge for judge in every_link("http://localhost")["judges"] if judge["seat"] == "A-01")
    second = app.test_client()
    assert isinstance(second, PageClient)
    assert second.enter(link["url"]).status_code == 409
    assert second.enter(link["url"], code=link["code"]).status_code == 303
    token = csrf_of(tablet.get("/judge").get_data(as_text=True))
    answer = tablet.post(
        "/judge/ballots/op-late-device", json=payload(names()[:1], op_id="op-late-device"), headers={"X-CSRF-Token": token}
    )

    assert answer.get_json() == {"result": "taken_over", "op_id": "op-late-device"}
    assert "別の端末に引き継がれました" in tablet.get("/judge").get_data(as_text=True)
    assert second.form_post("/judge", f"/judge/{CONTEST}/ballot", rank1=names()[1]).status_code == 303


def enter_as(app: Flask, role: str) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.enter(every_link("http://localhost")[role])
    return client


@pytest.mark.parametrize("role", ["chair", "deputy"])
def test_the_chair_runs_a_poll_by_plain_forms(app: Flask, role: str) -> None:
    client = enter_as(app, role)
    act = f"/{role}/polls/{CONTEST}"
    assert client.form_post(f"/{role}", f"{act}/open", **{"from": "draft"}).status_code == 303
    judge = sit("A-01")
    sit("A-02")
    put(judge, free_for(judge)[:1])
    assert client.form_post(f"/{role}", f"{act}/nudge").status_code == 303
    assert len(db.session.scalars(select(Nudge)).one().seats) == 1
    assert client.form_post(f"/{role}", f"{act}/close", **{"from": "open"}).status_code == 303
    assert client.form_post(f"/{role}", f"{act}/cancel_close", reason="まだ発表中").status_code == 303
    db.session.expire_all()
    assert poll().state == "open"
    assert client.form_post(f"/{role}", f"{act}/open", **{"from": "draft"}).status_code == 409
    assert client.form_post(f"/{role}", f"{act}/nothing").status_code == 404


def test_the_board_shows_who_and_never_what(app: Flask) -> None:
    opened()
    judge = sit("A-01")
    answer = put(judge, free_for(judge)[:2])
    page = enter_as(app, "chair").get(f"/chair?poll={CONTEST}").get_data(as_text=True)

    assert [entry for entry in entries() if entry in page] == []
    assert answer["receipt"] not in page
    tiles = {node.get("data-seat"): node.get("data-state") for node in parse(page).iter("li") if node.get("data-seat")}
    assert (len(tiles), tiles["A-01"]) == (85, "confirmed")


def test_the_director_cannot_reopen_and_a_judge_cannot_open(app: Flask, tablet: PageClient) -> None:
    director = enter_as(app, "director")
    assert director.form_post("/code", f"/director/polls/{CONTEST}/reopen", reason="x").status_code == 401
    assert tablet.form_post("/judge", f"/chair/polls/{CONTEST}/close", **{"from": "open"}).status_code == 401
    assert tablet.get("/chair").status_code == 401


def test_another_edition_has_no_such_seat(app: Flask, tablet: PageClient) -> None:
    assert tablet.get("/@nothing/judge").status_code == 404


def test_a_new_link_of_a_seat_takes_the_old_sessions_along(tablet: PageClient) -> None:
    link = make_link(edition(), Role.JUDGE, seat=seat("A-02"))
    assert link.generation == 1
    from eventapp.models import Link

    card = db.session.scalars(select(Link).where(Link.seat_id == seat("A-01").id)).one()
    card.generation += 1
    db.session.commit()
    assert tablet.get("/judge").status_code == 401


def test_a_tap() -> None:
    assert tap((), "a", 1) == Tapped(("a",))
    assert tap((), "a", 3) == Tapped(("a",), closed_up=True)
    assert tap(("a",), "b", 2) == Tapped(("a", "b"))
    assert tap(("a", "b"), "a", 1) == Tapped(("b",), closed_up=True)
    assert tap(("a", "b"), "b", 2) == Tapped(("a",))
    assert tap(("a", "b"), "c", 1) == Tapped(("c", "b"), out="a")
    assert tap(("a", "b"), "b", 1) == Tapped(("b", "a"), swapped="a")
    assert tap(("a", "b"), "a", 3) == Tapped(("b", "a"), closed_up=True)


def test_a_choice() -> None:
    assert choose((), "a", 1) == Tapped(("a",))
    assert choose(("a",), "a", 1) == Tapped(())
    assert choose(("a",), "b", 1) == Tapped(("b",), out="a")
    assert choose(("a",), "b", 2) == Tapped(("a", "b"))


def test_a_tablet_that_was_taken_over_does_not_report_for_the_seat(app: Flask, tablet: PageClient) -> None:
    auth = {"csrf": csrf_of(tablet.get("/judge").get_data(as_text=True))}
    socket = socketio.test_client(app, namespace="/judge", flask_test_client=tablet, auth=auth)

    def report() -> object:
        socket.emit("seen", {"channel": "judge", "unsent": {CONTEST: 1}}, namespace="/judge", callback=True)
        reports.write_gathered()
        db.session.expire_all()
        return seat("A-01").unsent

    assert report() == {CONTEST: 1}
    seat("A-01").lease += 1
    seat("A-01").unsent = {}
    db.session.commit()
    assert report() == {}
