"""The first round end to end: even and blind to no conflict, exact, and silent until everything is released."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventapp.access import system
from eventapp.admin.queries import every_link
from eventapp.extensions import db
from eventapp.models import Assignment, Entry, JournalLine
from eventapp.presets import load_sample
from eventapp.rules import screening as rules
from eventapp.rules.refusal import Refusal
from eventapp.screening import operations, queries
from tests.entries.people import CHIYODA, counted, entrant, post
from tests.page import PageClient, csrf_of
from tests.screening.round import assigned, at_phase, decide_all, fresh, score_all, scorer

FULL = {"c-problem": "4", "c-ingenuity": "3", "c-effect": "5", "c-spread": "4", "c-continuity": "2"}


def office(app: Flask) -> PageClient:
    client: Any = app.test_client()
    assert client.enter(every_link("http://localhost")["secretariat"]).status_code == 303
    assert isinstance(client, PageClient)
    return client


def screener(app: Flask, place: int = 0) -> PageClient:
    client: Any = app.test_client()
    assert client.enter(every_link("http://localhost")["screeners"][place]["url"]).status_code == 303
    assert isinstance(client, PageClient)
    return client


def sheets_of(place: int, letter: str = "OS") -> list[Assignment]:
    db.session.rollback()
    edition = at_phase("screening")
    person = queries.people(edition)[place]
    found = db.session.scalars(select(Assignment).join(Entry).where(Assignment.person_id == person.id).order_by(Entry.number))
    return [one for one in found if one.entry.number[0] in letter]


def acts(act: str) -> list[Any]:
    found = select(JournalLine.details).where(JournalLine.act == act).order_by(JournalLine.id)
    return [json.loads(one) for one in db.session.scalars(found)]


def test_the_cut_reproduces_the_finalists_and_their_prizes(app: Flask) -> None:
    edition = assigned()
    tags = {entry.number: sorted(entry.tags) for entry in db.session.scalars(select(Entry))}
    score_all(edition)
    decide_all(edition)
    operations.release(system(edition, "secretariat"))

    finalists = set(db.session.scalars(select(Entry.number).where(Entry.outcome == "finalist")))
    assert finalists == {entry.number for entry in load_sample("connect-day-2025").finalists}
    assert len(finalists) == 29
    assert {entry.number: sorted(entry.tags) for entry in db.session.scalars(select(Entry))} == tags
    assert sum(map(len, acts("screening.released")[-1]["finalists"].values())) == 29


def test_assignment_is_a_dry_run_until_it_is_applied(app: Flask) -> None:
    fresh()
    client = office(app)

    page = client.get("/desk/screening/assign?seed=7&k=3").get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(Assignment)) == 0
    token, stamp = csrf_of(page), page.partition('name="fingerprint" value="')[2].partition('"')[0]
    refused = client.post("/desk/screening/assign", data={"csrf_token": token, "seed": "8", "k": "3", "fingerprint": stamp})
    done = client.post("/desk/screening/assign", data={"csrf_token": token, "seed": "7", "k": "3", "fingerprint": stamp})

    assert (refused.status_code, done.status_code) == (409, 303)
    assert db.session.scalar(select(func.count()).select_from(Assignment)) == 78 * 3
    assert [(one["seed"], one["k"], one["pairs"], one["short"]) for one in acts("screening.assigned")[-1:]] == [("7", 3, 234, {})]


def test_nobody_is_assigned_an_entry_of_the_own_body(app: Flask) -> None:
    edition = assigned()

    sheets = queries.assignments(edition)
    loads = [total for _, total in queries.loads(edition).values()]

    assert [one for one in sheets if rules.conflicted(queries.screener(one.person), queries.subject(one.entry))] == []
    assert max(loads) - min(loads) <= 1


def test_assigning_again_keeps_what_was_begun(app: Flask) -> None:
    edition = assigned()
    sheet = sheets_of(0)[0]
    operations.put_score(scorer(edition, sheet), sheet, marks={"problem": 4})
    before = (sheet.entry.number, sheet.person_id)

    operations.apply_assignments(system(edition), seed="another")

    kept = db.session.scalars(select(Assignment).where(Assignment.state == "open")).all()
    assert before in {(one.entry.number, one.person_id) for one in kept if one.scores}
    assert len(kept) == 78 * 3


def test_shortages_are_said(app: Flask) -> None:
    edition = fresh()

    planned = queries.plan(edition, k=17, seed="1")

    assert len(planned.shortages) == 78
    assert [one for one in planned.shortages if one.missing != 17 - one.eligible or one.eligible + len(one.recused) != 16] == []
    assert "採点者が足りないエントリー" not in office(app).get("/desk/screening/assign?k=9").get_data(as_text=True)


def test_a_screener_scores_without_a_script(app: Flask) -> None:
    assigned()
    client = screener(app)
    first, second = sheets_of(0)[:2]
    number, following = first.entry.number, second.entry.number
    assert number in client.get("/screening").get_data(as_text=True)

    part = post(client, f"/screening/{number}", **{"c-problem": "4", "comment": "途中"})
    assert part.location.endswith(f"/screening/{number}")
    assert sheets_of(0)[0].state == "open"
    done = post(client, f"/screening/{number}", **FULL, flags=["ai", "none"])

    sheet = sheets_of(0)[0]
    assert (done.status_code, sheet.state, sheet.scores["effect"], sheet.flags, sheet.comment) == (303, "done", 5, ["ai"], "途中")
    assert done.location.rpartition("/")[2] in (following, *[one.entry.number for one in sheets_of(0, "OSI")])
    assert queries.mean_of(sheet, queries.weights(sheet.entry.category)) == rules.Fraction(23, 6)


def test_autosave_keeps_a_draft_and_journals_nothing(app: Flask) -> None:
    assigned()
    client = screener(app)
    number = sheets_of(0)[0].entry.number
    token = csrf_of(client.get(f"/screening/{number}").get_data(as_text=True))
    lines = db.session.scalar(select(func.count()).select_from(JournalLine))

    answer = client.post(f"/screening/{number}/autosave", json={"fields": {"c-problem": ["2"]}}, headers={"X-CSRF-Token": token})

    assert (answer.status_code, answer.json["ok"]) == (200, True)
    assert sheets_of(0)[0].scores == {"problem": 2}
    assert db.session.scalar(select(func.count()).select_from(JournalLine)) == lines


@pytest.mark.parametrize("mark", ["0", "6", "-1", "4.5", "９", "x", "99999999"])
def test_a_mark_outside_the_scale_is_refused_and_nothing_changes(app: Flask, mark: str) -> None:
    assigned()
    client = screener(app)
    number = sheets_of(0)[0].entry.number

    answer = post(client, f"/screening/{number}", **(FULL | {"c-effect": mark}))

    assert (answer.status_code, sheets_of(0)[0].scores) == (422, {})


def test_abstaining_needs_a_reason_and_is_no_zero(app: Flask) -> None:
    edition = assigned()
    client = screener(app)
    sheet = sheets_of(0)[0]
    number, category = sheet.entry.number, sheet.entry.category

    refused = post(client, f"/screening/{number}", f"/screening/{number}/abstain", reason=" ")
    done = post(client, f"/screening/{number}", f"/screening/{number}/abstain", reason="以前に支援した取組です")

    assert (refused.status_code, done.status_code) == (422, 303)
    row = next(one for one in queries.matrix(edition, category) if one.entry.number == number)
    assert (row.score.reviews, row.score.abstentions, row.score.mean, row.open_sheets) == (0, 1, None, 2)


def test_other_peoples_sheets_and_own_bodies_do_not_exist(app: Flask) -> None:
    edition = assigned()
    client = screener(app)
    mine = {sheet.entry.number for sheet in sheets_of(0, "OSI")}
    other = next(number for number in db.session.scalars(select(Entry.number)) if number not in mine)
    token = csrf_of(client.get("/screening").get_data(as_text=True))

    assert client.get(f"/screening/{other}").status_code == 404
    assert client.post(f"/screening/{other}", data={"csrf_token": token}).status_code == 404
    sheet = sheets_of(0)[0]
    number = sheet.entry.number
    sheet.person.body = sheet.entry.bodies[0]  # a partner joined, or the person moved, after the assignment
    db.session.commit()
    edition = at_phase("screening")
    with pytest.raises(Refusal, match="entry.recused"):
        operations.put_score(scorer(edition, sheet), sheet, marks={"problem": 4})
    assert client.get(f"/screening/{number}").status_code == 403
    assert number not in client.get("/screening").get_data(as_text=True)


def test_scores_are_closed_outside_the_screening(app: Flask) -> None:
    assigned()
    client = screener(app)
    number = sheets_of(0)[0].entry.number
    token = csrf_of(client.get(f"/screening/{number}").get_data(as_text=True))
    at_phase("selection")

    answer = client.post(f"/screening/{number}", data=FULL | {"csrf_token": token})

    assert answer.status_code == 409


def test_a_mean_is_shown_only_when_all_have_scored(app: Flask) -> None:
    edition = assigned()
    score_all(edition, leave=1)

    rows = [row for category in edition.categories for row in queries.matrix(edition, category)]
    page = office(app).get("/desk/screening?category=service&show=open").get_data(as_text=True)

    assert [(row.score.reviews, row.open_sheets) for row in rows if not row.complete] == [(2, 1)]
    assert "2 / 3件 採点済み" in page


def test_the_pages_of_the_office_open_in_every_state(app: Flask) -> None:
    edition = fresh()
    client = office(app)
    pages = ("/desk/screening", "/desk/screening/assign", "/desk/screening/cut", "/desk/screening/cut?line=9&by=median&all=1&category=idea")
    assert [client.get(page).status_code for page in pages] == [200] * 4
    operations.apply_assignments(system(edition), seed="1")
    assert [client.get(page).status_code for page in pages] == [200] * 4
    score_all(edition)
    assert [client.get(page).status_code for page in pages] == [200] * 4
    assert [client.get(f"/desk/screening{odd}").status_code for odd in ("?category=x", "?show=x", "/cut?category=x")] == [404] * 3
    assert [client.get(f"/desk/screening/cut?line={odd}").status_code for odd in ("0", "-1", "1e9", "abc", "9999")] == [200] * 5


def test_nothing_is_known_of_a_decision_before_all_are_released(app: Flask) -> None:
    edition = assigned()
    score_all(edition)
    client = entrant(app, CHIYODA)
    number = next(one.entry.number for one in queries.assignments(edition) if one.entry.bodies[0].code == CHIYODA)
    at_phase("selection")

    def seen() -> list[str]:
        pages = [client.get(path).get_data(as_text=True) for path in ("/entries", f"/entries/{number}", f"/entries/{number}/receipt")]
        return [page.replace(csrf_of(page), "") for page in pages]

    before = seen()
    decide_all(edition)
    assert seen() == before
    operations.release(system(edition, "secretariat"))
    with pytest.raises(Refusal, match="selection.released"):
        operations.release(system(edition, "secretariat"))
    assert "選外" in "".join(seen()) or "一次審査通過" in "".join(seen())


def test_releasing_waits_for_every_category(app: Flask) -> None:
    edition = assigned()
    score_all(edition)
    service = next(one for one in edition.categories if one.code == "service")
    operations.decide(system(edition), service, passed=queries.line(edition, service, seats=10).cuts["mean"].passed)

    with pytest.raises(Refusal, match="selection.undecided"):
        operations.release(system(edition))
    assert db.session.scalar(select(func.count()).where(Entry.released_at.is_not(None))) == 0


def test_a_choice_beyond_the_line_needs_a_reason(app: Flask) -> None:
    edition = assigned()
    score_all(edition)
    client = office(app)
    service = next(one for one in edition.categories if one.code == "service")
    places = queries.line(edition, service, seats=10).columns["mean"]
    swapped = [place.entry.number for place in (*places[:9], places[-1])]

    refused = post(client, "/desk/screening/cut?category=service", "/desk/screening/decide", category="service", passed=swapped)
    assert refused.status_code == 422
    assert "理由を入力してください" in refused.get_data(as_text=True)
    strange = post(client, "/desk/screening/cut", "/desk/screening/decide", category="service", passed=["O-001"], reason="合議")
    assert strange.status_code == 422
    done = post(client, "/desk/screening/cut", "/desk/screening/decide", category="service", passed=swapped, reason="合議による")
    assert done.status_code == 303
    db.session.rollback()
    assert set(db.session.scalars(select(Entry.number).where(Entry.outcome == "finalist"))) == set(swapped)
    assert acts("screening.decided")[-1]["reason"] == "合議による"


def test_the_line_is_decided_and_released_in_the_browser(app: Flask) -> None:
    edition = assigned()
    score_all(edition)
    at_phase("selection")
    client = office(app)
    for category in edition.categories:
        page = client.get(f"/desk/screening/cut?category={category.code}").get_data(as_text=True)
        passed = queries.line(edition, category, seats=category.finalists).cuts["mean"].passed
        data = {"csrf_token": csrf_of(page), "category": category.code, "by": "mean", "passed": list(passed), "reason": ""}
        assert client.post("/desk/screening/decide", data=data).status_code == 303
    assert post(client, "/desk/screening/cut", "/desk/screening/release").status_code == 303
    assert queries.is_released(edition)
    assert "通知済み" in client.get("/desk").get_data(as_text=True)


def test_lists_ask_a_fixed_number_of_times(app: Flask) -> None:
    edition = assigned()
    service = next(one for one in edition.categories if one.code == "service")
    numbers = [entry.number for entry in queries.submitted(edition, service)]
    counts = []
    for keep in (1, 3):
        for entry in db.session.scalars(select(Entry).where(Entry.number.in_(numbers))):
            entry.state = "submitted" if entry.number in numbers[:keep] else "draft"
        db.session.commit()
        db.session.expire_all()
        edition = at_phase("screening")
        category = next(one for one in edition.categories if one.code == "service")
        with counted() as asked:
            assert len(queries.matrix(edition, category)) == keep
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_withdrawn_entry_leaves_the_round(app: Flask) -> None:
    edition = assigned()
    entry = queries.submitted(edition)[0]
    number = entry.number
    entry.state, entry.withdrawn_at = "withdrawn", entry.submitted_at
    db.session.commit()

    assert number not in {sheet.entry.number for sheet in queries.assignments(edition)}
    assert number not in {one.number for one in queries.submitted(edition)}
