"""Editions as data: 2025 is what the press release says, another edition is other files, misfits are refused."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from eventapp.presets import PRESETS, load_archive, load_edition, municipalities
from eventapp.presets.edition import read_edition

EDITIONS = Path(__file__).parents[1] / "editions"


def test_the_62_municipalities_are_in_code_order() -> None:
    places = municipalities()
    assert len(places) == 62
    assert (places[0].name, places[-1].name) == ("千代田区", "小笠原村")
    assert {place.code: place.kana for place in places}["132187"] == "ふっさし"


def test_2025_has_three_categories_in_stage_order() -> None:
    edition = load_edition("connect-day-2025")
    assert [(c.code, c.finalists, c.prefix, c.unit) for c in edition.categories] == [
        ("operations", 11, "O", "取組"),
        ("idea", 8, "I", "提案"),
        ("service", 10, "S", "取組"),
    ]
    assert edition.category("idea").deadline == datetime(2025, 10, 17, 8, tzinfo=UTC)


def test_2025_has_eight_prizes_and_85_seats_in_five_groups() -> None:
    edition = load_edition("connect-day-2025")
    assert [group.size for group in edition.judge_groups] == [1, 1, 3, 62, 18]
    assert [prize.code for prize in edition.prizes] == [prize["id"] for prize in edition.rules["prizes"]]
    assert edition.reveal_order == tuple(reversed(edition.award_order))
    assert len(edition.prizes) == 8


def test_2025_settings_are_the_agreed_defaults() -> None:
    edition = load_edition("connect-day-2025")
    assert edition.event.stream_url is None
    assert (edition.event.contact.office, edition.event.contact.phone) == ("事務局", "内線 2101")
    assert (edition.settings.grace_s, edition.settings.closing_s, edition.settings.quorum) == (90, 30, 43)
    assert edition.event.at(time(11, 18)).astimezone(UTC) == datetime(2025, 12, 24, 2, 18, tzinfo=UTC)


def test_2025_programme_is_the_announced_one() -> None:
    slots = load_edition("connect-day-2025").programme
    assert [(slot.starts.strftime("%H:%M"), slot.ends.strftime("%H:%M")) for slot in slots] == [
        ("10:00", "10:05"),
        ("10:05", "10:30"),
        ("10:40", "10:55"),
        ("11:05", "12:10"),
        ("12:10", "13:15"),
        ("13:15", "13:30"),
        ("13:40", "14:30"),
        ("14:40", "14:55"),
        ("15:05", "16:05"),
        ("16:15", "16:30"),
        ("16:45", "17:15"),
    ]
    assert [(slot.code, slot.min_minutes) for slot in slots if slot.hard_end] == [("lunch", 45)]


def test_certificates_carry_no_punctuation() -> None:
    for prize in load_edition("connect-day-2025").prizes:
        for text in (prize.certificate, prize.certificate_person or ""):
            assert not set(text) & set("、。,.・"), prize.code


def test_ideas_are_asked_other_questions_than_initiatives() -> None:
    edition = load_edition("connect-day-2025")
    codes = {c.code: [q.code for q in edition.questions_for(c.code)] for c in edition.categories}
    assert codes["service"] == codes["operations"]
    assert set(codes["idea"]) - set(codes["service"]) == {"roadmap", "horizon", "cost_estimate"}
    assert {"conceived", "launched", "ai_use", "special"} <= set(codes["service"]) - set(codes["idea"])
    assert [step.label for step in edition.steps] == ["基本情報", "取組内容と効果", "横展開と公開の範囲", "確認"]


def test_every_criterion_has_words_for_every_score() -> None:
    edition = load_edition("connect-day-2025")
    assert [c.weight for c in edition.criteria_for("service")] == [1, 1, 2, 1, 1]
    assert [c.name for c in edition.criteria_for("idea")][1] == "独創性"
    assert all(len(set(c.words)) == 5 for c in edition.criteria_for("idea") + edition.criteria_for("operations"))


def test_2024_is_its_four_published_winners() -> None:
    archive = load_archive("connect-day-2024")
    assert [winner.body for winner in archive.winners] == ["132080", "131202", "131199", "132195"]
    assert (archive.announced.entries, archive.announced.entry_bodies, archive.announced.finalists) == (79, 34, 21)


def test_a_different_edition_is_only_other_files() -> None:
    edition = load_edition("fictional", root=EDITIONS)
    assert [(c.code, c.method, c.size) for c in edition.contests] == [
        ("care", "score", 1),
        ("river", "grade", 1),
        ("audience", "choice", 2),
        ("play", "points", 4),
    ]
    assert edition.rules["groups"] == {"experts": "1/2", "residents": "1/3", "children": "1/6"}
    assert sum(prize.seats for prize in edition.prizes) == 6


Spoil = Callable[[dict[str, Any]], object]
MISFITS: list[tuple[str, Spoil, str]] = [
    ("edition.json", lambda p: p["event"].pop("theme"), "event lacks the key: theme."),
    ("edition.json", lambda p: p["event"].update(colour="blue"), "event has an unknown key: colour."),
    ("edition.json", lambda p: p["settings"].update(grace_s="90"), "settings.grace_s must be int, not '90'."),
    ("edition.json", lambda p: p["event"].update(date="2031-13-01"), "event.date must be a date, not '2031-13-01'."),
    (
        "edition.json",
        lambda p: p["phases"][0].update(starts="2030-04-01T00:00:00"),
        "phases[0].starts must carry an offset.",
    ),
    ("edition.json", lambda p: p["reveal_order"].pop(), "reveal_order must name every prize once."),
    ("edition.json", lambda p: p["polls"].pop(), "Every contest of rules.toml must have its poll."),
    ("edition.json", lambda p: p["prizes"][0].update(seats=2), "7 prizes are planned, 6 announced."),
    (
        "edition.json",
        lambda p: p["programme"][1].update(starts="13:10"),
        "Slot care begins before the one before it ends.",
    ),
    (
        "edition.json",
        lambda p: p["programme"][1].update(presentations=4),
        "Slot care must present the finalists of its category.",
    ),
    (
        "edition.json",
        lambda p: p["contest_words"][0].update(contest="play"),
        "Words are given for play, which is no score or grade contest.",
    ),
    ("edition.json", lambda p: p["contest_words"][0]["criteria"][0].update(code="speed"), "care has no criterion speed."),
    (
        "edition.json",
        lambda p: p["contest_words"][0]["criteria"][0]["levels"][4].update(value="11"),
        "A level of kindness is outside the range of rules.toml.",
    ),
    (
        "edition.json",
        lambda p: p["contest_words"][0]["criteria"][0]["levels"][4].update(value="ten"),
        "The levels of kindness must be decimal numbers.",
    ),
    ("edition.json", lambda p: p["contest_words"][0]["criteria"][0]["levels"].reverse(), "The levels of kindness must rise."),
    ("edition.json", lambda p: p["contest_words"][1]["grades"][0].update(code="A"), "river has no grade A."),
    (
        "edition.json",
        lambda p: p["assumed"].append("event.weather"),
        "edition.json has nothing at the assumed path event.weather.",
    ),
    ("edition.json", lambda p: p["categories"][1].update(code="river"), "The category river is there twice."),
    ("edition.json", lambda p: p["programme"][0].update(kind="dance"), "programme[0].kind must be one of "),
    ("edition.json", lambda p: p.update(event=[]), "event must be an object."),
    ("edition.json", lambda p: p["event"].update(audience="all"), "event.audience must be a list."),
    ("edition.json", lambda p: p.update(schema="edition-preset/2"), "edition.json has an unknown schema."),
    ("questions.json", lambda p: p["questions"][0].pop("limit"), "Question title needs a limit."),
    ("questions.json", lambda p: p["questions"][3].pop("options"), "Question season: options belong to choices."),
    ("questions.json", lambda p: p["questions"][2].update(step="two"), "Question length is in an unknown step."),
    ("questions.json", lambda p: p.update(questions={}), "questions must be a list."),
    (
        "screening.json",
        lambda p: p["criteria"]["initiative"][0]["words"].pop(),
        "Criterion use needs words for 4 scores.",
    ),
    ("screening.json", lambda p: p.update(criteria=[]), "screening.criteria must be an object."),
    ("screening.json", lambda p: p["flags"].clear(), "Every tag of rules.toml must be a screening flag."),
    ("screening.json", lambda p: p["criteria"].pop("proposal"), "There are no screening criteria for a proposal."),
]


@pytest.mark.parametrize(("file", "spoil", "sentence"), MISFITS, ids=[sentence for _, _, sentence in MISFITS])
def test_a_misfit_is_refused_with_a_sentence(tmp_path: Path, file: str, spoil: Spoil, sentence: str) -> None:
    folder = Path(shutil.copytree(EDITIONS / "fictional", tmp_path / "fictional"))
    content = json.loads((folder / file).read_text(encoding="utf-8"))
    spoil(content)
    (folder / file).write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match=".") as refused:
        read_edition(folder)
    assert sentence in str(refused.value)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EDITIONS / "fictional", tmp_path / "fictional"))
    (folder / "screening.json").write_text("[", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^screening\.json cannot be read"):
        read_edition(folder)


def test_announced_counts_may_be_left_out(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EDITIONS / "fictional", tmp_path / "fictional"))
    plan = json.loads((folder / "edition.json").read_text(encoding="utf-8"))
    plan["announced"].pop("prizes")
    (folder / "edition.json").write_text(json.dumps(plan), encoding="utf-8")
    assert read_edition(folder).announced.prizes is None


def test_a_folder_must_hold_the_edition_of_its_name(tmp_path: Path) -> None:
    shutil.copytree(EDITIONS / "fictional", tmp_path / "other")
    with pytest.raises(ValueError, match=r"^The folder other holds the edition fictional\.$"):
        load_edition("other", root=tmp_path)


def test_presets_hold_data_and_loaders_only() -> None:
    kinds = {path.suffix for path in PRESETS.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert kinds == {".json", ".toml", ".py"}
