"""The demo data of an edition: parts of an entry set into frames become its complete answers."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from eventapp.presets.reading import check, read_json, records
from eventapp.presets.shapes import (
    Answer,
    Applicant,
    Coordinator,
    Edition,
    Municipality,
    OfficePerson,
    Question,
    Sample,
    SampleEntry,
    SampleScreener,
    SampleSeat,
    Stage,
)
from eventapp.presets.words import SHORT_EM, ems, fits_broadcast, joint_name, joint_name_en, reading, without_ruby

HIRAGANA = re.compile(r"[ぁ-ゖー・、]+")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
OFFICE_ROLES = ("secretariat", "deputy", "chair", "director", "mc", "switcher", "reception", "auditor")

PARTS = frozenset(
    [
        "number",
        "category",
        "applicant",
        "bodies",
        "tags",
        "title",
        "department",
        "problem",
        "measure",
        "care",
        "first_step",
        "indicator",
        "months",
        "horizon",
        "cost",
        "ai_use",
        "environment",
        "reusable",
        "products",
        "partners",
        "stage",
    ]
)

Parts = Mapping[str, Any]
Places = Mapping[str, Municipality]


def read_sample(path: Path, edition: Edition, places: Places) -> Sample:
    """The demo data of an edition, every answer written out. ValueError with a sentence if something does not fit."""
    content = read_json(path)
    check(content.get("schema") == "sample-preset/1", f"{path.name} has an unknown schema.")
    check(content["edition"] == edition.event.slug, f"{path.name} belongs to another edition.")
    sample = Sample(
        entries=_entries(content, edition, places),
        coordinators=records(Coordinator, content["coordinators"], "coordinators"),
        screeners=records(SampleScreener, content["screeners"], "screeners"),
        seats=records(SampleSeat, content["seats"], "seats"),
        office=records(OfficePerson, content["office"], "office"),
    )
    _check_entries(sample, edition, places, mark=content["mark"])
    _check_people(sample, edition, places)
    return sample


def _entries(content: Parts, edition: Edition, places: Places) -> tuple[SampleEntry, ...]:
    counted: dict[str, int] = {}
    entries = []
    for parts in content["entries"]:
        category = parts["category"]
        check(category in content["frames"], f"Entry {parts['number']} is in the unknown category {category}.")
        odd = sorted(set(parts) - PARTS)
        check(not odd, f"Entry {parts['number']} has an unknown key: {', '.join(odd)}.")
        unknown = [code for code in parts["bodies"] if code not in places]
        check(bool(parts["bodies"]) and not unknown, f"Entry {parts['number']} needs bodies that exist: {unknown}.")
        turn = counted[category] = counted.get(category, -1) + 1
        entries.append(_entry(parts, content["frames"][category], turn, edition=edition, places=places))
    return tuple(entries)


def _entry(parts: Parts, frames: Parts, turn: int, *, edition: Edition, places: Places) -> SampleEntry:
    bodies = [places[code] for code in parts["bodies"]]
    names, names_en = joint_name([body.name for body in bodies]), joint_name_en([body.name_en for body in bodies])
    person = parts["applicant"] == "person"
    written = _answers(parts, frames, turn)
    asked = {question.code for question in edition.questions_for(parts["category"])}
    return SampleEntry(
        number=parts["number"],
        category=parts["category"],
        applicant=parts["applicant"],
        bodies=tuple(parts["bodies"]),
        tags=tuple(parts["tags"]),
        title=parts["title"],
        owner=f"個人応募({names})" if person else names,
        owner_en=f"Individual entry ({names_en})" if person else names_en,
        department=parts["department"],
        answers={code: answer for code, answer in written.items() if code in asked and answer not in ("", [])},
        stage=_stage(parts, bodies),
    )


def _stage(parts: Parts, bodies: Sequence[Municipality]) -> Stage | None:
    stage = parts.get("stage")
    if stage is None:
        return None
    person = parts["applicant"] == "person"
    body_reading = "、".join(body.kana for body in bodies)
    return Stage(
        position=stage["position"],
        formal=parts["title"],
        broadcast=tuple(stage["broadcast"]),
        short=stage["short"],
        formal_ruby=stage["formal_ruby"],
        short_ruby=stage["short_ruby"],
        reading=reading(stage["formal_ruby"]),
        short_reading=reading(stage["short_ruby"]),
        body_reading=f"こじんおうぼ、{body_reading}" if person else body_reading,
        presenter="個人応募 発表者" if person else f"{bodies[0].name} {parts['department']}",
    )


def _answers(parts: Parts, frames: Parts, turn: int) -> dict[str, Answer]:
    indicator, before, after, unit = map(str, parts["indicator"])
    words = {**parts, "indicator": indicator, "before": _grouped(before), "after": _grouped(after), "unit": unit}
    texts = {code: choices[turn % len(choices)].format_map(words) for code, choices in frames.items()}
    if parts.get("ai_use", "none") == "none":
        texts.pop("ai_care", None)
    months = parts.get("months", ["", ""])
    cost = parts["cost"]
    return {
        "title": parts["title"],
        **texts,
        "department": parts["department"],
        "partners": parts.get("partners", ""),
        "special": list(parts["tags"]),
        "conceived": months[0],
        "launched": months[1],
        "measures": [{"name": indicator, "before": before, "after": after, "unit": unit}],
        "horizon": parts.get("horizon", ""),
        "cost_initial": cost[0],
        "cost_yearly": cost[-1],
        "cost_estimate": cost[0],
        "ai_use": parts.get("ai_use", ""),
        "products": parts.get("products", ""),
        "environment": list(parts["environment"]),
        "reusable": list(parts["reusable"]),
        "publish": ["title", "summary", "slides", "stream", "archive"][: 5 - turn % 3],
        "ai_drafting": ("none", "check", "none", "draft")[turn % 4],
        "agreement": ["approved"],
    }


def _grouped(figure: str) -> str:
    return f"{int(figure):,}" if figure.isdigit() else figure


def faults(questions: Sequence[Question], answers: Mapping[str, Answer]) -> list[str]:
    """What keeps these answers from being complete, one sentence each; empty when they are."""
    found = [f"{code} is not asked" for code in answers if code not in {question.code for question in questions}]
    for question in questions:
        answer = answers.get(question.code)
        if answer is None:
            found += [f"{question.code} is missing"] if question.required else []
        elif sentence := _fault(question, answer, answers):
            found.append(f"{question.code} {sentence}")
    return found


def _fault(question: Question, answer: Answer, answers: Mapping[str, Answer]) -> str | None:
    if isinstance(answer, str) and question.limit and (length := characters(answer)) > question.limit:
        return f"has {length} characters, {question.limit} are allowed"
    if question.options and not _chosen(answer) <= {option.code for option in question.options}:
        return "has an unknown option"
    if question.kind == "month" and not MONTH.fullmatch(str(answer)):
        return "is not a month"
    if question.after and str(answer) <= str(answers.get(question.after, "")):
        return f"is not after {question.after}"
    if question.kind == "number" and (not isinstance(answer, int) or answer < (question.min or 0)):
        return "is not a number that is allowed"
    return None


def _chosen(answer: Answer) -> set[str]:
    return {str(chosen) for chosen in answer} if isinstance(answer, list) else {str(answer)}


def characters(text: str) -> int:
    """Length as the form counts it: code points after NFC, a line break counts one."""
    return len(unicodedata.normalize("NFC", text.replace("\r\n", "\n")))


def _check_entries(sample: Sample, edition: Edition, places: Places, *, mark: str) -> None:
    numbers = [entry.number for entry in sample.entries]
    check(len(set(numbers)) == len(numbers), "An entry number is there twice.")
    flags = {flag.code for flag in edition.screening.flags}
    for entry in sample.entries:
        category = edition.category(entry.category)
        check(entry.number.startswith(f"{category.prefix}-"), f"The number {entry.number} belongs to another category.")
        check(entry.applicant in get_args(Applicant), f"Entry {entry.number} has an unknown kind of applicant.")
        check(set(entry.tags) <= flags, f"Entry {entry.number} carries an unknown tag.")
        check(entry.title.startswith(mark), f"The title of entry {entry.number} must begin with {mark}.")
        found = faults(edition.questions_for(entry.category), entry.answers)
        check(not found, f"Entry {entry.number}: {'; '.join(found)}.")
        if entry.stage:
            _check_stage(entry, entry.stage, mark)
    for category in edition.categories:
        positions = [e.stage.position for e in sample.finalists if e.stage and e.category == category.code]
        expected = list(range(1, category.finalists + 1))
        check(positions == expected, f"{category.code} must have finalists at the places 1 to {category.finalists}.")
    _check_announced(sample, edition)


def _check_stage(entry: SampleEntry, stage: Stage, mark: str) -> None:
    number = entry.number
    check(stage.formal == mark + without_ruby(stage.formal_ruby), f"The ruby of entry {number} is not its title.")
    check(stage.short == without_ruby(stage.short_ruby), f"The ruby of entry {number} is not its short title.")
    check(stage.broadcast[0].startswith(mark), f"The broadcast title of entry {number} must begin with {mark}.")
    check(fits_broadcast(stage.broadcast), f"The broadcast title of entry {number} does not fit two lines of 22 em.")
    check(ems(stage.short) <= SHORT_EM, f"The short title of entry {number} is wider than 20 em.")
    for kana in (stage.reading, stage.short_reading, stage.body_reading):
        check(HIRAGANA.fullmatch(kana) is not None, f"A reading of entry {number} is not hiragana: {kana}.")


def _check_announced(sample: Sample, edition: Edition) -> None:
    announced = edition.announced
    for what, found, said in (
        ("entries", len(sample.entries), announced.entries),
        ("bodies", len(bodies_of(sample.entries)), announced.entry_bodies),
        ("finalists", len(sample.finalists), announced.finalists),
        ("finalists' bodies", len(bodies_of(sample.finalists)), announced.finalist_bodies),
    ):
        check(said is None or found == said, f"There are {found} {what}, {said} were announced.")


def bodies_of(entries: Sequence[SampleEntry]) -> set[str]:
    """The bodies behind entries: a body counts once, alone, as a partner, or as an individual's home municipality."""
    return {code for entry in entries for code in entry.bodies}


def _check_people(sample: Sample, edition: Edition, places: Places) -> None:
    named = [code for seat in sample.seats for code in seat.bodies]
    named += [screener.body for screener in sample.screeners if screener.body]
    named += [coordinator.body for coordinator in sample.coordinators]
    check(set(named) <= set(places), "A person belongs to a body that does not exist.")
    coordinated = {person.body for person in sample.coordinators}
    check(coordinated == bodies_of(sample.entries), "Every body needs its coordinator.")
    sizes = {group.code: group.size for group in edition.judge_groups}
    seats = {group: sum(seat.group == group for seat in sample.seats) for group in sizes}
    check(seats == sizes and len(sample.seats) == sum(sizes.values()), f"The seats per group are {seats}, not {sizes}.")
    check(len({seat.label for seat in sample.seats}) == len(sample.seats), "A seat label is there twice.")
    check(tuple(dict.fromkeys(person.role for person in sample.office)) == OFFICE_ROLES, "Every office of the day needs a person.")
