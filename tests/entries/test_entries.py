"""From the first keystroke to the receipt, without a script; and what must not happen on the way."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventapp.access import system
from eventapp.entries import operations, queries
from eventapp.extensions import db
from eventapp.models import Body, Category, Entry, EntryRevision, JournalLine, Person
from eventapp.rules.refusal import Refusal
from tests.entries.people import CHIYODA, SHINJUKU, at_phase, coordinator, counted, entrant, entry_of, fields, post
from tests.page import PageClient, csrf_of

NASTY = """<script>alert(1)</script>"><img onerror=x>{{7*7}}${7*7}'; DROP TABLE entry"""
COMPLETE = {
    "basic": {"q_title": "窓口の案内を一本化する", "q_summary": "案内を一枚にまとめた。", "q_department": "窓口課"},
    "content": {
        "q_problem": "待ち時間が長い。", "q_content": "案内を一枚にした。", "q_ingenuity": "色で分けた。", "q_conceived": "2024-04",
        "q_launched": "2025-01", "q_effect": "待ち時間が半分になった。", "q_cost_initial": "1,200", "q_cost_yearly": "０",
        "q_ai_use": "none",
    },
    "spread": {"q_products": "なし", "q_environment": ["internet"], "q_reusable": ["manual", "visit"], "q_publish": ["title", "summary"]},
    "confirm": {"q_ai_drafting": "none", "q_agreement": ["approved"]},
}  # fmt: skip


def new_draft(client: PageClient, category: str = "service") -> str:
    """Begin an entry; its number."""
    answer = post(client, "/entries", "/entries/new", category=category)
    assert answer.status_code == 303
    return str(answer.location).rpartition("/")[2]


def fill(client: PageClient, number: str) -> None:
    for step, typed in COMPLETE.items():
        answer = post(client, f"/entries/{number}?step={step}", **typed)
        assert answer.status_code == 303, answer.get_data(as_text=True)[-700:]


def find(number: str) -> Entry:
    db.session.rollback()
    return db.session.scalars(select(Entry).where(Entry.number == number)).one()


def acts() -> list[str]:
    return list(db.session.scalars(select(JournalLine.act).order_by(JournalLine.id.desc()).limit(3)))


def test_an_entry_is_written_checked_and_submitted_without_a_script(app: Flask) -> None:
    at_phase("call")
    client = entrant(app, CHIYODA)
    number = new_draft(client)
    assert "直すところがあります" in client.get(f"/entries/{number}?step=submit").get_data(as_text=True)

    fill(client, number)
    page = client.get(f"/entries/{number}?step=submit")
    assert "直すところ" not in page.get_data(as_text=True)
    done = post(client, f"/entries/{number}?step=submit", f"/entries/{number}/submit")

    entry = find(number)
    assert (done.status_code, entry.state, entry.title) == (303, "submitted", "窓口の案内を一本化する")
    assert (entry.answers["cost_initial"], entry.answers["cost_yearly"]) == (1200, 0)
    assert [one.act for one in queries.revisions(entry)] == ["submitted"]
    assert acts()[0] == "entry.submitted"
    receipt = client.get(f"/entries/{number}/receipt").get_data(as_text=True)
    assert number in receipt
    assert "窓口の案内を一本化する" in receipt


def test_a_draft_exists_at_once_with_the_next_number_of_its_category(app: Flask) -> None:
    at_phase("call")
    client = entrant(app, CHIYODA)
    numbers = list(db.session.scalars(select(Entry.number).join(Category).where(Category.code == "idea")))

    first, second = new_draft(client, "idea"), new_draft(client, "idea")

    highest = max(int(number[2:]) for number in numbers)
    assert [first, second] == [f"I-{highest + 1:03d}", f"I-{highest + 2:03d}"]
    assert [body.code for body in find(first).bodies] == [CHIYODA]


def test_a_draft_keeps_what_is_wrong_and_says_so_once(app: Flask) -> None:
    at_phase("call")
    client = entrant(app, CHIYODA)
    number = new_draft(client)
    long = "長" * 207

    answer = post(client, f"/entries/{number}?step=basic", q_title="題", q_summary=long, q_department="")
    page = client.get(answer.location).get_data(as_text=True)

    assert answer.location.endswith("step=basic&check=1")
    assert find(number).answers["summary"] == long
    assert "入力内容に誤りがあります(2件)" in page
    assert page.index("200字以内にしてください(いま207字)") < page.index('href="#q-department"')
    assert "7字多く入力されています" in page
    skipped = post(client, f"/entries/{number}?step=basic&check=1", then="skip")
    assert skipped.location.endswith("step=content")


def test_a_measure_names_its_row_and_part(app: Flask) -> None:
    at_phase("call")
    client = entrant(app, CHIYODA)
    number = new_draft(client)

    post(client, f"/entries/{number}?step=content", **{
        "q-measures-1-name": "記入の時間", "q-measures-1-before": "18", "q-measures-1-after": "四", "q-measures-1-unit": "分",
        "q_conceived": "2025-04", "q_launched": "2025-04",
    })  # fmt: skip
    page = client.get(f"/entries/{number}?step=content&check=1").get_data(as_text=True)

    assert '<a href="#q-measures-1-after">効果の指標1「後」:数字を入力してください</a>' in page
    assert '<a href="#q-launched">運用開始の月:着想の月より後の月を選んでください</a>' in page
    assert 'value="四"' in page


def test_autosave_is_the_same_save(app: Flask) -> None:
    at_phase("call")
    client = entrant(app, CHIYODA)
    number = new_draft(client)
    token = csrf_of(client.get(f"/entries/{number}").get_data(as_text=True))

    def put(version: Any, **typed: list[str]) -> Any:
        sent = {"version": version, "step": "basic", "fields": {f"q-{name}": value for name, value in typed.items()}}
        return client.post(f"/entries/{number}/autosave", json=sent, headers={"X-CSRF-Token": token})

    first = put(1, title=["題"])
    again = put(1, title=["題"])
    stale = put(1, title=["別の題"])

    assert (first.status_code, first.json["version"], len(first.json["saved"])) == (200, 2, 8)
    assert (again.status_code, again.json["version"]) == (200, 2)
    assert (stale.status_code, stale.json["code"]) == (409, "entry.changed")
    assert find(number).title == "題"
    assert acts()[0] != "entry.saved"


@pytest.mark.parametrize("sent", [[], {}, {"fields": []}, {"fields": {"q-title": "x"}}, {"fields": {}, "step": "none"}, "x"])
def test_a_malformed_autosave_is_refused_and_changes_nothing(app: Flask, sent: object) -> None:
    at_phase("call")
    client = entrant(app, CHIYODA)
    number = new_draft(client)
    token = csrf_of(client.get(f"/entries/{number}").get_data(as_text=True))

    answer = client.post(f"/entries/{number}/autosave", json=sent, headers={"X-CSRF-Token": token})

    assert answer.status_code in (400, 404)
    assert find(number).version == 1


def test_a_stale_form_keeps_what_was_typed_and_shows_both(app: Flask) -> None:
    edition = at_phase("call")
    client = entrant(app, CHIYODA)
    number = new_draft(client)
    page = client.get(f"/entries/{number}?step=basic").get_data(as_text=True)
    operations.save_draft(coordinator(edition, CHIYODA), find(number), version=1, answers={"title": "同僚の題"})

    data = fields(page) | {"csrf_token": [csrf_of(page)], "q-title": ["私の題"]}
    answer = client.post(f"/entries/{number}?step=basic", data=data)
    text = answer.get_data(as_text=True)

    assert answer.status_code == 409
    assert 'value="私の題"' in text
    assert "いま保存されている内容" in text
    assert "同僚の題" in text
    assert find(number).title == "同僚の題"
    resent = client.post(f"/entries/{number}?step=basic", data=fields(text) | {"csrf_token": [csrf_of(text)]})
    assert (resent.status_code, find(number).title) == (303, "私の題")


@pytest.mark.parametrize(("late_s", "status"), [(0, 303), (1, 409)])
def test_the_deadline_is_the_last_moment(app: Flask, late_s: int, status: int) -> None:
    at_phase("call")
    client = entrant(app, CHIYODA)
    number = new_draft(client)
    fill(client, number)
    at_phase("call", before_deadline=timedelta(seconds=-late_s))

    token = csrf_of(client.get(f"/entries/{number}?step=submit").get_data(as_text=True))
    answer = client.post(f"/entries/{number}/submit", data={"csrf_token": token, "version": str(find(number).version)})

    assert answer.status_code == status
    assert find(number).state == ("submitted" if status == 303 else "draft")
    if late_s:
        assert post(client, f"/entries/{number}?step=basic", q_title="締切の後の題").status_code == 303
        assert find(number).title == "締切の後の題"
        assert post(client, "/entries", "/entries/new", category="service").status_code == 409


def test_an_incomplete_entry_is_not_submitted(app: Flask) -> None:
    at_phase("call")
    client = entrant(app, CHIYODA)
    number = new_draft(client)
    before = acts()

    answer = post(client, f"/entries/{number}?step=submit", f"/entries/{number}/submit", version="1")

    assert (answer.status_code, find(number).state, acts()) == (409, "draft", before)


def test_only_the_coordinator_submits(app: Flask) -> None:
    edition = at_phase("call")
    client = entrant(app, CHIYODA)
    number = new_draft(client)
    fill(client, number)
    coordinator(edition, CHIYODA).person.is_coordinator = False  # type: ignore[union-attr]
    db.session.commit()

    page = client.get(f"/entries/{number}?step=submit").get_data(as_text=True)
    answer = client.post(f"/entries/{number}/submit", data={"csrf_token": csrf_of(page), "version": str(find(number).version)})

    assert "提出は取りまとめ担当が行います" in page
    assert (answer.status_code, find(number).state) == (409, "draft")


def test_another_bodys_entry_does_not_exist(app: Flask) -> None:
    at_phase("call")
    client = entrant(app, CHIYODA)
    other = entry_of(SHINJUKU).number
    token = csrf_of(client.get("/entries").get_data(as_text=True))

    got = [client.get(f"/entries/{other}{path}").status_code for path in ("", "?step=basic", "/receipt")]
    doors = ("", "/submit", "/withdraw", "/reinstate")
    posted = [client.post(f"/entries/{other}{door}", data={"csrf_token": token}).status_code for door in doors]

    assert got + posted == [404] * 7
    assert other not in client.get("/entries").get_data(as_text=True)


def test_extra_fields_are_ignored(app: Flask) -> None:
    at_phase("call")
    client = entrant(app, CHIYODA)
    number = new_draft(client)

    post(client, f"/entries/{number}?step=basic", q_title="題", state="submitted", outcome="finalist", number="S-999", tags="ai")
    entry = find(number)

    assert (entry.state, entry.outcome, entry.number, entry.tags, entry.title) == ("draft", "", number, [], "題")


def test_joint_and_individual_entries_are_named_as_announced(app: Flask) -> None:
    at_phase("call")
    client = entrant(app, CHIYODA)
    number = new_draft(client)

    post(client, f"/entries/{number}?step=basic", partners=[SHINJUKU, "132012"], q_title="共同")
    assert (find(number).owner, [one.code for one in find(number).bodies]) == ("千代田区ほか2団体", [CHIYODA, SHINJUKU, "132012"])
    partner = entrant(app, SHINJUKU)
    assert partner.get(f"/entries/{number}").status_code == 404

    post(client, f"/entries/{number}?step=basic", applicant="person")
    assert (find(number).owner, [one.code for one in find(number).bodies]) == ("個人応募(千代田区)", [CHIYODA])


def test_a_partner_reads_a_submitted_joint_entry_and_changes_nothing(app: Flask) -> None:
    at_phase("call")
    joint = db.session.scalars(select(Entry).where(Entry.owner.like("%ほか%"))).one()
    lead, partner = joint.bodies[0], joint.bodies[1]
    assert joint.owner.startswith(lead.name)
    client = entrant(app, partner.code)

    page = client.get(f"/entries/{joint.number}").get_data(as_text=True)
    token = csrf_of(page)
    answers = [
        client.post(f"/entries/{joint.number}{path}", data={"csrf_token": token}).status_code for path in ("?step=basic", "/withdraw")
    ]

    assert joint.title.removeprefix("【サンプル】") in page
    assert "取り下げる" not in page
    assert answers == [409, 409]


@pytest.mark.parametrize("phase", ["call", "screening", "selection", "programme", "live", "results"])
def test_withdrawing_and_reinstating_work_in_every_phase(app: Flask, phase: str) -> None:
    at_phase(phase)
    client = entrant(app, CHIYODA)
    number = entry_of(CHIYODA).number

    assert post(client, f"/entries/{number}", f"/entries/{number}/withdraw", reason="辞退").status_code == 303
    entry = find(number)
    assert (entry.state, entry.withdrawn_at is not None) == ("withdrawn", True)
    assert post(client, f"/entries/{number}", f"/entries/{number}/withdraw").status_code == 409
    assert post(client, f"/entries/{number}", f"/entries/{number}/reinstate").status_code == 303
    assert (find(number).state, find(number).withdrawn_at) == ("submitted", None)
    assert [one.act for one in queries.revisions(find(number))] == ["withdrawn", "reinstated"]


def test_after_selection_only_open_questions_change(app: Flask) -> None:
    at_phase("programme", before_deadline=timedelta(days=-50))
    client = entrant(app, CHIYODA)
    number = entry_of(CHIYODA).number
    title = find(number).title

    page = client.get(f"/entries/{number}?step=basic").get_data(as_text=True)
    answer = post(client, f"/entries/{number}?step=basic", q_title="新しい題", q_department="新しい課")

    assert 'name="q-title"' not in page
    assert 'name="q-department"' in page
    assert answer.status_code == 303
    assert (find(number).title, find(number).department) == (title, "新しい課")
    assert acts()[0] == "entry.amended"


@pytest.mark.parametrize("phase", ["screening", "results"])
def test_a_submitted_entry_is_locked_while_it_is_judged(app: Flask, phase: str) -> None:
    edition = at_phase(phase, before_deadline=timedelta(days=-3))
    client = entrant(app, CHIYODA)
    entry = entry_of(CHIYODA)

    page = client.get(f"/entries/{entry.number}?step=basic").get_data(as_text=True)
    with pytest.raises(Refusal, match="entry.locked"):
        operations.amend_entry(coordinator(edition, CHIYODA), entry, version=entry.version, answers={"title": "別の題"})

    assert 'name="q-title"' not in page


def test_a_correction_must_stay_complete(app: Flask) -> None:
    at_phase("call")
    client = entrant(app, CHIYODA)
    number = entry_of(CHIYODA).number
    before = find(number).version

    answer = post(client, f"/entries/{number}?step=basic", q_department="")

    assert answer.status_code == 422
    assert "入力内容に誤りがあります(1件)" in answer.get_data(as_text=True)
    assert find(number).version == before


def test_hostile_text_is_only_text(app: Flask) -> None:
    at_phase("call")
    client = entrant(app, CHIYODA)
    number = new_draft(client)
    post(client, f"/entries/{number}?step=basic", q_title=NASTY, q_summary=NASTY, q_department=NASTY)
    post(client, f"/entries/{number}?step=spread", q_reference="javascript:alert(1)", q_products=NASTY)

    paths = ["/entries", f"/entries/{number}?step=submit", *(f"/entries/{number}?step={step}&check=1" for step in COMPLETE)]
    pages = [client.get(path).get_data(as_text=True) for path in paths]

    assert [page for page in pages if "<script>alert" in page or "<img onerror" in page or 'href="javascript' in page] == []
    assert find(number).title == NASTY


def test_the_list_asks_a_fixed_number_of_times(app: Flask) -> None:
    edition = at_phase("call")
    actor = coordinator(edition, CHIYODA)
    services = next(one for one in edition.categories if one.code == "service")
    counts = []
    for more in (0, 1, 2):
        for _ in range(more):
            operations.start_entry(actor, category=services)
        db.session.expire_all()
        actor = coordinator(edition, CHIYODA)
        with counted() as asked:
            assert [(one.bodies[0].code, one.category.code) for one in queries.own_entries(actor)]
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]


def test_every_entry_of_the_sample_could_be_submitted(app: Flask) -> None:
    assert [entry.number for entry in db.session.scalars(select(Entry)) if queries.problems(entry)] == []


def test_the_secretariat_reads_and_withdraws_what_was_submitted(app: Flask, client: PageClient) -> None:
    from eventapp.admin.queries import every_link

    at_phase("programme")
    number = entry_of(CHIYODA).number
    client.enter(every_link("http://localhost")["secretariat"])

    assert post(client, f"/desk/entries/{number}", f"/desk/entries/{number}/withdraw", reason="電話").status_code == 303
    assert find(number).state == "withdrawn"
    assert client.get("/desk/entries/S-999").status_code == 404


def test_revisions_keep_what_was_read(app: Flask) -> None:
    edition = at_phase("call")
    entry = entry_of(CHIYODA)
    operations.amend_entry(coordinator(edition, CHIYODA), entry, version=1, answers={"department": "別の課"})

    kept = db.session.scalars(select(EntryRevision)).one()
    line = db.session.scalars(select(JournalLine).where(JournalLine.act == "entry.amended")).one()

    assert (kept.content["answers"]["department"], json.loads(line.details)["questions"]) == ("別の課", ["department"])


def test_somebody_without_a_body_cannot_begin(app: Flask) -> None:
    edition = at_phase("call")
    services = edition.categories[0]

    with pytest.raises(Refusal, match="body.missing"):
        operations.start_entry(system(edition), category=services)
    assert db.session.scalar(select(func.count()).select_from(Body)) == 62
    assert db.session.scalar(select(func.count()).select_from(Person)) is not None
