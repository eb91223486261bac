"""Comments, corrections and a sealer's glance: nothing before its step, nothing changed in silence."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventapp import journal
from eventapp.access import Actor, Role
from eventapp.admin.queries import edition_named
from eventapp.awards import queries
from eventapp.awards.operations import decide, peek
from eventapp.awards.published import queries as published
from eventapp.awards.published.operations import confirm_correction, propose_correction, unseal_result, write_remark
from eventapp.awards.sections import reveal_now
from eventapp.ceremony.operations import name_person
from eventapp.ceremony.queries import openings
from eventapp.extensions import db
from eventapp.models import Correction, Entry, Published
from eventapp.rules.refusal import Refusal
from tests.awards.day import actor, close_day, seal_day, step, tied_votes
from tests.awards.test_pages import enter, text_of


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, match=f"^{code}$")


def unnamed() -> Actor:
    """A member of the office who is no sealer."""
    office = actor(Role.SECRETARIAT)
    assert office.person is not None
    office.person.is_sealer = False
    db.session.commit()
    return actor(Role.SECRETARIAT)


def tied_and_sealed() -> tuple[str, str]:
    """DX Sprint level and given to the first of the two by the chair; sealed, and revealed as the second prize."""
    edition = edition_named(None)
    close_day(tied_votes(edition))
    first, second = (one["number"] for one in queries.nominees(edition, "dx-sprint")[:2])
    decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{first} {second}", reason="理由")
    seal_day()
    step(8)
    return first, second


def sealed_anew() -> tuple[str, str]:
    """The same, then unsealed, decided the other way, and sealed again."""
    first, second = tied_and_sealed()
    unseal_result(actor(Role.CHAIR), reason="順番の読み違い")
    decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{second} {first}", reason="読み違いを正す")
    seal_day()
    return first, second


def told(prize: str = "dx-sprint") -> list[str]:
    return [row["entry_number"] for row in published.told(edition_named(None), prize)]


# --- comments ---------------------------------------------------------------------------------------------------------------


def test_a_comment_comes_out_with_its_prize_and_not_before(app: Flask) -> None:
    close_day()
    seal_day()
    write_remark(actor(Role.CHAIR), prize="ai-innovation", text="  現場の声から\n始まった。 ")
    public = enter(app)
    for _ in range(3):
        step()
        assert "現場の声から" not in text_of(public, "/results") + public.get("/live/public").get_data(as_text=True)

    step()

    assert "現場の声から" in text_of(public, "/results")
    assert [row.comment for row in db.session.scalars(select(Published))] == ["現場の声から\n始まった。"]


def test_a_comment_after_the_reveal_stands_at_once_and_goes_at_once(app: Flask) -> None:
    close_day()
    seal_day()
    step(4)
    office = unnamed()

    write_remark(office, prize="ai-innovation", text="短い講評")
    assert "短い講評" in text_of(enter(app), "/results?lang=en")
    write_remark(office, prize="ai-innovation", text=" ")
    assert "講評" not in text_of(enter(app), "/results")


def test_before_the_reveal_only_sealers_write_and_read_a_comment(app: Flask) -> None:
    close_day()
    seal_day()
    write_remark(actor(Role.CHAIR), prize="grand-idea", text="まだ伏せる講評")
    office = unnamed()

    with refused("result.reserved"):
        write_remark(office, prize="grand-idea", text="x")
    page = text_of(enter(app, "secretariat"), "/desk/published")
    assert ("まだ伏せる講評" in page, "DXアイデア" in page) == (False, False)
    assert "まだ伏せる講評" in text_of(enter(app, "deputy"), "/deputy/published")
    assert [line for line in journal.lines(edition_named(None)) if "まだ伏せる" in str(line)] == []


@pytest.mark.parametrize(("prize", "text", "code"), [("no-prize", "x", "prize.unknown"), ("grand-idea", "x" * 1001, "remark.overlong")])
def test_a_comment_that_cannot_be_taken(app: Flask, prize: str, text: str, code: str) -> None:
    close_day()
    head = journal.head(edition_named(None))

    with refused(code):
        write_remark(actor(Role.CHAIR), prize=prize, text=text)
    assert journal.head(edition_named(None)) == head


def test_a_comment_by_form_keeps_what_was_typed_when_refused(app: Flask) -> None:
    close_day()
    client = enter(app, "chair")

    answer = client.form_post("/chair/published", "/chair/published/remark", prize="grand-idea", text="長い" * 501)
    assert (answer.status_code, "長い" * 501 in answer.get_data(as_text=True)) == (422, True)
    assert client.form_post("/chair/published", "/chair/published/remark", prize="grand-idea", text="<b>良い</b>").status_code == 303
    assert "&lt;b&gt;良い&lt;/b&gt;" in text_of(client, "/chair/published")


@pytest.mark.parametrize("role", ["director", "mc", "switcher", "auditor"])
def test_nobody_else_opens_the_comments(app: Flask, role: str) -> None:
    close_day()

    assert [enter(app, role).get(f"/{home}/published").status_code for home in ("chair", "deputy", "desk")] == [401] * 3


# --- corrections ------------------------------------------------------------------------------------------------------------


def test_a_new_seal_keeps_the_cursor_and_what_was_told(app: Flask) -> None:
    first, second = sealed_anew()

    row = queries.reveal_row(edition_named(None))
    assert row is not None
    assert ((row.n, row.step), told()) == ((1, "winner"), [first])
    assert list(published.due(edition_named(None))) == ["dx-sprint"]
    assert reveal_now(edition_named(None))["winner"]["number"] == first


def test_two_sealers_correct_in_front_of_everybody(app: Flask) -> None:
    first, second = sealed_anew()
    owners = {entry.number: entry.owner for entry in queries.finalists(edition_named(None))}
    write_remark(actor(Role.CHAIR), prize="dx-sprint", text="前の受賞者への講評")

    propose_correction(actor(Role.CHAIR), prize="dx-sprint", reason="順番を読み違えたため")
    assert told() == [first]
    with refused("correction.alone"):
        confirm_correction(actor(Role.CHAIR), prize="dx-sprint")
    confirm_correction(actor(Role.DEPUTY), prize="dx-sprint")

    assert (told(), published.due(edition_named(None))) == ([second], {})
    row = queries.reveal_row(edition_named(None))
    assert row is not None
    assert (row.n, row.step) == (1, "winner")
    public = enter(app)
    japanese, english = text_of(public, "/results"), text_of(public, "/results?lang=en")
    assert ("訂正" in japanese, "順番を読み違えたため" in japanese, f"<del>{owners[first]}" in japanese) == (True, True, True)
    assert ("Correction" in english, "前の受賞者への講評" in japanese) == (True, False)
    assert public.get("/live/public").get_json()["sections"]["reveal"]["winner"]["number"] == second
    line = journal.lines(edition_named(None))[-1]
    assert (line["act"], line["details"]["before"], line["details"]["after"]) == ("correction.made", [first], [second])  # type: ignore[index]


def test_the_reveal_goes_on_after_a_correction(app: Flask) -> None:
    sealed_anew()
    propose_correction(actor(Role.CHAIR), prize="dx-sprint", reason="読み違い")
    confirm_correction(actor(Role.SECRETARIAT), prize="dx-sprint")

    step(24)

    seal = queries.sealed(edition_named(None))
    assert seal is not None
    assert published.due(edition_named(None)) == {}
    assert db.session.scalar(select(func.count()).select_from(Published)) == 8


def test_a_misprinted_title_is_corrected_the_same_way_and_keeps_its_comment(app: Flask) -> None:
    close_day()
    seal_day()
    step(4)
    number = told("ai-innovation")[0]
    write_remark(actor(Role.CHAIR), prize="ai-innovation", text="よい取組")
    entry = db.session.scalars(select(Entry).where(Entry.number == number)).one()
    entry.title = "正しい題名"
    db.session.commit()

    propose_correction(actor(Role.DEPUTY), prize="ai-innovation", reason="題名の誤り")
    confirm_correction(actor(Role.CHAIR), prize="ai-innovation")

    page = text_of(enter(app), "/results")
    assert ("正しい題名" in page, "よい取組" in page, told("ai-innovation")) == (True, True, [number])


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.AUDITOR, Role.MC])
def test_others_neither_unseal_nor_correct(app: Flask, role: Role) -> None:
    first, _ = sealed_anew()

    with refused("result.reserved"):
        unseal_result(actor(role), reason="x")
    with refused("result.reserved"):
        propose_correction(actor(role), prize="dx-sprint", reason="x")
    propose_correction(actor(Role.CHAIR), prize="dx-sprint", reason="x")
    with refused("result.reserved"):
        confirm_correction(actor(role), prize="dx-sprint")
    assert told() == [first]


def test_what_equals_the_record_is_not_corrected(app: Flask) -> None:
    first, _ = tied_and_sealed()

    for prize in ("dx-sprint", "grand-idea", "no-prize"):
        with refused("correction.unneeded"):
            propose_correction(actor(Role.CHAIR), prize=prize, reason="x")
        with refused("correction.unneeded"):
            confirm_correction(actor(Role.DEPUTY), prize=prize)
    assert (told(), db.session.scalar(select(func.count()).select_from(Correction))) == ([first], 0)


def test_a_correction_needs_a_reason_and_a_seal(app: Flask) -> None:
    sealed_anew()
    with refused("reason.omitted"):
        propose_correction(actor(Role.CHAIR), prize="dx-sprint", reason="")
    with refused("reason.overlong"):
        propose_correction(actor(Role.CHAIR), prize="dx-sprint", reason="x" * 401)
    unseal_result(actor(Role.CHAIR), reason="もう一度")
    with refused("result.unsealed"):
        propose_correction(actor(Role.CHAIR), prize="dx-sprint", reason="x")
    with refused("result.unsealed"):
        unseal_result(actor(Role.CHAIR), reason="x")


def test_a_proposal_that_was_overtaken_is_not_confirmed(app: Flask) -> None:
    first, second = sealed_anew()
    propose_correction(actor(Role.CHAIR), prize="dx-sprint", reason="読み違い")
    unseal_result(actor(Role.DEPUTY), reason="やはり初めのとおり")
    decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{first} {second}", reason="理由")
    seal_day()

    with refused("correction.superseded"):
        confirm_correction(actor(Role.DEPUTY), prize="dx-sprint")
    assert told() == [first]


def test_unsealing_stops_the_reveal_until_two_sign_again(app: Flask) -> None:
    tied_and_sealed()
    unseal_result(actor(Role.SECRETARIAT), reason="確かめ直す")

    with refused("result.unsealed"):
        step()
    seal_day()
    step()
    assert reveal_now(edition_named(None))["step"] == "category"


def test_a_correction_by_plain_forms(app: Flask) -> None:
    first, second = tied_and_sealed()
    chair, deputy = enter(app, "chair"), enter(app, "deputy")

    def post(client: object, home: str, act: str, **fields: str) -> int:
        return int(client.form_post(f"/{home}/published", f"/{home}/published/{act}", **fields).status_code)  # type: ignore[attr-defined]

    assert post(chair, "chair", "unseal", reason="") == 422
    assert post(chair, "chair", "unseal", reason="読み違い") == 303
    fields = {f"rank-{second}": "1", f"rank-{first}": "2", "prize": "dx-sprint", "step": "chair", "reason": "読み違いを正す"}
    assert chair.form_post("/chair/result", "/chair/result/decide", **fields).status_code == 303
    seal_day()
    page = text_of(chair, "/chair/published")
    assert ("発表した賞はまだ" in page, page.count("訂正案を作る")) == (False, 1)
    assert post(chair, "chair", "propose", prize="dx-sprint", reason="読み違い") == 303
    assert post(chair, "chair", "confirm", prize="dx-sprint") == 409
    assert "確かめた。訂正して公開する" in text_of(deputy, "/deputy/published")
    assert post(deputy, "deputy", "confirm", prize="dx-sprint") == 303
    assert told() == [second]


# --- a sealer's glance --------------------------------------------------------------------------------------------------------


def test_the_console_masks_the_winner_until_a_sealer_looks_and_that_is_journalled(app: Flask) -> None:
    close_day()
    seal_day()
    client = enter(app, "secretariat")
    hidden = published.sealed_facts(edition_named(None), seal(), "ai-innovation")[0]
    title = hidden["title"].removeprefix("【サンプル】")
    masked = text_of(client, "/director/reveal")
    assert ("伏せています" in masked, title in masked) == (True, False)

    answer = client.form_post("/director/reveal", "/director/reveal/peek")

    page = answer.get_data(as_text=True)
    assert (answer.status_code, title in page, hidden["body_names"] in page) == (200, True, True)
    assert (answer.headers["Refresh"], answer.headers["Cache-Control"]) == ("6; url=/director/reveal", "private, no-store")
    line = journal.lines(edition_named(None))[-1]
    assert (line["act"], hidden["entry_number"] in str(line)) == ("reveal.peeked", False)
    assert title not in text_of(client, "/director/reveal")


def seal() -> queries.Seal:
    found = queries.sealed(edition_named(None))
    assert found is not None
    return found


def test_the_director_has_no_glance(app: Flask) -> None:
    close_day()
    seal_day()
    client = enter(app, "director")
    head = journal.head(edition_named(None))

    assert "伏せています" not in text_of(client, "/director/reveal")
    assert client.form_post("/director/reveal", "/director/reveal/peek").status_code == 403
    with refused("peek.reserved"):
        peek(actor(Role.DIRECTOR))
    with refused("peek.reserved"):
        peek(unnamed())
    assert journal.head(edition_named(None)) == head


def test_a_director_of_the_pack_has_a_glance_that_counts_as_an_opening(app: Flask) -> None:
    close_day()
    seal_day()
    director = actor(Role.DIRECTOR)
    assert director.person is not None
    name_person(actor(Role.CHAIR), person=director.person.id)
    client = enter(app, "director")
    assert "伏せています" in text_of(client, "/director/reveal")

    assert client.form_post("/director/reveal", "/director/reveal/peek").status_code == 200

    assert [one.document for one in openings(edition_named(None))] == ["発表の操作画面"]
    assert [line["act"] for line in journal.lines(edition_named(None))][-2:] == ["pack.opened", "reveal.peeked"]


def test_a_glance_shows_the_prize_that_is_told_next(app: Flask) -> None:
    close_day()
    with refused("result.unsealed"):
        peek(actor(Role.CHAIR))
    seal_day()
    seen = []
    for _ in range(5):
        seen.append(peek(actor(Role.CHAIR))["prize"]["code"])
        step()
    assert seen == ["ai-innovation"] * 4 + ["dx-sprint"]
    step(27)
    with refused("reveal.finished"):
        peek(actor(Role.CHAIR))
    assert enter(app, "secretariat").form_post("/director/reveal", "/director/reveal/peek").status_code == 303
