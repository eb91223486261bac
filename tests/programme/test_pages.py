"""The pages of the day: the public ones in both languages and without a cookie, the desk by link, the screens by token."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from eventapp import clock, live
from eventapp.access import Role, system
from eventapp.extensions import db
from eventapp.live import View
from eventapp.models import Cue, Edition, Entry, Slot
from eventapp.programme import operations, queries
from eventapp.work import operation
from tests.page import PageClient, parse
from tests.programme.day import edition_at, link_to, screen_token, tick


@pytest.fixture
def edition(app: Flask) -> Edition:
    """11:20:00: the third talk is on since 11:18:40, about two minutes late."""
    edition = edition_at("11:05:00")
    actor = system(edition)
    operations.jump(actor, op_id="jump-there", block="award-operations")
    for number, wall in enumerate(("11:05:20", "11:11:30", "11:18:40"), 1):
        tick(edition, wall)
        before = f"award-operations-{number - 1}" if number > 1 else None
        operations.go(actor, op_id=f"go-00000{number}", from_=before, to=f"award-operations-{number}")
    tick(edition, "11:20:00")
    return edition


def words(html: str) -> str:
    """What a reader hears of the page's main part."""
    body = next(element for element in parse(html).iter() if element.tag == "body")
    return " ".join(" ".join(piece.split()) for piece in body.itertext() if piece.strip())


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def keep(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", keep)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", keep)


def test_public_page_says_how_late_what_now_what_next(client: PageClient, edition: Edition) -> None:
    said = words(client.get("/").get_data(as_text=True))
    # third talk: planned 11:16:48, started 11:18:40, so 112 s late; the fourth 11:22:42 → 11:24:34
    assert "約2分遅れ で進行しています。 13:40のDXアイデア部門は予定どおりです。" in said
    assert "進行中 業務改善部門 3 / 11" in said
    assert "予定11:22、見込み11:24" in said
    assert "13:40 DXアイデア部門 8提案" in said
    assert "16:45 表彰式・講評 17:15まで" in said


def test_public_page_in_english(client: PageClient, edition: Edition) -> None:
    said = words(client.get("/?lang=en").get_data(as_text=True))
    assert "About 2 min late . DX ideas at 13:40 is on time." in said
    assert "Now on stage Operations improvement 3 / 11" in said
    assert "planned 11:22, expected 11:24" in said


@pytest.mark.parametrize("path", ["/", "/?lang=en", "/programme", "/programme?lang=en"])
def test_public_pages_set_no_cookie_and_may_be_cached(client: PageClient, edition: Edition, path: str) -> None:
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=1"


@pytest.mark.parametrize("path", ["/", "/programme", "/live/public"])
def test_nothing_personal_is_public(client: PageClient, edition: Edition, path: str) -> None:
    presenters = {name for name in db.session.scalars(select(Entry.presenter)) if name}
    shown = client.get(path).get_data(as_text=True)
    assert presenters
    assert [name for name in presenters if name in shown or json.dumps(name)[1:-1] in shown] == []


def test_stream_link_only_with_an_address(client: PageClient, edition: Edition) -> None:
    assert "オンライン配信を見る" not in client.get("/").get_data(as_text=True)
    set_stream(system(edition), "https://stream.example/live")
    page = client.get("/").get_data(as_text=True)
    assert 'href="https://stream.example/live"' in page
    assert "配信は会場より約20秒遅れます" in page


@operation(None)
def set_stream(actor: Any, url: str) -> None:
    settings = dict(actor.edition.settings)
    actor.edition.settings = {**settings, "event": {**settings["event"], "stream_url": url}}


def test_before_the_first_cue_the_page_names_the_start(client: PageClient, app: Flask) -> None:
    edition = edition_at("09:30:00")
    assert "10:00に始まります。" in words(client.get("/").get_data(as_text=True))
    assert queries.now_next(View(edition, edition_now(edition)))["now"] is None


def edition_now(edition: Edition) -> Any:
    return clock.now(edition)


def test_on_another_day_no_lateness_grows(client: PageClient, app: Flask) -> None:
    edition = edition_at("10:00:00")
    at = clock.now(edition).replace(month=11)
    assert {block["delta_s"] for block in queries.schedule(View(edition, at))} == {0}
    assert {block["delta_s"] for block in queries.schedule(View(edition, at.replace(year=2026)))} == {0}


def test_after_noon_the_morning_is_one_line(client: PageClient, edition: Edition) -> None:
    operations.jump(system(edition), op_id="jump-idea", block="award-idea")
    folds = {block["code"]: block["fold"] for block in queries.schedule(View(edition, edition_now(edition)))}
    assert {code: fold for code, fold in folds.items() if fold} == {
        "opening": "first",
        "tools": "rest",
        "platform": "rest",
        "lunch": "rest",
    }
    assert "開会・午前のセッション" in client.get("/").get_data(as_text=True)


def test_programme_lists_the_entries_of_each_block(client: PageClient, edition: Edition) -> None:
    page = client.get("/programme").get_data(as_text=True)
    numbers = [e for e in parse(page).iter() if "plan__number" in (e.get("class") or "")]
    assert len(numbers) == 11 + 8 + 10
    assert "共同調達ツールの展示・体験" in page


def test_public_page_has_a_fixed_number_of_queries(app: Flask, client: PageClient) -> None:
    """One placed entry or all twenty-nine: the same number of statements."""
    edition_at("10:00:00")
    client.get("/")
    with statements() as many:
        client.get("/")
    remove_all_but_one(system(edition_at("10:00:00")))
    with statements() as few:
        client.get("/")
    assert len(many) == len(few)
    assert len(many) <= 12


@operation(None)
def remove_all_but_one(actor: Any) -> None:
    for slot in list(db.session.scalars(select(Slot).where(Slot.kind == "entry").order_by(Slot.id)))[1:]:
        db.session.delete(slot)


@pytest.mark.parametrize("channel", ["public", "stage", "crew", "overlay"])
def test_documents_are_the_same_for_the_same_database_and_clock(edition: Edition, channel: str) -> None:
    def drawn() -> str:
        view = View(edition, edition_now(edition))
        return json.dumps({name: section(view) for name, section in live.projections[channel].items()}, sort_keys=True)

    first = drawn()
    db.session.expire_all()
    assert drawn() == first


def test_the_document_of_the_public_channel_has_its_fields(client: PageClient, edition: Edition) -> None:
    sections = client.get("/live/public").get_json()["sections"]
    now = sections["now_next"]["now"]
    assert (now["slot"], now["position_text"], now["who"], now["delta_s"], now["state"]) == (
        "award-operations-3",
        "3 / 11",
        "江戸川区",
        112,
        "on",
    )
    assert now["entry"]["number"] == "O-012"
    assert now["entry"]["broadcast_title"] == ["【サンプル】窓口の手書きをなくす申請支援"]
    assert sections["timer"]["slot"] == "award-operations-3"
    assert sections["notices"] == [{
        "kind": "delay", "state": "late", "delta_s": 112, "at": None,
        "holds": {"code": "award-idea", "short": "DXアイデア部門", "short_en": "DX ideas", "at": "2025-12-24T04:40:00.000Z"},
    }]  # fmt: skip
    assert [block["state"] for block in sections["schedule"]][:5] == ["done", "done", "done", "on", "upcoming"]
    assert len(json.dumps(sections, ensure_ascii=False)) < 16_000


# --- the desk, the script, the screens -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/director", "/mc", "/screen/confidence", "/screen/hall"])
def test_crew_pages_ask_for_a_link(client: PageClient, edition: Edition, path: str) -> None:
    assert client.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/director", "/director?lang=en", "/director?ask=go", "/mc", "/mc?size=2&ruby=off", "/mc?screen=black",
                                  "/mc?lang=en", "/screen/confidence", "/screen/hall", "/screen/hall?lang=en"])  # fmt: skip
def test_director_sees_every_page_of_the_stage(client: PageClient, edition: Edition, path: str) -> None:
    client.enter(link_to(edition, Role.DIRECTOR))
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/screen/confidence", "/screen/hall"])
def test_screens_come_in_by_their_token_without_a_cookie(client: PageClient, edition: Edition, path: str) -> None:
    answer = client.get(f"{path}?token={screen_token(edition)}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert client.get(f"{path}?token=1-AAAAAAAAAAAAAAAAAAAAAAAAAA").status_code == 401


def test_a_screen_token_opens_no_desk(client: PageClient, edition: Edition) -> None:
    assert client.get(f"/director?token={screen_token(edition)}").status_code == 401
    assert client.get(f"/mc?token={screen_token(edition)}").status_code == 401


def test_every_button_works_as_a_plain_form(client: PageClient, edition: Edition) -> None:
    client.enter(link_to(edition, Role.DIRECTOR))
    steps: list[tuple[str, dict[str, str]]] = [
        ("pause", {}), ("resume", {}), ("add", {"seconds": "-30"}), ("message", {"text": "あと1分です"}),
        ("insert", {"after": "award-operations-3", "title": "機材の確認", "seconds": "60"}), ("skip", {"slot": "inserted-1"}),
        ("no_show", {"slot": "award-operations-4"}), ("go", {"from": "award-operations-3", "to": "award-operations-5"}),
        ("go", {"from": "award-operations-5", "to": ""}), ("jump", {"block": "award-idea"}),
    ]  # fmt: skip
    for name, fields in steps:
        answer = client.form_post("/director", f"/director/do/{name}", **fields)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/director"), name
        assert 'data-kind="error"' not in client.get("/director").get_data(as_text=True), name
    verbs = list(db.session.scalars(select(Cue.verb).where(Cue.op_id.not_like("jump%")).order_by(Cue.id)))
    assert verbs[3:11] == ["pause", "resume", "add", "insert", "skip", "skip", "start", "end"]


def test_a_refused_form_says_why(client: PageClient, edition: Edition) -> None:
    client.enter(link_to(edition, Role.DIRECTOR))
    client.form_post("/director", "/director/do/go", **{"from": "opening", "to": "award-operations-4"})
    assert "ほかの方が先に進行を動かしました" in client.get("/director").get_data(as_text=True)
    assert client.form_post("/director", "/director/do/everything").status_code == 400


def test_a_form_pressed_twice_counts_once(client: PageClient, edition: Edition) -> None:
    client.enter(link_to(edition, Role.DIRECTOR))
    page = client.get("/director").get_data(as_text=True)
    fields = [form for form in parse(page).iter("form") if form.get("action") == "/director/do/add"][0]
    values = {field.get("name"): field.get("value") for field in fields.iter("input")}
    for _press in range(2):
        assert client.post("/director/do/add", data=values).status_code == 303
    assert len(list(db.session.scalars(select(Cue).where(Cue.verb == "add")))) == 1


@pytest.mark.parametrize("role", [Role.MC, Role.CHAIR, Role.SWITCHER])
def test_others_cannot_post_to_the_desk(client: PageClient, edition: Edition, role: Role) -> None:
    client.enter(link_to(edition, role))
    answer = client.form_post("/code", "/director/do/go", **{"from": "award-operations-3", "to": "award-operations-4"})
    assert answer.status_code == 401


def test_the_desk_shows_plan_actual_expected_and_gaps(client: PageClient, edition: Edition) -> None:
    client.enter(link_to(edition, Role.DIRECTOR))
    said = words(client.get("/director").get_data(as_text=True))
    assert "11:16 11:18:40 +1:52 3 江戸川区" in said
    assert "11:22 11:24:34 +1:52 4 八王子市" in said
    assert "13:30 余白 10分" in said
    assert "3 → 4 八王子市" in said
    assert "取り消すと戻る操作:11:18:40 開始 3 / 11" in said


def test_the_script_reads_the_stored_readings(client: PageClient, edition: Edition) -> None:
    client.enter(link_to(edition, Role.MC))
    page = client.get("/mc").get_data(as_text=True)
    assert "<ruby>八王子市<rt>はちおうじし</rt></ruby>の<ruby>取組<rt>とりくみ</rt></ruby>" in page
    assert "<ruby>議事録<rt>ぎじろく</rt></ruby>" in page
    assert "続</rt>" not in page
    operations.jump(system(edition), op_id="jump-idea", block="award-idea")
    assert "の<ruby>提案<rt>ていあん</rt></ruby>" in client.get("/mc").get_data(as_text=True)


def test_the_hall_names_every_body_and_three_that_follow(client: PageClient, edition: Edition) -> None:
    page = client.get(f"/screen/hall?token={screen_token(edition)}").get_data(as_text=True)
    rows = [element for element in parse(page).iter("li") if element.get("class") == "hall__row"]
    assert ["".join(row.itertext()).split("【")[0] for row in rows] == ["次11:24八王子市", "その後11:30奥多摩町", "11:36板橋区"]
    assert "<svg" in page
