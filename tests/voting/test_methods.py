"""All four methods on the tablet of the fictional edition: documents, plain forms, a judge's own recusal."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventapp import live, schema
from eventapp.access import Actor, Role
from eventapp.admin.queries import every_link
from eventapp.extensions import db
from eventapp.models import Ballot, JournalLine, Poll, SeatRecusal
from eventapp.rules.refusal import Refusal
from eventapp.voting import queries
from eventapp.voting.operations import put_plain
from eventapp.voting.polls import close_due_polls, close_poll
from eventapp.voting.recusals import declare_recusal
from tests.conftest import make_app
from tests.editions.day import FREE, OWN, create_fictional
from tests.page import PageClient, parse
from tests.voting.factories import edition, later, office, seat, sit

AFTER_THE_LAST_SLOT = 5 * 3600  # a poll closes no earlier than its last slot ends


@pytest.fixture
def finalists() -> None:
    """The fictional edition brings its own."""


@pytest.fixture(scope="module")
def fictional(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds the fictional edition and nothing else; copied by every test."""
    data = tmp_path_factory.mktemp("fictional")
    app = make_app(data)
    schema.upgrade(app)
    with app.app_context():
        create_fictional()
        db.engine.dispose()
    return data


@pytest.fixture
def app(fictional: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on its own copy of it."""
    app = make_app(Path(shutil.copytree(fictional, tmp_path / "data")))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def judge(app: Flask) -> Actor:
    return sit(FREE)


def enter(client: PageClient, label: str = FREE) -> PageClient:
    link = next(one for one in every_link("http://localhost")["judges"] if one["seat"] == label)
    assert client.enter(link["url"]).status_code == 303
    return client


@pytest.fixture
def tablet(client: PageClient) -> PageClient:
    return enter(client)


def ballots(label: str = FREE) -> dict[str, Any]:
    document = live.document(edition(), "judge", seat(label))
    return {one["contest"]: one for one in document["sections"]["ballots"]}


def bodies() -> dict[tuple[str, str], Any]:
    db.session.expire_all()
    query = select(Poll.contest, Ballot.unit, Ballot.body).join(Poll, Poll.id == Ballot.poll_id)
    return {(contest, unit): json.loads(body) for contest, unit, body in db.session.execute(query)}


def pressed(page: str) -> list[str]:
    return [b.get("value", "") for b in parse(page).iter("button") if b.get("aria-pressed") == "true"]


def test_every_method_has_its_paper_with_the_edition_s_words(app: Flask) -> None:
    found = ballots()

    assert [(one["contest"], one["method"]) for one in found.values()] == [
        ("care", "score"), ("river", "grade"), ("audience", "choice"), ("play", "points"),
    ]  # fmt: skip
    kindness, courage = found["care"]["criteria"]
    assert (kindness["name"], kindness["name_en"], kindness["weight"]) == ("やさしさ", "Kindness", 2.0)
    assert [level["value"] for level in kindness["levels"]] == [0, 2.5, 5, 7.5, 10]
    assert courage["levels"][1] == {"value": 3, "word": "少し変えた", "word_en": "A small change"}
    assert [grade["code"] for grade in found["river"]["grades"]] == ["まだ", "よい", "とてもよい", "すばらしい"]
    assert [entry["ballot"] for entry in found["care"]["entries"]] == [None, None, None]


def test_an_edition_without_words_offers_the_whole_range(app: Flask) -> None:
    edition().settings = {name: value for name, value in edition().settings.items() if name != "contest_words"}
    db.session.commit()
    kindness = ballots()["care"]["criteria"][0]

    assert kindness["name"] == "kindness"
    assert [level["value"] for level in kindness["levels"]] == list(range(11))


def test_an_entry_carries_its_own_ballot_and_receipt(judge: Actor) -> None:
    put_plain(judge, contest="care", entry="C-002", body={"marks": {"kindness": 7.5, "courage": 6}})
    entry = next(one for one in ballots()["care"]["entries"] if one["id"] == "C-002")

    assert (entry["ballot"]["body"], entry["ballot"]["entry"]) == ({"marks": {"kindness": 7.5, "courage": 6}}, "C-002")
    assert entry["ballot"]["receipt"]
    assert all(one["ballot"] is None for one in ballots("J-03")["care"]["entries"])


def test_a_score_is_given_level_by_level_by_plain_forms(tablet: PageClient) -> None:
    home, door = "/judge/care", "/judge/care/ballot"
    answer = tablet.form_post(home, door, mark="kindness 7.5 C-002")
    assert answer.status_code == 303
    page = tablet.get(answer.location).get_data(as_text=True)

    assert bodies() == {("care", "C-002"): {"marks": {"kindness": 7.5}}}
    assert pressed(page) == ["kindness 7.5 C-002"]
    assert "まだ数えられません。あと: 思い切り" in page

    tablet.form_post(home, door, mark="courage 10 C-002", **{"shown.C-002.kindness": "7.5"})
    page = tablet.get(home).get_data(as_text=True)
    assert bodies() == {("care", "C-002"): {"marks": {"kindness": 7.5, "courage": 10}}}
    assert "まだ数えられません" not in page
    assert "25点" in page

    tablet.form_post(home, door, mark="courage 10 C-002", **{"shown.C-002.kindness": "7.5", "shown.C-002.courage": "10"})
    assert bodies() == {("care", "C-002"): {"marks": {"kindness": 7.5}}}
    tablet.form_post(home, door, mark="none C-002", **{"shown.C-002.kindness": "7.5"})
    assert bodies() == {("care", "C-002"): {"marks": {}}}
    assert pressed(tablet.get(home).get_data(as_text=True)) == ["none C-002"]


def test_a_grade_is_given_and_taken_back_by_plain_forms(tablet: PageClient) -> None:
    home, door = "/judge/river", "/judge/river/ballot"
    tablet.form_post(home, door, mark="3 R-001")
    assert bodies() == {("river", "R-001"): {"grade": "すばらしい"}}
    assert pressed(tablet.get(home).get_data(as_text=True)) == ["3 R-001"]
    tablet.form_post(home, door, mark="3 R-001", **{"shown.R-001": "3"})
    assert bodies() == {("river", "R-001"): {"grade": None}}


def test_a_ranking_is_moved_up_and_down_by_plain_forms(tablet: PageClient) -> None:
    home, door = "/judge/play", "/judge/play/ballot"
    shown = {"rank1": "R-001", "rank2": "R-002", "rank3": "R-003"}
    tablet.form_post(home, door, move="up R-003", **shown)
    assert bodies()["play", ""] == {"ranking": ["R-001", "R-003", "R-002"]}
    tablet.form_post(home, door, move="down R-001", **shown)
    assert bodies()["play", ""] == {"ranking": ["R-002", "R-001", "R-003"]}
    tablet.form_post(home, door, move="up R-001", **shown)
    assert bodies()["play", ""] == {"ranking": ["R-001", "R-002", "R-003"]}


@pytest.mark.parametrize(("contest", "body"), [("audience", {"entries": []}), ("play", {"ranking": []})])
def test_a_blank_ballot_is_a_ballot(tablet: PageClient, contest: str, body: dict[str, list[str]]) -> None:
    tablet.form_post(f"/judge/{contest}", f"/judge/{contest}/ballot", tap="abstain")

    assert bodies() == {(contest, ""): body}
    assert "白票" in tablet.get(f"/judge/{contest}").get_data(as_text=True)


@pytest.mark.parametrize("mark", [
    "", "C-002", "kindness C-002", "kindness x C-002", "kindness 11 C-002", "kindness -1 C-002", "speed 1 C-002", "kindness 1 R-001",
    "kindness 1e1 C-002", "kindness NaN C-002", "kindness 1 C-999", "none C-999", "a b c C-002",
])  # fmt: skip
def test_a_senseless_score_is_refused_and_nothing_is_stored(tablet: PageClient, mark: str) -> None:
    answer = tablet.form_post("/judge/care", "/judge/care/ballot", mark=mark)

    assert answer.status_code == 422
    assert bodies() == {}


@pytest.mark.parametrize("mark", ["", "R-001", "4 R-001", "-1 R-001", "よい R-001", "² R-001", "9999999999 R-001", "0 C-001"])
def test_a_senseless_grade_is_refused_and_nothing_is_stored(tablet: PageClient, mark: str) -> None:
    assert tablet.form_post("/judge/river", "/judge/river/ballot", mark=mark).status_code == 422
    assert bodies() == {}


@pytest.mark.parametrize("contest", ["care", "river", "audience", "play"])
@pytest.mark.parametrize("language", ["", "?lang=en"])
def test_every_method_has_its_page_in_both_languages(tablet: PageClient, contest: str, language: str) -> None:
    page = tablet.get(f"/judge/{contest}{language}").get_data(as_text=True)
    words = {"care": ("届かない", "Does not reach"), "river": ("県の手本になる", "A model for all"), "audience": (">選ぶ<", ">Choose<")}

    assert words.get(contest, (">1位<", ">#1<"))[bool(language)] in page


def test_an_incomplete_mark_is_kept_and_counts_for_nothing(judge: Actor) -> None:
    put_plain(judge, contest="care", entry="C-002", body={"marks": {"kindness": 5}})

    rows = list(queries.ballot_rows(edition()))
    assert [(row["entry"], row["criterion"], row["value"]) for row in rows] == [("C-002", "kindness", "5")]


def test_the_summary_names_every_receipt_after_the_close(tablet: PageClient) -> None:
    judge = Actor(Role.JUDGE, edition(), f"seat:{FREE}", seat=seat(FREE))
    answers = [put_plain(judge, contest="care", entry=name, body={"marks": {"kindness": 5, "courage": 3}}) for name in ("C-001", "C-002")]
    put_plain(judge, contest="care", entry="C-003", body={"marks": {"kindness": 5}})
    close_poll(office(), contest="care", from_="open")
    later(AFTER_THE_LAST_SLOT)
    page = tablet.get("/judge/care").get_data(as_text=True)
    records = [one for one in parse(page).iter("section") if one.get("class") == "summary"]
    shown = ["hidden" not in one.attrib for one in records]

    assert shown == [True, False, False, False]
    assert all(answer["receipt"] in page for answer in answers)
    assert "数えません(項目が不足)" in page


# --- a judge's own recusal ------------------------------------------------------------------------------------------------


def test_a_declared_conflict_recuses_the_seat_and_flags_its_ballots(judge: Actor) -> None:
    put_plain(judge, contest="care", entry="C-002", body={"marks": {"kindness": 5, "courage": 3}})
    put_plain(judge, contest="audience", body={"entries": ["C-002", "R-001"]})
    put_plain(judge, contest="play", body={"ranking": ["R-001"]})

    assert declare_recusal(judge, entry="C-002", reason="other", note_="隣の家の人が出ています") == 2
    found = ballots()
    entry = next(one for one in found["care"]["entries"] if one["id"] == "C-002")
    assert (entry["recused"], entry["reason"]) == (True, "declared")
    assert [found[name]["needs_review"] for name in ("care", "audience", "play")] == [True, True, False]
    assert next(row["recused"] for row in queries.judge_rows(edition()) if row["judge"] == FREE) == "C-002"
    line = db.session.scalars(select(JournalLine).where(JournalLine.act == "recusal.declared")).one()
    assert json.loads(line.details) == {"seat": FREE, "entry": "C-002", "reason": "other"}
    assert put_plain(judge, contest="audience", body={"entries": ["C-002"]})["result"] == "recused"


def test_declaring_twice_is_declaring_once(judge: Actor) -> None:
    declare_recusal(judge, entry="C-002", reason="family")
    declare_recusal(judge, entry="C-002", reason="interest")

    assert [row.reason for row in db.session.scalars(select(SeatRecusal))] == ["family"]


@pytest.mark.parametrize(("entry", "reason", "words", "code"), [
    ("C-002", "", "", "recusal.unexplained"), ("C-002", "because", "", "recusal.unexplained"),
    ("C-002", "other", "", "recusal.unexplained"),
    ("C-002", "family", "x" * 201, "recusal.unexplained"), ("C-999", "family", "", "recusal.unknown"),
])  # fmt: skip
def test_a_senseless_declaration_is_refused(judge: Actor, entry: str, reason: str, words: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        declare_recusal(judge, entry=entry, reason=reason, note_=words)
    assert refused.value.code == code
    assert db.session.scalars(select(SeatRecusal)).all() == []


def test_a_declaration_after_every_close_is_refused(judge: Actor) -> None:
    for contest in ("care", "audience"):
        close_poll(office(), contest=contest, from_="open")
    later(AFTER_THE_LAST_SLOT)
    close_due_polls(office())

    with pytest.raises(Refusal, match=r"recusal\.late"):
        declare_recusal(judge, entry="C-002", reason="family")
    assert declare_recusal(judge, entry="R-001", reason="family") == 0


def test_a_device_that_was_taken_over_declares_nothing(app: Flask, tablet: PageClient) -> None:
    link = next(one for one in every_link("http://localhost")["judges"] if one["seat"] == FREE)
    second = app.test_client()
    assert isinstance(second, PageClient)
    second.enter(link["url"], code=link["code"])
    answer = tablet.form_post("/judge/recusals/C-002", "/judge/recusals/C-002", reason="family")

    assert answer.status_code == 409
    assert db.session.scalars(select(SeatRecusal)).all() == []


def test_a_conflict_is_declared_by_a_plain_form_after_one_question(tablet: PageClient) -> None:
    asked = "/judge/recusals/C-002?contest=care"
    assert "申し出るとどうなりますか" in tablet.get(asked).get_data(as_text=True)
    wrong = tablet.form_post(asked, "/judge/recusals/C-002", contest="care", reason="other", note="")
    assert (wrong.status_code, "理由を選んでください" in wrong.get_data(as_text=True)) == (422, True)
    answer = tablet.form_post(asked, "/judge/recusals/C-002", contest="care", reason="involved")
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/judge/care")
    page = tablet.get(answer.location).get_data(as_text=True)

    assert "利益相反の申し出を受け付けました" in page
    assert not [b for b in parse(page).iter("button") if (b.get("value") or "").endswith(" C-002")]
    assert tablet.get("/judge/recusals/C-999").status_code == 404


def test_only_the_rule_decides_whether_the_own_body_is_recused(app: Flask) -> None:
    own = next(one for one in ballots(OWN)["care"]["entries"] if one["id"] == "C-003")
    assert (own["recused"], own["reason"]) == (False, None)
    edition().rules_toml = edition().rules_toml.replace("recuse_own = false", "recuse_own = true")
    db.session.commit()
    own = next(one for one in ballots(OWN)["care"]["entries"] if one["id"] == "C-003")
    assert (own["recused"], own["reason"]) == (True, "own")
