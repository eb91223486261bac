"""Who may decide a tie: bound by recusal, alone or jointly, then the deputy, and when nobody is free, the lot."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventapp import journal
from eventapp.access import Role
from eventapp.admin.queries import edition_named
from eventapp.awards import queries
from eventapp.awards.operations import decide, declare_recusal
from eventapp.awards.sealers import queries as room
from eventapp.extensions import db
from eventapp.models import Body, Decision, Person
from eventapp.rehearsal.program import Page
from eventapp.rules.refusal import Refusal
from tests.awards.day import actor, close_day, seal_day, sign_by, step, tied_votes
from tests.awards.test_pages import enter, text_of


def tie_day() -> tuple[str, str]:
    edition = edition_named(None)
    close_day(tied_votes(edition))
    first, second = (one["number"] for one in queries.nominees(edition, "dx-sprint")[:2])
    return first, second


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, match=f"^{code}$")


def bind(role: Role, number: str) -> None:
    """Give the person a body that shares the entry: the last one, so that a joint entry binds too."""
    person = actor(role).person
    entry = next(entry for entry in queries.finalists(edition_named(None)) if entry.number == number)
    assert person is not None
    person.body_id = entry.bodies[-1].id
    db.session.commit()


def decided() -> int:
    return db.session.scalar(select(func.count()).select_from(Decision)) or 0


def test_a_body_that_shares_a_tied_entry_binds(app: Flask) -> None:
    first, second = tie_day()
    entry = next(entry for entry in queries.finalists(edition_named(None)) if entry.number == first)
    other = db.session.scalars(select(Body).where(Body.code.not_in([body.code for body in entry.bodies])).order_by(Body.id)).first()
    assert other is not None
    entry.bodies.append(other)
    db.session.commit()
    bind(Role.CHAIR, first)

    found = {one["person"].role: one["bound"] for one in room.deciders(edition_named(None), [first, second])}

    assert found == {"chair": {first: "own"}, "deputy": {}}


def test_one_who_is_bound_neither_decides_nor_leaves_it_to_the_lot(app: Flask) -> None:
    first, second = tie_day()
    bind(Role.CHAIR, first)

    for value in (f"{first} {second}", ""):
        with refused("decision.recused"):
            decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=value, reason="理由")
    assert decided() == 0


def test_a_declared_recusal_binds_and_is_journalled(app: Flask) -> None:
    first, second = tie_day()

    declare_recusal(actor(Role.CHAIR), entry=second, reason="親族が担当している")

    line = journal.lines(edition_named(None))[-1]
    assert line["act"] == "decider.recused"
    with refused("decision.recused"):
        decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{first} {second}", reason="理由")
    decide(actor(Role.DEPUTY), prize="dx-sprint", step="chair", value=f"{first} {second}", reason="理由")
    assert decided() == 1


@pytest.mark.parametrize(
    ("role", "entry", "reason", "code"),
    [
        (Role.SECRETARIAT, "", "理由", "result.reserved"), (Role.AUDITOR, "", "理由", "result.reserved"),
        (Role.CHAIR, "S-999", "理由", "decider.unnamed"), (Role.CHAIR, "", "理由", "decider.unnamed"),
        (Role.CHAIR, "", " ", "reason.omitted"), (Role.CHAIR, "", "x" * 401, "reason.overlong"),
    ],
)  # fmt: skip
def test_a_recusal_that_cannot_be_taken(app: Flask, role: Role, entry: str, reason: str, code: str) -> None:
    tie_day()
    head = journal.head(edition_named(None))

    with refused(code):
        declare_recusal(actor(role), entry=entry, reason=reason)
    assert journal.head(edition_named(None)) == head


def test_when_nobody_is_free_any_sealer_leaves_it_to_the_lot_and_does_no_more(app: Flask) -> None:
    first, second = tie_day()
    bind(Role.CHAIR, first)
    with refused("decision.reserved"):
        decide(actor(Role.SECRETARIAT), prize="dx-sprint", step="chair", value="", reason="くじに委ねる")
    declare_recusal(actor(Role.DEPUTY), entry=second, reason="申し出")
    assert not room.somebody_is_free(edition_named(None), [first, second])

    for role in (Role.CHAIR, Role.DEPUTY):
        with refused("decision.recused"):
            decide(actor(role), prize="dx-sprint", step="chair", value=f"{first} {second}", reason="理由")
    with refused("result.reserved"):
        decide(actor(Role.SECRETARIAT), prize="dx-sprint", step="chair", value=f"{first} {second}", reason="理由")
    decide(actor(Role.SECRETARIAT), prize="dx-sprint", step="chair", value="", reason="全員が除斥のため")

    prize = next(one for one in queries.result(edition_named(None))["prizes"] if one["id"] == "dx-sprint")
    assert prize["needs"] == "lot"


def test_pending_is_a_screen_that_says_what_is_needed_and_who_can_do_it(app: Flask) -> None:
    first, second = tie_day()
    bind(Role.CHAIR, first)
    waiting = "先に「DXスプリント賞"

    chair, deputy, office = (text_of(enter(app, role), path) for role, path in
                             (("chair", "/chair/result"), ("deputy", "/deputy/result"), ("secretariat", "/desk/result")))  # fmt: skip

    assert ["必要なこと" in page for page in (chair, deputy, office)] == [True] * 3
    assert "ご自身は除斥のため決定できません" in chair
    assert ["この決定を記録する" in page for page in (chair, deputy, office)] == [False, True, False]
    assert all(waiting in page for page in (chair, deputy, office))
    assert "審査委員長または副委員長が決定します" in office
    deputies = db.session.scalars(select(Person.name).where(Person.role == "deputy")).first()
    assert deputies is not None
    assert deputies in chair
    assert text_of(enter(app, "deputy"), "/deputy/result?lang=en").count("Record this decision") == 1


@pytest.mark.parametrize("ranks", [{}, {0: "1"}, {0: "1", 1: "1"}, {0: "1", 1: "3"}, {0: "x", 1: "1"}, {0: "1", 1: "2", 2: "3"}])
def test_places_that_make_no_order_are_refused(app: Flask, ranks: dict[int, str]) -> None:
    names = (*tie_day(), "S-999")
    client = enter(app, "chair")
    fields = {f"rank-{names[place]}": value for place, value in ranks.items()}

    answer = client.form_post("/chair/result", "/chair/result/decide", prize="dx-sprint", step="chair", reason="横展開", **fields)

    assert (answer.status_code, "別々の順番" in answer.get_data(as_text=True), decided()) == (400, True, 0)


def test_the_form_offers_every_tied_entry_to_programs_too(app: Flask) -> None:
    named = tie_day()

    page = Page(text_of(enter(app, "chair"), "/chair/result"))

    form = next(form for form in page.forms if form.action.endswith("/decide"))
    assert form.offers == {f"rank-{number}": ["1", "2"] for number in sorted(named)}


def test_the_office_leaves_it_to_the_lot_by_form_when_all_are_bound(app: Flask) -> None:
    first, second = tie_day()
    bind(Role.CHAIR, first)
    declare_recusal(actor(Role.DEPUTY), entry=second, reason="申し出")
    client = enter(app, "secretariat")
    assert "決定できる方がいません" in text_of(client, "/desk/result")

    answer = client.form_post("/desk/result", "/desk/result/decide", prize="dx-sprint", step="chair", leave="yes", reason="全員が除斥")

    assert (answer.status_code, "公開のくじを1回引きます" in text_of(client, "/desk/result")) == (303, True)


def test_recusal_by_form(app: Flask) -> None:
    first, _ = tie_day()
    client = enter(app, "chair")

    assert client.form_post("/chair/result", "/chair/result/recuse", entry="", reason="関係").status_code == 422
    assert client.form_post("/chair/result", "/chair/result/recuse", entry=first, reason="関係").status_code == 303
    assert "ご自身は除斥のため決定できません" in text_of(client, "/chair/result")


def test_after_the_reveal_began_a_sealed_result_takes_no_decision(app: Flask) -> None:
    first, second = tie_day()
    decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{first} {second}", reason="理由")
    seal_day()
    step()

    with refused("result.revealed"):
        decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{second} {first}", reason="理由")
    assert queries.sealed(edition_named(None)) is not None


def test_a_decision_by_form_voids_the_first_signature(app: Flask) -> None:
    first, second = tie_day()
    decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{first} {second}", reason="理由")
    sign_by(Role.CHAIR)
    client = enter(app, "deputy")

    # once decided there is nothing open on the page; the door still takes a newer decision
    fields = {f"rank-{first}": "2", f"rank-{second}": "1"}
    client.form_post("/deputy/result", "/deputy/result/decide", prize="dx-sprint", step="chair", reason="数え直し", **fields)

    assert queries.seal(edition_named(None)) is None
