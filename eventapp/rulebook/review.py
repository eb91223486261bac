"""A look at rules before they are kept: what is wrong at which field, what to think about, and the whole in plain words."""

import re
from dataclasses import dataclass, field

from eventapp.models import Edition
from eventapp.rulebook import queries
from eventapp.rules.rulebook_draft import RulesDraft, plain_id, plain_number, read_draft, twins, write_rules
from eventapp.rules.rulebook_english import in_english
from eventapp.rules.rulebook_japanese import Passage, in_japanese
from eventapp.rules.rulebook_notices import Notice, notices
from eventapp.rules.rulebook_occasion import Occasion, weight_sentences
from eventapp.rules.rulebook_problems import sentence
from eventapp.rules.tally_model import Rulebook
from eventapp.rules.tally_numbers import Number, rational_number
from eventapp.rules.tally_rules_file import Path, review_rules

HOUR = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ESCAPED = re.compile(r"\\u00[017][0-9a-f]")
LABELS = {
    "id": "記号", "name": "名前", "name_en": "英語の名前", "categories": "対象の部門", "tag": "対象の区分", "method": "投票の方法",
    "count": "数え方", "quorum": "定足数", "min_marks": "順位に入るための人数", "closes_at": "数える票の期限", "ties": "同順位の手順",
    "choices": "選ぶ件数", "points": "順位点", "criteria": "評価項目", "trim": "除く人数", "normalise": "くせの調整", "grades": "評語",
    "opens": "受付開始の予定", "closes": "締切の予定", "contest": "もとになる投票", "seats": "受賞の数", "min_score": "得点の下限",
    "excludes": "除く受賞", "weight": "重み", "min": "最低点", "max": "最高点", "text": "説明", "text_en": "英語の説明",
    "groups": "グループの重み",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that must be put right first; `line` is the English error line, if the format refuses it."""

    path: Path
    text: str
    line: str = ""


@dataclass(slots=True)
class Review:
    """What a look at one draft found; `rulebook` is None while the format refuses it. `faults` and `notices` by id of the field."""

    rulebook: Rulebook | None
    occasion: Occasion = field(default_factory=Occasion)
    faults: dict[str, list[str]] = field(default_factory=dict)
    summary: list[tuple[str, str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    notices: dict[str, list[Notice]] = field(default_factory=dict)
    japanese: dict[Path, Passage] = field(default_factory=dict)
    english: dict[Path, Passage] = field(default_factory=dict)
    weights: dict[str, str] = field(default_factory=dict)

    @property
    def broken(self) -> set[str]:
        """The parts with a fault, to be shown open: `contests-0`, `groups`."""
        parts = [where.split("-") for where, _, _ in self.summary]
        return {"-".join(words[:count]) for words in parts for count in (1, 2)}

    @property
    def fit(self) -> bool:
        """May these rules be kept?"""
        return self.rulebook is not None and not self.summary


def review_text(edition: Edition, data: bytes) -> tuple[RulesDraft | None, Review]:
    """Rules as typed or uploaded; the draft is None while the format refuses them."""
    rulebook, problems = review_rules(data)
    if rulebook is None:
        faults = [Fault(problem.path, sentence(problem), problem.line) for problem in problems]
        return None, _told(Review(None), faults, RulesDraft())
    draft = queries.with_beside(read_draft(data), queries.beside(edition))
    return draft, review(edition, draft, toml=data)


def review(edition: Edition, draft: RulesDraft, *, toml: bytes) -> Review:
    """A draft and its text: errors of the format, of this edition, and of what stands beside the rules."""
    rulebook, problems = review_rules(toml)
    faults = [Fault(problem.path, sentence(problem), problem.line) for problem in (*twins(draft), *problems)]
    faults += [*_beside_faults(draft), *_unseen(draft)]
    occasion = queries.occasion(edition, draft)
    found = Review(rulebook, occasion, weights=weights(draft, occasion))
    if rulebook is not None and not _unseen(draft):
        told = notices(rulebook, occasion)
        faults += [Fault(one.path, one.ja) for one in told if one.refused]
        for notice in told:
            if not notice.refused:
                found.notices.setdefault(place(notice.path, draft), []).append(notice)
        found.japanese = {one.path: one for one in in_japanese(rulebook, occasion, reveal=draft.reveal)}
        found.english = {one.path: one for one in in_english(rulebook, occasion, reveal=draft.reveal)}
    return _told(found, faults, draft)


def _told(found: Review, faults: list[Fault], draft: RulesDraft) -> Review:
    for fault in faults:
        where = place(fault.path, draft)
        found.faults.setdefault(where, []).append(fault.text)
        found.summary.append((where, CONTROL.sub("", label(fault.path, draft)), fault.text))
        found.lines += [fault.line] if fault.line else []
    return found


def _beside_faults(draft: RulesDraft) -> list[Fault]:
    found = []
    for number, contest in enumerate(draft.contests):
        path: Path = ("contests", number)
        found += _named(path, contest.name)
        hours = {name: getattr(contest, name) for name in ("opens", "closes")}
        wrong = [name for name, hour in hours.items() if not HOUR.fullmatch(hour)]
        found += [Fault((*path, name), "「16:05」のように、時と分を2けたずつで入力してください。") for name in wrong]
        if not wrong and contest.opens >= contest.closes:
            found.append(Fault((*path, "closes"), "受付開始より後の時刻を入力してください。"))
    for number, prize in enumerate(draft.prizes):
        found += _named(("prizes", number), prize.name)
    return found


def _named(path: Path, name: str) -> list[Fault]:
    return [] if name.strip() else [Fault((*path, "name"), "名前を入力してください。")]


def _unseen(draft: RulesDraft) -> list[Fault]:
    """PostgreSQL keeps no U+0000, and no screen shows the other control characters; `write_rules` escapes exactly these."""
    if ESCAPED.search(write_rules(draft).replace("\\\\", "")) is None:
        return []
    return [Fault((), "名前や記号に、制御文字は使えません。")]


def weights(draft: RulesDraft, occasion: Occasion) -> dict[str, str]:
    """The sentence beside each weight, as far as the weights typed so far are numbers."""
    groups: dict[str, Number] = {}
    for row in draft.groups:
        try:
            number = rational_number(plain_number(row.weight))
        except ValueError:
            continue
        if number > 0:
            groups[plain_id(row.id)] = number
    return weight_sentences(groups, occasion)


# --- places ----------------------------------------------------------------------------------------------------------------


def place(path: Path, draft: RulesDraft) -> str:
    """The id of the field that a path leads to: `contests-0-criteria-1-max`, `groups-2-weight`; `rules` for the whole."""
    words: list[str | int] = list(path)
    if words[:1] == ["groups"] and len(words) == 2:
        words = ["groups", _row(words[1], [row.id for row in draft.groups]), "weight"]
    if len(words) > 3 and words[2] == "criteria" and isinstance(words[1], int) and words[1] < len(draft.contests):
        row = _row(words[3], [criterion.id for criterion in draft.contests[words[1]].criteria])
        words = [*words[:3], row, *(words[4:] or ["id"])]
    return "-".join(map(str, words)) or "rules"


def _row(word: str | int, ids: list[str]) -> int:
    if isinstance(word, int):
        return word
    meant = [plain_id(name) for name in ids]
    return meant.index(word) if word in meant else 0


def label(path: Path, draft: RulesDraft) -> str:
    """What the field is called: 「行政サービス部門 定足数」."""
    words = list(path)
    rows = {"contests": [one.name or one.id for one in draft.contests], "prizes": [one.name or one.id for one in draft.prizes]}
    titles = rows.get(str(words[0]), []) if words else []
    row = words[1] if len(words) > 1 and isinstance(words[1], int) else len(titles)
    parent = titles[row] if row < len(titles) else ""
    last = next((LABELS[word] for word in reversed(words) if isinstance(word, str) and word in LABELS), "")
    return " ".join(filter(None, (parent, last))) or "集計のルール"
