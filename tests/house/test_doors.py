"""Every door says who may use it, and nobody else gets in: one table of doors and roles, filled by the application itself."""

import pytest
from flask import Flask

from eventapp import access
from eventapp.access import Role
from eventapp.admin.queries import every_link
from eventapp.extensions import socketio
from tests.page import PageClient

ENTER = {role: role.value for role in Role if role not in (Role.PUBLIC, Role.SCREEN, Role.JUDGE, Role.ENTRANT, Role.SCREENER)}


def test_an_unguarded_route_stops_the_application(app: Flask) -> None:
    app.view_functions["open"] = lambda: "open"

    with pytest.raises(RuntimeError, match="route open"):
        access.assert_every_door_is_guarded(app, socketio)


def test_an_unguarded_event_stops_the_application(app: Flask) -> None:
    socketio.server.on("open", lambda sid: None, namespace="/crew")

    with pytest.raises(RuntimeError, match="event open in /crew"):
        access.assert_every_door_is_guarded(app, socketio)


def guarded_pages(app: Flask) -> list[tuple[str, frozenset[Role]]]:
    """Addresses without parameters that answer GET, with the roles of their mark."""
    found = []
    for rule in app.url_map.iter_rules():
        roles = getattr(app.view_functions[rule.endpoint], "access_roles", None)
        if roles and "GET" in (rule.methods or ()) and not rule.arguments:
            found.append((rule.rule, frozenset(roles)))
    return sorted(found)


def link_of(role: Role) -> str:
    found = every_link("http://localhost")
    if role in ENTER:
        return str(found[role.value])
    return str(found[{Role.JUDGE: "judges", Role.ENTRANT: "entrants", Role.SCREENER: "screeners"}[role]][0]["url"])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SCREEN])
def test_every_page_opens_for_its_roles_and_for_no_other(app: Flask, client: PageClient, role: Role) -> None:
    if role is not Role.PUBLIC:
        assert client.enter(link_of(role)).status_code == 303
    wrong = []
    for page, roles in guarded_pages(app):
        status = client.get(page).status_code
        may = role in roles or Role.PUBLIC in roles
        if (status == 401) == may or status >= 500:
            wrong.append((page, status))
    assert wrong == []
