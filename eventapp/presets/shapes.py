"""What a preset holds, as frozen records; the field names are the keys of the files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal, TypedDict
from zoneinfo import ZoneInfo

from eventapp.presets.contest_words import ContestWords

QuestionKind = Literal["text", "choice", "choices", "number", "measure", "month", "url", "heading"]
EntryKind = Literal["initiative", "proposal"]
Applicant = Literal["body", "person", "team"]


class Measure(TypedDict):
    """One row of an answer of kind `measure`; the figures are decimal strings, so they stay exact."""

    name: str
    before: str
    after: str
    unit: str


Answer = str | int | list[str] | list[Measure]


@dataclass(frozen=True)
class Municipality:
    """One of the 62; `tile` is (column, row) of the map, `code` the six-digit local government code."""

    code: str
    order: int
    name: str
    kana: str
    slug: str
    name_en: str
    kind: Literal["ward", "city", "town", "village"]
    kind_ja: str
    region: Literal["wards", "tama", "islands"]
    tile: tuple[int, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contact:
    """Whom to ask, as printed at the foot of every page."""

    office: str
    office_en: str
    phone: str
    phone_en: str


@dataclass(frozen=True)
class Event:
    """The event itself: names, date, place, stream."""

    slug: str
    name: str
    name_en: str
    short: str
    former_name: str
    organiser: str
    organiser_en: str
    fiscal_year: int
    date: date
    starts: time
    ends: time
    ends_tentative: bool
    timezone: str
    theme: str
    theme_en: str
    concept: str
    concept_en: str
    keyword: str
    audience: tuple[str, ...]
    venue: str | None
    public_stream: bool
    stream_url: str | None
    stream_delay_s: int
    municipality_word: str
    conferred_by: str
    contact: Contact

    def at(self, clock: time) -> datetime:
        """That time of the event's day, aware, in the event's zone."""
        return datetime.combine(self.date, clock, ZoneInfo(self.timezone))


@dataclass(frozen=True)
class Announced:
    """The counts a press release prints; None where it prints none."""

    entries: int
    entry_bodies: int
    finalists: int
    finalist_bodies: int | None = None
    prizes: int | None = None


@dataclass(frozen=True)
class Phase:
    """A phase of the edition and the instant it is planned to begin."""

    code: str
    name: str
    name_en: str
    starts: datetime


@dataclass(frozen=True)
class Category:
    """A category; `prefix` begins its entry numbers, `list_order` orders lists, `stage_order` the day."""

    code: str
    prefix: str
    name: str
    name_en: str
    kind: EntryKind
    unit: str
    unit_en: str
    finalists: int
    stage_order: int
    list_order: int
    deadline: datetime
    per_body: int


@dataclass(frozen=True)
class JudgeGroup:
    """A group of judges and how many seats it has."""

    code: str
    name: str
    name_en: str
    size: int


@dataclass(frozen=True)
class Prize:
    """A prize; `lines` is its name as broken on air, the certificates carry no punctuation."""

    code: str
    name: str
    name_en: str
    lines: tuple[str, ...]
    group: str
    scope: tuple[str, ...]
    seats: int
    text: str
    text_en: str
    certificate: str
    certificate_person: str | None = None


@dataclass(frozen=True)
class Track:
    """A line of the programme."""

    code: str
    name: str
    name_en: str
    all_day: bool


@dataclass(frozen=True)
class ProgrammeSlot:
    """A line of the announced programme; an award block is cut into `presentations` slots later."""

    code: str
    track: str
    starts: time
    ends: time
    kind: Literal["opening", "session", "award", "break", "ceremony", "other"]
    anchor: Literal["fixed", "follow"]
    hard_end: bool
    min_minutes: int
    title: str
    title_en: str
    short: str
    speaker: str | None = None
    category: str | None = None
    presentations: int | None = None
    tools: tuple[str, ...] = ()


@dataclass(frozen=True)
class Booth:
    """An all-day booth."""

    code: str
    title: str
    title_en: str
    tools: tuple[str, ...]


@dataclass(frozen=True)
class PollPlan:
    """When the poll of a contest is planned to open and close."""

    contest: str
    name: str
    name_en: str
    opens: time
    closes: time


@dataclass(frozen=True)
class SlotSettings:
    """Seconds of one presentation: the talk, and the remaining time at which the screen warns."""

    talk_s: int
    warn_s: int
    danger_s: int


@dataclass(frozen=True)
class Settings:
    """Settings of the day; seconds unless the name says otherwise."""

    closing_s: int
    grace_s: int
    deadline_grace_s: int
    signing_s: int
    ceremony_preparation_s: int
    quorum: int
    sealers: int
    signatures: int
    spread_threshold: str


@dataclass(frozen=True)
class Option:
    """One answer to choose from."""

    code: str
    label: str
    label_en: str


@dataclass(frozen=True)
class Question:
    """A question of the entry form; `limit` is in characters, `after` names an earlier month question."""

    code: str
    kind: QuestionKind
    categories: tuple[str, ...]
    step: str
    label: str
    label_en: str
    required: bool
    editable_after_selection: bool
    support: str = ""
    limit: int | None = None
    options: tuple[Option, ...] = ()
    unit: str | None = None
    min: int | None = None
    max_items: int | None = None
    after: str | None = None


@dataclass(frozen=True)
class Step:
    """A step of the entry form."""

    code: str
    label: str
    label_en: str


@dataclass(frozen=True)
class Criterion:
    """A screening criterion; `words` describes every score of the scale, lowest first."""

    code: str
    name: str
    name_en: str
    weight: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Flag:
    """A question to screeners outside the total; its code is the tag that a contest asks for."""

    code: str
    name: str
    name_en: str
    kinds: tuple[EntryKind, ...]
    question: str


@dataclass(frozen=True)
class Screening:
    """The first round: criteria by kind of entry, flags, how many screeners read an entry."""

    screeners_per_entry: int
    scale: tuple[int, ...]
    closes: datetime
    criteria: Mapping[EntryKind, tuple[Criterion, ...]]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Contest:
    """A contest of rules.toml as far as ballots need it: `size` is how many entries a ballot may name."""

    code: str
    categories: tuple[str, ...]
    tag: str | None
    method: Literal["choice", "points", "score", "grade"]
    size: int


@dataclass(frozen=True)
class Edition:
    """A whole edition as data; `categories` in stage order, `rules` is rules.toml parsed, `rules_text` as written."""

    event: Event
    assumed: tuple[str, ...]
    announced: Announced
    phases: tuple[Phase, ...]
    categories: tuple[Category, ...]
    judge_groups: tuple[JudgeGroup, ...]
    prizes: tuple[Prize, ...]
    award_order: tuple[str, ...]
    reveal_order: tuple[str, ...]
    tracks: tuple[Track, ...]
    programme: tuple[ProgrammeSlot, ...]
    booths: tuple[Booth, ...]
    polls: tuple[PollPlan, ...]
    slot: SlotSettings
    settings: Settings
    steps: tuple[Step, ...]
    questions: tuple[Question, ...]
    screening: Screening
    contests: tuple[Contest, ...]
    rules: Mapping[str, Any]
    rules_text: str
    contest_words: tuple[ContestWords, ...] = ()

    def category(self, code: str) -> Category:
        """The category of that code; KeyError if there is none."""
        return {category.code: category for category in self.categories}[code]

    def questions_for(self, category: str) -> tuple[Question, ...]:
        """The questions of a category in the order of its form, headings included."""
        return tuple(question for question in self.questions if category in question.categories)

    def criteria_for(self, category: str) -> tuple[Criterion, ...]:
        """The screening criteria of a category."""
        return self.screening.criteria[self.category(category).kind]


@dataclass(frozen=True)
class Winner:
    """A published winner of an earlier edition."""

    prize: str
    prize_en: str
    scope: str
    scope_en: str
    body: str
    title: str


@dataclass(frozen=True)
class Archive:
    """An earlier edition of which only the published winners are known."""

    slug: str
    name: str
    name_en: str
    fiscal_year: int
    announced: Announced
    winners: tuple[Winner, ...]


@dataclass(frozen=True)
class Stage:
    """The confirmed wording of a finalist. `formal` and `broadcast` carry the mark 【サンプル】, `short` does not."""

    position: int
    formal: str
    broadcast: tuple[str, ...]
    short: str
    formal_ruby: str
    short_ruby: str
    reading: str
    short_reading: str
    body_reading: str
    presenter: str


@dataclass(frozen=True)
class SampleEntry:
    """An invented entry, fully answered; `stage` is set for finalists. A person's body is the home municipality."""

    number: str
    category: str
    applicant: Applicant
    bodies: tuple[str, ...]
    tags: tuple[str, ...]
    title: str
    owner: str
    owner_en: str
    department: str
    answers: Mapping[str, Answer]
    stage: Stage | None


@dataclass(frozen=True)
class Coordinator:
    """The person of a body who submits its entries, by role."""

    body: str
    department: str
    name: str


@dataclass(frozen=True)
class SampleScreener:
    """A screener by role; `body` is None for Tokyo and GovTech Tokyo."""

    code: str
    body: str | None
    department: str
    name: str
    categories: tuple[str, ...]


@dataclass(frozen=True)
class SampleSeat:
    """A judge's seat by office; `short` is what fits a tile of the chair's board."""

    label: str
    group: str
    name: str
    short: str
    name_en: str
    bodies: tuple[str, ...]
    kana: str = ""


@dataclass(frozen=True)
class OfficePerson:
    """Somebody who runs the day, by role."""

    role: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Sample:
    """All demo data of an edition; entries in stage order of categories, then by number."""

    entries: tuple[SampleEntry, ...]
    coordinators: tuple[Coordinator, ...]
    screeners: tuple[SampleScreener, ...]
    seats: tuple[SampleSeat, ...]
    office: tuple[OfficePerson, ...]

    @property
    def finalists(self) -> tuple[SampleEntry, ...]:
        """The entries that go on stage, in running order."""
        staged = [(entry.category, entry.stage.position, entry) for entry in self.entries if entry.stage]
        blocks = list(dict.fromkeys(entry.category for entry in self.entries))
        return tuple(entry for _, _, entry in sorted(staged, key=lambda row: (blocks.index(row[0]), row[1])))
