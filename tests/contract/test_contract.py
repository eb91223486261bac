"""Today's live documents, and the answers of the doors, are what programs outside rely on."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from eventapp import channels
from eventapp.access import Role
from eventapp.admin.queries import every_link
from eventapp.extensions import socketio
from tests.contract.documents import CHANNELS, HERE, MOMENTS, documents, methods_document
from tests.contract.shapes import differences, schema_of
from tests.page import PageClient, csrf_of


def kept(name: str) -> Any:
    return json.loads((HERE / name).read_text())


@pytest.mark.parametrize("at", MOMENTS)
def test_documents_are_as_the_contract_says(at: str, tmp_path: Path) -> None:
    made = documents(at, tmp_path)

    assert [line for name in CHANNELS for line in differences(made[name], kept(f"{name}.schema.json"), name)] == []


def test_the_document_at_live_is_the_example(tmp_path: Path) -> None:
    made = documents("live", tmp_path)

    for name in CHANNELS:
        assert made[name] == kept(f"{name}.json")


def test_the_judge_s_document_of_all_four_methods_is_the_example(tmp_path: Path) -> None:
    assert methods_document(tmp_path) == kept("judge-methods.json")


def test_every_channel_and_section_has_its_contract() -> None:
    assert {name: set(kept(f"{name}.json")["sections"]) for name in CHANNELS} == {
        name: set(sections) for name, sections in channels.CHANNELS.items()
    }


def test_a_difference_is_named() -> None:
    schema = schema_of([{"a": 1, "b": [{"c": None}]}, {"a": 2}])

    assert sorted(differences({"b": [{"c": "x", "d": 1}]}, schema)) == [
        "$.a: is missing", "$.b[0].c: string, not null", "$.b[0].d: is not in the contract",
    ]  # fmt: skip


def test_healthz_and_the_address_of_a_channel_answer_as_promised(client: PageClient) -> None:
    healthy, public = client.get("/healthz").get_json(), client.get("/live/public")
    version = public.get_json()

    assert (sorted(healthy), healthy["ok"]) == (["build", "ok", "version"], True)
    assert public.headers["ETag"] == f'"{version["epoch"]}.{version["rev"]}"'
    assert (public.headers["Cache-Control"], public.headers.get("Set-Cookie")) == ("public, max-age=1", None)


def test_sync_seen_and_ballot_put_are_acknowledged_as_promised(app: Flask, client: PageClient) -> None:
    client.enter(every_link("http://localhost")["judges"][0]["url"])
    auth = {"csrf": csrf_of(client.get("/judge").get_data(as_text=True))}
    socket = socketio.test_client(app, namespace="/judge", flask_test_client=client, auth=auth)

    def ask(event: str, payload: object) -> Any:
        return socket.emit(event, payload, namespace="/judge", callback=True)

    first = ask("sync", {"channel": Role.JUDGE.value, "epoch": 0, "rev": 0})
    again = ask("sync", {"channel": "judge", "epoch": first["document"]["epoch"], "rev": first["document"]["rev"]})
    assert (sorted(first), sorted(again)) == (["document", "now", "rate"], ["now", "rate"])
    assert ask("seen", {"screen": "tablet", "channel": "judge", "unsent": {"operations": 1}}) == {"ok": True}
    assert sorted(ask("ballot.put", {"op_id": "contract-1"})) == ["field", "op_id", "result", "text"]
