"""An edition from its folder: edition.json, rules.toml, questions.json, screening.json."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from eventapp.presets.contest_words import ContestWords, check_contest_words
from eventapp.presets.reading import check, read_json, record, records
from eventapp.presets.shapes import (
    Announced,
    Booth,
    Category,
    Contest,
    Edition,
    Event,
    JudgeGroup,
    Phase,
    PollPlan,
    Prize,
    ProgrammeSlot,
    Question,
    Screening,
    Settings,
    SlotSettings,
    Step,
    Track,
)

PHASES = ("preparation", "call", "screening", "selection", "programme", "live", "results", "archive")


def read_edition(folder: Path) -> Edition:
    """The edition in a folder, checked in itself. ValueError with a sentence if the files do not agree."""
    plan = read_json(folder / "edition.json")
    check(plan.get("schema") == "edition-preset/1", f"{folder.name}: edition.json has an unknown schema.")
    form = read_json(folder / "questions.json")
    rules_text = (folder / plan["rules_file"]).read_text(encoding="utf-8")
    rules = tomllib.loads(rules_text)
    edition = Edition(
        event=record(Event, plan["event"], "event"),
        assumed=tuple(plan["assumed"]),
        announced=record(Announced, plan["announced"], "announced"),
        phases=records(Phase, plan["phases"], "phases"),
        categories=_in_stage_order(records(Category, plan["categories"], "categories")),
        judge_groups=records(JudgeGroup, plan["judge_groups"], "judge_groups"),
        prizes=records(Prize, plan["prizes"], "prizes"),
        award_order=tuple(plan["award_order"]),
        reveal_order=tuple(plan["reveal_order"]),
        tracks=records(Track, plan["tracks"], "tracks"),
        programme=records(ProgrammeSlot, plan["programme"], "programme"),
        booths=records(Booth, plan["booths"], "booths"),
        polls=records(PollPlan, plan["polls"], "polls"),
        slot=record(SlotSettings, plan["slot"], "slot"),
        settings=record(Settings, plan["settings"], "settings"),
        steps=records(Step, form["steps"], "steps"),
        questions=records(Question, form["questions"], "questions"),
        screening=_screening(read_json(folder / "screening.json")),
        contests=tuple(_contest(contest) for contest in rules["contests"]),
        rules=rules,
        rules_text=rules_text,
        contest_words=records(ContestWords, plan.get("contest_words", []), "contest_words"),
    )
    _check_assumed(plan)
    _check_references(edition)
    _check_programme(edition)
    _check_questions(edition)
    _check_screening(edition)
    check_contest_words(edition.contest_words, rules)
    return edition


def _in_stage_order(categories: tuple[Category, ...]) -> tuple[Category, ...]:
    return tuple(sorted(categories, key=lambda category: category.stage_order))


def _screening(content: dict[str, Any]) -> Screening:
    content.pop("schema", None)
    content.pop("assumed", None)
    return record(Screening, content, "screening")


def _contest(contest: Mapping[str, Any]) -> Contest:
    size = len(contest["points"]) if contest["method"] == "points" else contest.get("choices", 1)
    return Contest(contest["id"], tuple(contest["categories"]), contest.get("tag"), contest["method"], size)


def _check_assumed(plan: Mapping[str, Any]) -> None:
    for path in plan["assumed"]:
        check(_reaches(plan, path.split(".")), f"edition.json has nothing at the assumed path {path}.")


def _reaches(value: Any, path: list[str]) -> bool:
    if not path:
        return True
    if path[0] == "*":
        return isinstance(value, list) and any(_reaches(item, path[1:]) for item in value)
    return isinstance(value, dict) and path[0] in value and _reaches(value[path[0]], path[1:])


def _check_references(edition: Edition) -> None:
    categories = _unique((category.code for category in edition.categories), "category")
    _unique((category.prefix for category in edition.categories), "category prefix")
    prizes = _unique((prize.code for prize in edition.prizes), "prize")
    _unique((group.code for group in edition.judge_groups), "judge group")
    contests = _unique((contest.code for contest in edition.contests), "contest")
    check(tuple(phase.code for phase in edition.phases) == PHASES, "The phases must be the eight phases in order.")
    starts = [phase.starts for phase in edition.phases]
    check(starts == sorted(starts), "The phases must begin one after another.")
    for name, order in (("award_order", edition.award_order), ("reveal_order", edition.reveal_order)):
        check(sorted(order) == sorted(prizes), f"{name} must name every prize once.")
    check(
        {prize["id"] for prize in edition.rules["prizes"]} == prizes,
        "rules.toml and edition.json name different prizes.",
    )
    check({poll.contest for poll in edition.polls} == contests, "Every contest of rules.toml must have its poll.")
    for prize in edition.prizes:
        check(set(prize.scope) <= categories, f"Prize {prize.code} names an unknown category.")
        check("".join(prize.lines) == prize.name, f"The lines of prize {prize.code} must make up its name.")
    for contest in edition.contests:
        check(set(contest.categories) <= categories, f"Contest {contest.code} names an unknown category.")
    if edition.announced.prizes is not None:
        seats = sum(prize.seats for prize in edition.prizes)
        check(seats == edition.announced.prizes, f"{seats} prizes are planned, {edition.announced.prizes} announced.")


def _unique(codes: Iterable[str], what: str) -> set[str]:
    seen: set[str] = set()
    for code in codes:
        check(code not in seen, f"The {what} {code} is there twice.")
        seen.add(code)
    return seen


def _check_programme(edition: Edition) -> None:
    _unique((slot.code for slot in edition.programme), "programme slot")
    tracks = _unique((track.code for track in edition.tracks), "track")
    ends = dict.fromkeys(tracks, edition.event.starts)
    blocks = {category.code: category.finalists for category in edition.categories}
    for slot in edition.programme:
        check(slot.track in tracks, f"Slot {slot.code} is on an unknown track.")
        check(ends[slot.track] <= slot.starts < slot.ends, f"Slot {slot.code} begins before the one before it ends.")
        ends[slot.track] = slot.ends
        minutes = (edition.event.at(slot.ends) - edition.event.at(slot.starts)).seconds // 60
        check(0 < slot.min_minutes <= minutes, f"Slot {slot.code} cannot need more minutes than it has.")
        if slot.kind == "award":
            planned = blocks.pop(slot.category or "", None)
            check(planned == slot.presentations, f"Slot {slot.code} must present the finalists of its category.")
    check(not blocks, f"No award block presents the category {', '.join(blocks)}.")
    for poll in edition.polls:
        check(poll.opens < poll.closes, f"The poll {poll.contest} closes before it opens.")


def _check_questions(edition: Edition) -> None:
    steps = _unique((step.code for step in edition.steps), "step")
    categories = {category.code for category in edition.categories}
    for question in edition.questions:
        check(question.step in steps, f"Question {question.code} is in an unknown step.")
        check(set(question.categories) <= categories, f"Question {question.code} names an unknown category.")
        chosen = question.kind in ("choice", "choices")
        check(bool(question.options) == chosen, f"Question {question.code}: options belong to choices.")
        check(question.kind != "text" or question.limit is not None, f"Question {question.code} needs a limit.")
        _unique((option.code for option in question.options), f"option of {question.code}")
    for category in edition.categories:
        asked = edition.questions_for(category.code)
        codes = _unique((question.code for question in asked), f"question of {category.code}")
        check({"title", "summary"} <= codes, f"The form of {category.code} must ask for title and summary.")
        for question in asked:
            check(question.after is None or question.after in codes, f"Question {question.code} follows an unknown one.")


def _check_screening(edition: Edition) -> None:
    lowest, highest = edition.screening.scale
    for kind in {category.kind for category in edition.categories}:
        check(kind in edition.screening.criteria, f"There are no screening criteria for a {kind}.")
        for criterion in edition.screening.criteria[kind]:
            count = highest - lowest + 1
            check(len(criterion.words) == count, f"Criterion {criterion.code} needs words for {count} scores.")
            check(criterion.weight > 0, f"Criterion {criterion.code} needs a positive weight.")
    tags = {contest.tag for contest in edition.contests if contest.tag}
    check(tags <= {flag.code for flag in edition.screening.flags}, "Every tag of rules.toml must be a screening flag.")
