"""The freeze and what it shuts; the rules as text, down and up again; the trial that is never the real thing."""

import hashlib
import io
from typing import Any

import pytest
from sqlalchemy import select

from eventapp.access import Actor
from eventapp.extensions import db
from eventapp.models import Ballot, BallotVersion, Edition, JournalLine, RulesVersion
from eventapp.rulebook.operations import freeze_rules, lay_out_rules, save_rules, thaw_rules
from eventapp.rulebook.queries import draft_of, fingerprint, frozen
from eventapp.rules.refusal import Refusal
from eventapp.rules.rulebook_draft import write_rules
from eventapp.voting.polls import open_poll, report_zero
from tests.page import PageClient
from tests.rulebook.form import controls
from tests.rulebook.test_editor import RULES, page, press, stored

TEXT = f"{RULES}/text"


def grouped(sha: str) -> str:
    return " ".join(f'<span class="num">{sha[start : start + 4]}</span>' for start in range(0, 64, 4))


def test_the_first_zero_report_freezes_and_says_by_whom_and_why(desk: PageClient, edition: Edition, actor: Actor) -> None:
    fields = page(desk)
    assert grouped(hashlib.sha256(edition.rules_toml.encode()).hexdigest()) in desk.get(RULES).get_data(as_text=True)
    report_zero(actor, contest="operations")
    before, found = stored(), frozen(edition)
    html = desk.get(RULES).get_data(as_text=True)

    assert found is not None
    assert (found.sha256, found.why, found.lifted) == (edition.rules_sha256, "「業務改善部門」の零票の確認", False)
    assert grouped(found.sha256) in html
    assert "「業務改善部門」の零票の確認" in html
    assert 'id="rules"' not in html
    assert "確定を解く" not in html
    for address, typed in ((RULES, fields.to_dict()), (TEXT, {"toml": before[0].replace("43", "44"), "base": "x"})):
        answer = desk.form_post(RULES, address, **{**typed, "name": "x", "do": "save"})
        assert (answer.status_code, stored()) == (409, before)
        assert "rules.frozen" in answer.get_data(as_text=True)
    assert desk.get(TEXT).status_code == 200


def test_no_operation_changes_frozen_rules(edition: Edition, actor: Actor) -> None:
    draft, base = draft_of(edition), fingerprint(edition)
    open_poll(actor, contest="operations", from_="draft")
    before = stored()
    for act in (
        lambda: save_rules(actor, draft, toml=write_rules(draft), base=base),
        lambda: lay_out_rules(actor, draft),
        lambda: freeze_rules(actor, base=base, reason="x"),
        lambda: thaw_rules(actor, reason="x"),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "rules.frozen"
    assert stored() == before


def test_the_secretariat_may_freeze_early_and_take_it_back(desk: PageClient, edition: Edition) -> None:
    base = page(desk)["base"]
    assert desk.form_post(RULES, f"{RULES}/freeze", base=base, reason=" ").status_code == 422
    assert desk.form_post(RULES, f"{RULES}/freeze", base="other", reason="公表").status_code == 409
    assert frozen(edition) is None
    assert desk.form_post(RULES, f"{RULES}/freeze", base=base, reason="公表のため").status_code == 303
    found = frozen(edition)

    assert found is not None
    assert (found.why, found.lifted, found.by) == ("公表のため", True, "事務局")
    assert desk.form_post(RULES, f"{RULES}/thaw", reason="").status_code == 422
    assert desk.form_post(RULES, f"{RULES}/thaw", reason="誤り").status_code == 303
    assert frozen(edition) is None
    assert press(desk, page(desk), "save", contests__0__quorum="50").status_code == 303
    acts = db.session.scalars(select(JournalLine.act).where(JournalLine.act.like("rules.%")).order_by(JournalLine.seq))
    assert list(acts) == ["rules.frozen", "rules.thawed", "rules.laid_out", "rules.saved"]


def test_an_early_freeze_is_what_the_zero_report_finds(edition: Edition, actor: Actor) -> None:
    sha = freeze_rules(actor, base=fingerprint(edition), reason="公表のため")

    assert report_zero(actor, contest="operations")["rules"] == sha
    found = frozen(edition)
    assert found is not None
    assert (found.why, found.lifted) == ("公表のため", False)


def test_what_goes_down_comes_up_again_byte_by_byte(desk: PageClient, edition: Edition) -> None:
    answer = desk.get(f"{RULES}/rules.toml")
    assert answer.data == edition.rules_toml.encode()
    assert 'filename="rules.toml"' in answer.headers["Content-Disposition"]
    odd = b"\xef\xbb\xbf# \xe8\xa6\x9a\xe6\x9b\xb8\r\n" + answer.data.replace(b"quorum = 43", b"quorum = 50").replace(b"\n", b"\r\n")
    assert upload(desk, odd).status_code == 303

    assert desk.get(f"{RULES}/rules.toml").data == odd
    [_, kept] = db.session.scalars(select(RulesVersion).order_by(RulesVersion.number))
    assert kept.sha256 == hashlib.sha256(odd).hexdigest()
    assert desk.get(RULES).status_code == 200


def upload(desk: PageClient, data: bytes, do: str = "save") -> Any:
    fields = controls(desk.get(TEXT).get_data(as_text=True), "text")
    return desk.post(TEXT, data={**fields.to_dict(), "do": do, "file": (io.BytesIO(data), "rules.toml")})


def test_the_area_keeps_the_text_as_it_is(desk: PageClient, edition: Edition) -> None:
    fields = controls(desk.get(TEXT).get_data(as_text=True), "text")
    assert fields["toml"] == edition.rules_toml
    assert desk.post(TEXT, data={**fields, "toml": fields["toml"].replace("\n", "\r\n"), "do": "save"}).status_code == 303
    assert db.session.scalars(select(RulesVersion)).all() == []
    typed = "# 注記\n" + edition.rules_toml.replace("quorum = 43", "quorum = 44")
    assert desk.post(TEXT, data={**fields, "toml": typed, "do": "check"}).status_code == 200
    assert desk.post(TEXT, data={**fields, "toml": typed, "do": "save", "reason": "席が増えた"}).status_code == 303
    assert edition.rules_toml == typed


IDEA = b'format = "tally/1"\nprizes = []\n[[contests]]\nmethod = "choice"\ncategories = ["idea"]\n'
BAD = [
    (b"\xff\xfe", "文字コードがUTF-8ではありません"), (b"format = [}", "TOMLの書き方に誤りがあります"), (b"", "rules.toml"),
    (b'format = "tally/1"\ncontests = []\nprizes = []\nqourum = 1', "「qourum」という項目はありません。"),
    (IDEA + b'id = "c"\nname = "a\\u0000"', "名前や記号に、制御文字は使えません。"),
    (IDEA + b'id = "c\\u0001"', "名前や記号に、制御文字は使えません。"),
    (IDEA.replace(b"idea", b"sports") + b'id = "c"', "「sports」という部門はこの年度にありません。"),
    (b"a = " + b"[" * 5000, "誤り"), (b"#" * 200_001, "大きすぎ"),
]  # fmt: skip


def test_a_text_that_does_not_fit_is_told_and_not_kept(desk: PageClient, edition: Edition) -> None:
    before = stored()
    for data, words in BAD:
        answer = upload(desk, data)
        if data:
            assert answer.status_code in (413, 422), data[:40]
            assert words in answer.get_data(as_text=True) or answer.status_code == 413, data[:40]
        assert stored() == before


def test_who_saves_a_text_second_sees_both(desk: PageClient, edition: Edition) -> None:
    fields = controls(desk.get(TEXT).get_data(as_text=True), "text")
    assert press(desk, page(desk), "save", contests__0__quorum="50").status_code == 303
    answer = desk.post(TEXT, data={**fields, "toml": fields["toml"].replace("quorum = 43", "quorum = 60"), "do": "save"})

    assert answer.status_code == 409
    assert "quorum = 50</del>" in answer.get_data(as_text=True)
    assert "quorum = 60" in controls(answer.get_data(as_text=True), "text")["toml"]


def test_a_trial_is_marked_repeatable_and_kept_nowhere(desk: PageClient, edition: Edition) -> None:
    before = stored(), db.session.query(JournalLine).count()
    html = desk.get(f"{RULES}/trial?seed=7&runs=3&voters=80").get_data(as_text=True)

    assert html.count("試算です。実際の票ではありません") == 1
    assert "種「7」" in html
    again = desk.get(f"{RULES}/trial?seed=7&runs=3&voters=80").get_data(as_text=True)
    assert html.split('id="trial"')[1].split("</section>")[0] == again.split('id="trial"')[1].split("</section>")[0]
    fields = page(desk)
    fields["seed"], fields["runs"], fields["contests-0-min_marks"] = "7", "1", "86"
    tried = press(desk, fields, "trial").get_data(as_text=True)
    assert "該当なし" in tried.split('id="trial"')[1]
    assert (stored(), db.session.query(JournalLine).count()) == before
    assert db.session.query(Ballot).count() == db.session.query(BallotVersion).count() == 0


def test_rules_that_lack_the_weight_of_a_seat_are_not_frozen(edition: Edition, actor: Actor) -> None:
    edition.rules_toml = edition.rules_toml.replace("[[contests]]", "[groups]\nstaff = 1\n\n[[contests]]", 1)
    db.session.commit()
    before = stored()
    for act in (lambda: report_zero(actor, contest="operations"), lambda: freeze_rules(actor, base=fingerprint(edition), reason="x")):
        with pytest.raises(Refusal) as refused:
            act()
        assert (refused.value.code, refused.value.details["groups"]) == (
            "rules.unweighted", "東京都CIO(副知事)、デジタルサービス局長、一般財団法人GovTech東京理事、全区市町村CIO",
        )  # fmt: skip
    assert (stored(), frozen(edition)) == (before, None)
