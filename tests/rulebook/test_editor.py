"""The editor as a browser sees it: every field comes back, buttons keep nothing, what is kept is laid out, what is wrong is said."""

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from eventapp.admin.queries import edition_named, every_link
from eventapp.awards.queries import prize_facts, reveal_order
from eventapp.extensions import db
from eventapp.models import Edition, JournalLine, Poll, RulesVersion
from eventapp.rulebook.forms import read_draft_form
from eventapp.rulebook.queries import beside_of, draft_of, fingerprint
from eventapp.rules.rulebook_draft import changed, in_reveal_order, read_draft, write_rules
from eventapp.rules.tally_rules_file import parse_rules
from eventapp.voting.queries import contests, rulebook
from tests.page import PageClient
from tests.rulebook.form import controls, ids, sent_for
from tests.rules.elections import draft_rules
from tests.rules.test_rulebook_draft import toml

RULES = "/desk/rules"


def page(desk: PageClient) -> MultiDict[str, str]:
    """The fields of the editor as they are shown now."""
    return controls(desk.get(RULES).get_data(as_text=True), "rules")


def press(desk: PageClient, fields: MultiDict[str, str], do: str, **typed: str) -> Any:
    sent = MultiDict(fields)
    for name, value in typed.items():
        sent[name.replace("__", "-")] = value
    return desk.post(RULES, data=MultiDict([*sent.items(multi=True), ("do", do)]))


def stored() -> tuple[str, str]:
    edition = edition_named(None)
    return edition.rules_toml, fingerprint(edition)


def test_every_page_opens(desk: PageClient) -> None:
    for address in ("", "?lang=en", "/text", "/trial", "/trial?seed=1&runs=2&voters=70", "/versions", "/rules.toml", "?from=9", "?from=x"):
        assert desk.get(RULES + address).status_code == 200


@pytest.mark.parametrize("which", ["edition", "fictional"])
def test_the_fields_of_the_page_are_the_rules(request: pytest.FixtureRequest, desk: PageClient, which: str) -> None:
    edition: Edition = request.getfixturevalue(which)
    shown = page(desk)
    draft = read_draft_form(shown)

    assert parse_rules(write_rules(draft).encode()) == rulebook(edition)
    assert draft == draft_of(edition)
    expected, besides = sent_for(draft), {"csrf_token", "base", "seed", "runs", "voters", "reason"}
    assert {name: shown.getlist(name) for name in shown if name not in besides} == {
        name: expected.getlist(name) for name in expected if name in shown
    }


@pytest.mark.examples
@given(st.integers(0, 2**32))
@settings(max_examples=1000)
def test_any_rules_come_back_from_the_form(seed: int) -> None:
    rules: dict[str, Any] = {"format": "tally/1"}
    draft_rules(Random(seed), rules)
    draft = read_draft(toml(rules).replace("\\U0000001f", "-").encode())  # control characters are refused before they get there

    assert read_draft_form(sent_for(draft)) == replace(draft, reveal=in_reveal_order((), [prize.id for prize in draft.prizes]))


@pytest.mark.parametrize("which", ["edition", "fictional"])
def test_saving_what_is_shown_changes_nothing(request: pytest.FixtureRequest, desk: PageClient, which: str) -> None:
    request.getfixturevalue(which)
    before = stored()

    assert press(desk, page(desk), "save").status_code == 303
    assert stored() == before
    assert db.session.scalars(select(RulesVersion)).all() == []


def test_what_is_saved_is_laid_out_and_journalled(desk: PageClient, edition: Edition) -> None:
    fields = page(desk)
    fields = controls(press(desk, fields, "contests add").get_data(as_text=True), "rules")
    fields = controls(press(desk, fields, "prizes add").get_data(as_text=True), "rules")
    typed = {"id": "people", "name": "会場賞", "name_en": "People's choice", "opens": "16:11", "closes": "16:20", "text": "会場で選ぶ"}
    for name, value in typed.items():
        if name != "text":
            fields[f"contests-5-{name}"] = value
        if name not in ("opens", "closes", "name_en"):
            fields[f"prizes-8-{name}"] = value
    fields.setlist("contests-5-categories", ["idea"])
    fields["prizes-8-contest"] = "contest-1"  # still called as the page was shown
    answer = press(desk, fields, "save", reason="会場の声を入れる")

    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert list(contests(edition))[-1] == "people"
    assert rulebook(edition).prizes[-1].contest == "people"
    poll = db.session.scalars(select(Poll).where(Poll.contest == "people")).one()
    assert (poll.name, poll.name_en, poll.state, poll.position) == ("会場賞", "People's choice", "draft", 5)
    assert edition.settings["award_order"][-1] == "people"
    assert reveal_order(edition)[0] == "people"
    assert prize_facts(edition, "people") | {"text": "会場で選ぶ"} == prize_facts(edition, "people")
    assert prize_facts(edition, "grand-service")["lines"] == ["大賞"]
    first, second = db.session.scalars(select(RulesVersion).order_by(RulesVersion.number))
    assert (first.reason, second.reason, second.toml) == ("年度の作成", "会場の声を入れる", edition.rules_toml)
    line = db.session.scalars(select(JournalLine).where(JournalLine.act == "rules.saved")).one()
    assert json.loads(line.details) == {"before": first.sha256, "reason": "会場の声を入れる", "sha256": second.sha256, "version": 2}


def test_a_contest_that_goes_takes_its_poll(desk: PageClient, edition: Edition) -> None:
    fields = page(desk)
    fields = controls(press(desk, fields, "prizes 6 remove").get_data(as_text=True), "rules")
    fields = controls(press(desk, fields, "contests 3 remove").get_data(as_text=True), "rules")
    fields.setlist("prizes-6-excludes", [name for name in fields.getlist("prizes-6-excludes") if name != "dx-sprint"])

    assert press(desk, fields, "save").status_code == 303
    assert set(db.session.scalars(select(Poll.contest))) == {"service", "operations", "idea", "ai-innovation"}
    assert "dx-sprint" not in reveal_order(edition)
    assert desk.get("/").status_code == 200


def test_a_button_keeps_nothing_and_forgets_nothing(desk: PageClient, edition: Edition) -> None:
    before, fields = stored(), page(desk)
    for do in ("contests 1 up", "contests 0 ties 1 up", "contests 3 ties add", "prizes 7 up", "reveal 2 down", "check", "nonsense", ""):
        answer = press(desk, fields, do, name="名前を変えた")
        shown = controls(answer.get_data(as_text=True), "rules")
        assert answer.status_code == 200
        assert shown["name"] == "名前を変えた"
        expected = changed(read_draft_form(MultiDict([*fields.items(multi=True), ("name", "")])), do.split())
        assert [one.id for one in read_draft_form(shown).contests] == [one.id for one in expected.contests]
        assert read_draft_form(shown).reveal == expected.reveal
    assert stored() == before


def test_another_method_is_shown_before_it_is_saved(desk: PageClient, edition: Edition) -> None:
    before = stored()
    answer = press(desk, page(desk), "save", contests__0__method="score")
    fields = controls(answer.get_data(as_text=True), "rules")

    assert (answer.status_code, stored()) == (200, before)
    assert fields.getlist("contests-0-ties") == ["firsts", "head-to-head", "chair", "lot"]  # countback is for points
    assert press(desk, fields, "save").status_code == 303
    assert contests(edition)["service"].method == "score"


WRONG = [
    ({"contests-0-quorum": "many"}, "contests-0-quorum", "整数を入力してください。"),
    ({"contests-0-min_marks": "0"}, "contests-0-min_marks", "1以上の数を入力してください。"),
    ({"contests-0-points": "1, 2"}, "contests-0-points", "点数は、1位から順に同じか小さくなるように、0以上で入力してください。"),
    ({"contests-0-points": ""}, "contests-0-points", "1つ以上入力してください。"),
    ({"contests-0-id": "a b"}, "contests-0-id", "空白とカンマを含まない記号を入力してください。"),
    ({"contests-0-id": "idea"}, "contests-2-id", "同じ記号がほかにもあります。別の記号にしてください。"),
    ({"contests-0-id": ""}, "contests-0-id", "入力してください。"),
    ({"contests-0-name": " "}, "contests-0-name", "名前を入力してください。"),
    ({"contests-0-opens": "9時"}, "contests-0-opens", "「16:05」のように、時と分を2けたずつで入力してください。"),
    ({"contests-0-opens": "17:00"}, "contests-0-closes", "受付開始より後の時刻を入力してください。"),
    ({"contests-0-closes_at": "16:10"}, "contests-0-closes_at",
     "「2026-12-24T16:10:00+09:00」のように、日付、時刻、時差を入力してください。"),
    ({"contests-3-choices": "1/2"}, "contests-3-choices", "整数を入力してください。"),
    ({"contests-3-ties": "firsts"}, "contests-3-ties", "「firsts」は、選択の投票では使えない手順です。"),
    ({"contests-0-categories": "sports"}, "contests-0-categories", "「sports」という部門はこの年度にありません。"),
    ({"contests-0-count": "median"}, "contests-0-count", "数え方は、mean(平均)か total(合計)を選んでください。"),
    ({"prizes-0-seats": "0"}, "prizes-0-seats", "1以上の数を入力してください。"),
    ({"prizes-0-contest": "nothing"}, "prizes-0-contest", "「nothing」という投票はありません。"),
    ({"prizes-0-excludes": "dx-sprint"}, "prizes-0-excludes",
     "「dx-sprint」は、この賞より先に決める賞ではありません。順番を確かめてください。"),
    ({"prizes-0-min_score": "0.1.2"}, "prizes-0-min_score", "「12」「0.5」「1/5」のような数を入力してください。"),
    ({"prizes-0-name": ""}, "prizes-0-name", "名前を入力してください。"),
    ({"weighted": "yes", "groups-0-id": "staff", "groups-0-weight": "0"}, "groups-0-weight", "0より大きい数を入力してください。"),
    ({"weighted": "yes", "groups-0-id": "staff", "groups-0-weight": "1"}, "groups",
     "「東京都CIO(副知事)」の席が1席ありますが、重みがありません。"),
]  # fmt: skip


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(desk: PageClient, edition: Edition) -> None:
    before, shown = stored(), page(desk)
    for typed, where, words in WRONG:
        fields = MultiDict(shown)
        for name, value in typed.items():
            fields.setlist(name, [value])
        answer = press(desk, fields, "save")
        html = answer.get_data(as_text=True)
        again = controls(html, "rules")

        assert (answer.status_code, stored()) == (422, before), typed
        assert f'<li><a href="#{where}">' in html, typed
        assert words in html, typed
        assert where in ids(html), typed
        assert {name: again.getlist(name) for name in typed} == {name: [value] for name, value in typed.items()}


def test_warnings_stand_beside_the_field(desk: PageClient) -> None:
    fields = page(desk)
    fields["contests-0-min_marks"] = "42"
    fields.setlist("contests-3-ties", ["head-to-head"])
    fields["prizes-7-min_score"] = "2"
    html = press(desk, fields, "check").get_data(as_text=True)

    for where in ("contests-0-min_marks", "contests-3-ties", "prizes-7-min_score"):
        assert f'<li><a href="#{where}">' in html
    assert "席の半分(85席のうち43人)より少ない" in html
    assert press(desk, fields, "save").status_code == 303


def test_weights_begin_with_the_seats_and_say_what_a_vote_weighs(desk: PageClient, edition: Edition) -> None:
    html = press(desk, page(desk), "check", weighted="yes").get_data(as_text=True)
    fields = controls(html, "rules")

    assert [fields[f"groups-{row}-weight"] for row in range(5)] == ["1", "1", "3", "62", "18"]
    assert "東京都CIO(副知事)の1票はデジタルサービス局長の1票と同じ重みです。" in html
    html = press(desk, fields, "check", groups__0__weight="２０").get_data(as_text=True)
    assert "東京都CIO(副知事)の1票はデジタルサービス局長の20票と同じ重みです。" in html
    assert press(desk, fields, "save").status_code == 303
    assert rulebook(edition).groups == {"tokyo-cio": 1, "bureau-head": 1, "govtech": 3, "municipal-cio": 62, "staff": 18}


def test_who_saves_second_sees_both(desk: PageClient, edition: Edition) -> None:
    first, second = page(desk), page(desk)
    assert press(desk, first, "save", contests__0__quorum="50").status_code == 303
    before = stored()
    answer = press(desk, second, "save", contests__0__quorum="60")
    html = answer.get_data(as_text=True)

    assert (answer.status_code, stored()) == (409, before)
    assert "quorum = 50</del>" in html
    assert "quorum = 60</ins>" in html
    assert controls(html, "rules")["contests-0-quorum"] == "60"
    assert press(desk, controls(html, "rules"), "save").status_code == 303
    assert contests(edition)["service"].quorum == 60


def test_an_earlier_version_can_be_taken_up_again(desk: PageClient, edition: Edition) -> None:
    before = rulebook(edition)
    assert press(desk, page(desk), "save", contests__0__quorum="50").status_code == 303
    html = desk.get("/desk/rules/versions/2").get_data(as_text=True)
    assert "50人に満たないとき" in html
    assert "quorum = 50</ins>" in html
    fields = controls(desk.get(f"{RULES}?from=1").get_data(as_text=True), "rules")

    assert press(desk, fields, "save").status_code == 303
    assert rulebook(edition) == before
    assert desk.get("/desk/rules/versions/9").status_code == 404


def test_an_english_name_and_the_reveal_order_alone_make_a_version(desk: PageClient, edition: Edition) -> None:
    toml = write_rules(draft_of(edition))
    fields = controls(press(desk, page(desk), "reveal 1 up").get_data(as_text=True), "rules")

    assert press(desk, fields, "save", contests__0__name_en="Services").status_code == 303
    assert reveal_order(edition)[:2] == ("dx-sprint", "ai-innovation")
    assert (write_rules(draft_of(edition)), beside_of(draft_of(edition))["contests"]["service"]["name_en"]) == (toml, "Services")


@pytest.mark.parametrize("role", ["director", "chair", "auditor", "mc"])
def test_nobody_but_the_secretariat_sees_or_changes_the_rules(app: Flask, edition: Edition, role: str) -> None:
    client, before = app.test_client(), stored()
    assert isinstance(client, PageClient)
    own = client.enter(every_link("http://localhost")[role]).location

    assert client.get(RULES).status_code == 401
    for address in (RULES, f"{RULES}/text", f"{RULES}/freeze", f"{RULES}/thaw"):
        assert client.form_post(own, address, do="save", reason="x").status_code == 401
    assert stored() == before


STRANGE = [
    ({"do": "save"}, 409), ({"do": "save", "contests-0-ties": "x", "contests-٣-id": "y", "contests-99999999999-id": "z"}, 422),
    ({"do": "contests 9 ties add"}, 200), ({"do": "trial", "runs": "9" * 20, "voters": "-3", "seed": "\x00"}, 200),
    ({"do": "reveal 0 up", "reveal": "x"}, 200), ({"do": "save", "name": "\x00", "prizes-0-excludes": "\x00"}, 422),
    ({"do": "check", "groups-0-weight": "9" * 6000, "weighted": "on", "groups-0-id": "g"}, 200), ({}, 200),
]  # fmt: skip


def test_a_form_that_nobody_was_shown_gets_an_answer_and_changes_nothing(desk: PageClient, edition: Edition) -> None:
    before = stored()
    for fields, status in STRANGE:
        assert desk.form_post(RULES, RULES, **fields).status_code == status
        assert stored() == before
