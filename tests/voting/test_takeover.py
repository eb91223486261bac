"""A seat on another device: the one before it gets nothing of the ballots any more, and two seats in one browser stay apart."""

import contextvars
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventapp import doors, live
from eventapp.access import system
from eventapp.admin.queries import every_link
from eventapp.extensions import db, socketio
from eventapp.models import Ballot
from eventapp.voting.seats import release_seat
from tests.page import PageClient, csrf_of
from tests.voting.factories import CONTEST, edition, entries, opened, payload, seat


def card(label: str) -> dict[str, Any]:
    return next(row for row in every_link("http://localhost")["judges"] if row["seat"] == label)


@pytest.fixture
def tablet(app: Flask) -> PageClient:
    """A browser that holds seat A-01."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    assert client.enter(card("A-01")["url"]).location.endswith("/judge?seat=A-01")
    return client


def take_over(app: Flask, label: str = "A-01") -> PageClient:
    other = app.test_client()
    assert isinstance(other, PageClient)
    assert other.enter(card(label)["url"], card(label)["code"]).status_code == 303
    return other


def apart(work: Any, *args: Any, **kwargs: Any) -> Any:
    """As from another process: nothing of the test's context leaks in."""
    answer = contextvars.Context().run(work, *args, **kwargs)
    db.session.rollback()
    return answer


def socket_of(app: Flask, client: PageClient, **auth: str) -> Any:
    page = client.get(f"/judge?seat={auth['seat']}" if "seat" in auth else "/judge").get_data(as_text=True)
    return apart(socketio.test_client, app, namespace="/judge", flask_test_client=client, auth={"csrf": csrf_of(page), **auth})


def ask(socket: Any, event: str, given: object) -> Any:
    return apart(socket.emit, event, given, namespace="/judge", callback=True)


def test_the_page_of_a_device_that_lost_its_seat_holds_nothing_of_the_ballots(app: Flask, tablet: PageClient) -> None:
    opened()
    new = take_over(app)
    new.form_post("/judge", f"/judge/{CONTEST}/ballot", rank1=entries()[1])
    answer = tablet.get("/judge?seat=A-01")
    page = answer.get_data(as_text=True)

    assert (answer.status_code, answer.headers["Cache-Control"], answer.headers.get("X-Tablet")) == (409, "no-store", None)
    assert "別の端末に引き継がれました" in page
    assert "A-01" in page
    receipt = db.session.scalars(select(Ballot)).one().receipt
    assert [word for word in (receipt, "judge-document", *entries()) if word in page] == []


def test_sync_and_the_polled_document_are_refused_after_the_take_over(app: Flask, tablet: PageClient) -> None:
    socket = socket_of(app, tablet)
    assert "document" in ask(socket, "sync", {"channel": "judge", "epoch": 0, "rev": -1})
    take_over(app)

    assert ask(socket, "sync", {"channel": "judge", "epoch": 0, "rev": -1})["code"] == "seat.taken_over"
    assert tablet.get("/judge/receipts?seat=A-01").status_code == 409
    polled = tablet.get("/live/judge?seat=A-01")
    assert (polled.status_code, polled.get_json()["code"]) == (409, "seat.taken_over")
    assert ask(socket, "seen", {"channel": "judge", "unsent": {CONTEST: 1}})["code"] == "seat.taken_over"


def test_documents_go_to_the_device_that_has_the_seat_and_the_former_is_only_woken(app: Flask, tablet: PageClient) -> None:
    former = socket_of(app, tablet)
    ask(former, "sync", {"channel": "judge", "epoch": 0, "rev": -1})
    new = socket_of(app, take_over(app))
    ask(new, "sync", {"channel": "judge", "epoch": 0, "rev": -1})
    former.get_received("/judge")
    new.get_received("/judge")
    live.tell({(edition().id, f"judge:{seat('A-01').id}"), (edition().id, "judge")})
    apart(live.flush, app)
    apart(live.beat, app)

    heard = former.get_received("/judge")
    assert {packet["name"] for packet in heard} == {"beat"}
    assert [packet["args"][0]["channels"]["judge"][1] for packet in heard] == [0]  # newer by its epoch, and no count of changes
    assert {packet["name"] for packet in new.get_received("/judge")} == {"document", "beat"}


def test_a_connection_that_lost_its_seat_is_ended_and_cannot_return(app: Flask, tablet: PageClient) -> None:
    socket = socket_of(app, tablet)
    ask(socket, "sync", {"channel": "judge", "epoch": 0, "rev": -1})
    page = csrf_of(tablet.get("/judge").get_data(as_text=True))
    before = doors._revocations()
    take_over(app)

    assert doors._revocations() != before
    doors.expel_strangers(app)
    assert not socket.is_connected("/judge")
    again = apart(socketio.test_client, app, namespace="/judge", flask_test_client=tablet, auth={"csrf": page, "seat": "A-01"})
    assert not again.is_connected("/judge")


def test_a_release_by_the_desk_ends_the_old_device_too(app: Flask, tablet: PageClient) -> None:
    release_seat(system(edition(), "desk"), seat="A-01")

    assert tablet.get("/judge").status_code == 409
    assert tablet.enter(card("A-01")["url"]).status_code == 303
    assert tablet.get("/judge").status_code == 200


def test_a_lost_answer_is_still_given_to_the_old_device(app: Flask, tablet: PageClient) -> None:
    """What was counted before the take-over is not called unsent afterwards."""
    opened()
    token = csrf_of(tablet.get("/judge").get_data(as_text=True))
    sent, later = payload(entries()[1:2]), payload(entries()[2:3])
    first = tablet.post(f"/judge/ballots/{sent['op_id']}", json=sent, headers={"X-CSRF-Token": token}).get_json()
    take_over(app)

    def again(ballot: dict[str, Any]) -> Any:
        return tablet.post(f"/judge/ballots/{ballot['op_id']}?seat=A-01", json=ballot, headers={"X-CSRF-Token": token}).get_json()

    assert again(sent) == first
    assert again(later)["result"] == "taken_over"


def test_two_seats_in_one_browser_each_tab_votes_for_its_own(app: Flask, tablet: PageClient) -> None:
    """Both devices have lease 1: without the seat in its address the first tab would vote for the second's seat."""
    opened()
    first = socket_of(app, tablet, seat="A-01")
    assert tablet.enter(card("A-02")["url"]).status_code == 303
    second = socket_of(app, tablet, seat="A-02")
    free = entries()
    ask(first, "ballot.put", payload(free[1:2]))
    ask(second, "ballot.put", payload(free[2:3]))
    token = csrf_of(tablet.get("/judge?seat=A-01").get_data(as_text=True))
    by_post = payload(free[3:4])
    tablet.post(f"/judge/ballots/{by_post['op_id']}?seat=A-01", json=by_post, headers={"X-CSRF-Token": token})

    kept = {row.seat.label: row.body for row in db.session.scalars(select(Ballot))}
    assert set(kept) == {"A-01", "A-02"}
    assert (free[3] in kept["A-01"], free[2] in kept["A-02"]) == (True, True)
    documents = [ask(one, "sync", {"channel": "judge", "epoch": 0, "rev": -1})["document"] for one in (first, second)]
    assert [one["sections"]["seat"]["label"] for one in documents] == ["A-01", "A-02"]
    pages = [tablet.get(address).get_data(as_text=True) for address in ("/judge?seat=A-01", "/judge?seat=A-02", "/judge")]
    assert [f'data-seat="{label}"' in page for label, page in zip(("A-01", "A-02", "A-02"), pages, strict=True)] == [True] * 3


def test_a_seat_that_this_browser_does_not_hold_is_refused(tablet: PageClient) -> None:
    assert tablet.get("/judge?seat=A-02").status_code == 401
    assert tablet.get("/live/judge?seat=A-02").status_code == 401
    assert tablet.form_post("/judge", f"/judge/{CONTEST}/ballot?seat=A-02", rank1=entries()[0]).status_code == 401


def test_a_plain_form_goes_on_with_its_own_seat(app: Flask, tablet: PageClient) -> None:
    opened()
    tablet.enter(card("A-02")["url"])
    answer = tablet.form_post("/judge?seat=A-01", f"/judge/{CONTEST}/ballot?seat=A-01", rank1=entries()[1])

    assert answer.location.endswith(f"/judge/{CONTEST}?seat=A-01")
    assert db.session.scalars(select(Ballot)).one().seat.label == "A-01"


def test_the_worker_is_served_for_the_tablet_only_and_never_kept(tablet: PageClient) -> None:
    answer = tablet.get("/judge/worker.js")

    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert answer.headers["Service-Worker-Allowed"] == "/judge"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert tablet.get(f"/@{edition().slug}/judge/worker.js").headers["Service-Worker-Allowed"] == f"/@{edition().slug}/judge"


def test_only_the_tablet_is_marked_as_something_to_keep(tablet: PageClient) -> None:
    marked = [path for path in ("/", "/judge", "/code", "/live/judge", "/chair") if "X-Tablet" in tablet.get(path).headers]

    assert marked == ["/judge"]
