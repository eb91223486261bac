"""Who may open a scene and the stream desk, and what the pages promise."""

from typing import Any

import pytest
from flask import Flask

from eventapp.access import Role
from eventapp.admin.queries import edition_named
from eventapp.overlay.queries import SCENES, state
from tests.page import PageClient
from tests.programme.day import link_to, screen_token


@pytest.mark.parametrize("scene", SCENES)
def test_a_screen_token_opens_every_scene_and_nobody_else_gets_in(client: PageClient, scene: str) -> None:
    token = screen_token(edition_named(None))

    assert client.get(f"/overlay/{scene}").status_code == 401
    assert client.get(f"/overlay/{scene}?token={token[:-1]}{'B' if token.endswith('A') else 'A'}").status_code == 401
    answer = client.get(f"/overlay/{scene}?token={token}")
    assert answer.status_code == 200
    assert f'data-scene="{scene}"' in answer.text
    assert "Set-Cookie" not in answer.headers


def test_an_unknown_scene_is_missing(client: PageClient) -> None:
    token = screen_token(edition_named(None))

    assert client.get(f"/overlay/winner?token={token}").status_code == 404
    assert client.get("/overlay/winner").status_code == 401


def test_only_the_one_chroma_colour_is_taken(client: PageClient) -> None:
    token = screen_token(edition_named(None))

    assert 'data-key="00ff00"' in client.get(f"/overlay/timer?token={token}&key=00ff00").text
    assert "data-key" not in client.get(f"/overlay/timer?token={token}&key=red").text
    page = client.get(f"/overlay/timer?token={token}&guides=1&captions=1").text
    assert "data-guides" in page
    assert "data-captions" in page


@pytest.mark.parametrize("role", [Role.SWITCHER, Role.DIRECTOR])
def test_the_stream_desk_shows_and_clears_without_script(app: Flask, client: PageClient, role: Role) -> None:
    client.enter(link_to(edition_named(None), role))
    page = client.get("/switcher").text
    assert all(f"/overlay/{scene}?token={screen_token(edition_named(None))}" in page for scene in SCENES)

    assert client.form_post("/switcher", "/switcher/show", layer="timer").status_code == 303
    assert state(edition_named(None)) == (["timer"], False)
    assert client.form_post("/switcher", "/switcher/clear").status_code == 303
    assert state(edition_named(None)) == ([], True)
    assert "すべて消してあります" in client.get("/switcher").text
    client.form_post("/switcher", "/switcher/show", layer="nothing")
    assert "その表示はありません。" in client.get("/switcher").text


@pytest.mark.parametrize("path", ["/switcher", "/live/overlay"])
def test_the_public_and_judges_stay_outside(client: PageClient, path: str) -> None:
    assert client.get(path).status_code == 401
    client.enter(link_to(edition_named(None), Role.JUDGE), code="")
    assert client.get(path).status_code == 401


def test_the_polling_fallback_takes_the_token(client: PageClient) -> None:
    answer: Any = client.get(f"/live/overlay?token={screen_token(edition_named(None))}")

    assert answer.status_code == 200
    assert answer.json["sections"]["layers"] == []
