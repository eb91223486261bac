"""Who the tests of entries are, and when: signed-in clients, a standing clock, form posts as a browser without a script makes them."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event, select

from eventapp import clock
from eventapp.access import Actor, Role
from eventapp.admin.queries import edition_named, every_link
from eventapp.extensions import db
from eventapp.models import Body, Category, Edition, Entry, Person
from tests.page import PageClient, csrf_of

CHIYODA, SHINJUKU = "131016", "131041"  # two bodies of the sample with entries of their own


def at_phase(phase: str, *, before_deadline: timedelta = timedelta(days=2)) -> Edition:
    """The edition in a phase, its clock standing still so long before the (common) deadline."""
    edition = edition_named(None)
    edition.phase = phase
    deadline = db.session.scalars(select(Category.deadline)).first()
    assert deadline is not None
    clock.set_to(edition, deadline - before_deadline, 0.0)
    db.session.commit()
    return edition



@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the block sends to the database."""
    asked: list[str] = []

    def listener(*args: Any) -> None:
        asked.append(args[2])

    event.listen(db.engine, "before_cursor_execute", listener)
    yield asked
    event.remove(db.engine, "before_cursor_execute", listener)


def entrant(app: Flask, body: str) -> PageClient:
    """A client signed in as the coordinator of a body."""
    client: Any = app.test_client()
    link = next(one["url"] for one in every_link("http://localhost")["entrants"] if one["body"] == body)
    assert client.enter(link).status_code == 303
    assert isinstance(client, PageClient)
    return client


def coordinator(edition: Edition, body: str) -> Actor:
    person = db.session.scalars(select(Person).join(Body).where(Person.role == "entrant", Body.code == body)).one()
    return Actor(Role.ENTRANT, edition, f"entrant:{person.id}", person)


def entry_of(body: str) -> Entry:
    """A submitted entry that belongs to this body alone."""
    found = db.session.scalars(select(Entry).where(Entry.state == "submitted", Entry.applicant_type == "body").order_by(Entry.number))
    return next(entry for entry in found if [one.code for one in entry.bodies] == [body])


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send for the first form of a page that has a version: every control as it stands."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        got = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if got.get("type") in ("radio", "checkbox") and not re.search(r"\schecked", tag):
            continue
        if "name" in got:
            found.setdefault(got["name"], []).append(html.unescape(got.get("value", "")))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\r?\n?(.*?)</textarea>', page, re.DOTALL):
        found.setdefault(name, []).append(html.unescape(text))
    return found


def post(client: PageClient, page: str, path: str | None = None, **changes: Any) -> Any:
    """Fetch a page, change some controls of its form, send it: nothing that a script would do."""
    text = client.get(page).get_data(as_text=True)
    data = {name: values for name, values in fields(text).items() if name != "csrf_token"}
    data |= {name.replace("q_", "q-", 1): value for name, value in changes.items()}
    data["csrf_token"] = [csrf_of(text)]
    return client.post(path or page, data=data)
