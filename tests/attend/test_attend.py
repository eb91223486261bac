"""The page behind a QR, one visit per device, the reception's counts, the sheets to print."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventapp.admin.queries import edition_named, every_link
from eventapp.attend import queries
from eventapp.extensions import db
from eventapp.models import Visit
from tests.page import PageClient


def visits() -> int:
    return db.session.scalar(select(func.count()).select_from(Visit)) or 0


def new_client(app: Flask) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


def test_looking_counts_nothing(app: Flask, client: PageClient) -> None:
    assert client.get("/s/google").status_code == 200
    assert visits() == 0


def test_a_device_counts_once_per_place(app: Flask, client: PageClient) -> None:
    for _ in range(3):
        assert client.form_post("/s/google").status_code == 303
    client.form_post("/b/islands")

    assert queries.visit_counts(edition_named(None)) == {("session", "google"): 1, ("booth", "islands"): 1}
    assert queries.device_count(edition_named(None)) == 1


def test_two_devices_count_twice_and_see_their_own_stamps(app: Flask, client: PageClient) -> None:
    client.form_post("/b/islands")
    other = new_client(app)
    other.form_post("/b/islands")
    other.form_post("/b/genai")

    assert queries.visit_counts(edition_named(None))[("booth", "islands")] == 2
    assert "(2 / 14)" in other.get("/b/genai").get_data(as_text=True)
    assert "(1 / 14)" in client.get("/b/islands").get_data(as_text=True)


@pytest.mark.parametrize("path", ["/s/nothing", "/b/google", "/s/..%2fdesk", "/b/%00", "/s/" + "x" * 3000])
def test_an_unknown_code_is_a_plain_page(app: Flask, client: PageClient, path: str) -> None:
    assert client.get(path).status_code in (400, 404)
    assert visits() == 0


def test_a_visit_without_token_is_refused(app: Flask, client: PageClient) -> None:
    client.get("/s/google")

    assert client.post("/s/google").status_code == 400
    assert visits() == 0


def test_the_page_has_english(app: Flask, client: PageClient) -> None:
    page = client.get("/b/islands?lang=en").get_data(as_text=True)

    assert "Meet the islands of Tokyo" in page
    assert 'lang="en"' in page


def test_the_reception_sees_the_live_count(app: Flask, client: PageClient) -> None:
    new_client(app).form_post("/s/google")
    client.enter(every_link("http://localhost")["reception"])

    page = client.get("/reception").get_data(as_text=True)

    assert "Google Cloud" in page
    assert page.count('<td class="num">1</td>') == 1


def test_every_session_and_booth_has_a_sheet(app: Flask, client: PageClient) -> None:
    client.enter(every_link("http://localhost")["reception"])

    page = client.get("/reception/sheets").get_data(as_text=True)

    assert page.count("<svg") >= 14
    assert "http://127.0.0.1:8000/b/islands" in page
    assert client.get("/reception/sheets?only=islands").get_data(as_text=True).count("qr-sheet__address") == 1
