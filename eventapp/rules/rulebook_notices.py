"""What acceptable rules would do that nobody may have meant: warnings, each at its place, in Japanese and English."""

from collections.abc import Iterable
from dataclasses import dataclass

from eventapp.rules.rulebook_occasion import Occasion, field_of_contest, field_of_prize, seats_by_group
from eventapp.rules.tally_model import Contest, Prize, Rulebook
from eventapp.rules.tally_numbers import Number
from eventapp.rules.tally_rules_file import Path

DECISIVE = ("chair", "lot", "share")


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning, or (`refused`) what this edition cannot work with although the format allows it."""

    path: Path
    code: str
    ja: str
    en: str
    refused: bool = False


def notices(rulebook: Rulebook, occasion: Occasion) -> list[Notice]:
    """Everything to think about before the rules are frozen, in the order of the file."""
    found = [*_groups(rulebook, occasion)]
    for number, contest in enumerate(rulebook.contests):
        found += _contest(number, contest, rulebook=rulebook, occasion=occasion)
    contests = {contest.id: contest for contest in rulebook.contests}
    for number, prize in enumerate(rulebook.prizes):
        found += _prize(number, prize, contests[prize.contest], occasion=occasion)
    return found


def _groups(rulebook: Rulebook, occasion: Occasion) -> Iterable[Notice]:
    if rulebook.groups is None:
        return
    seats = seats_by_group(occasion)
    for group in sorted(set(seats) - set(rulebook.groups)):
        ja, en = occasion.ja("group", group), occasion.en("group", group)
        yield Notice(
            ("groups",), "group.unweighted", f"「{ja}」の席が{seats[group]}席ありますが、重みがありません。",
            f"{en} has {seats[group]} seats but no weight.", refused=True,
        )  # fmt: skip
    for group in rulebook.groups:
        if not seats.get(group):
            ja, en = occasion.ja("group", group), occasion.en("group", group)
            yield Notice(
                ("groups", group), "group.empty", f"「{ja}」には席がありません。重みは、席のあるグループで分け合います。",
                f"{en} has no seat; the groups with seats share its weight.",
            )  # fmt: skip


def _contest(number: int, contest: Contest, *, rulebook: Rulebook, occasion: Occasion) -> Iterable[Notice]:
    path: Path = ("contests", number)
    for category in sorted(contest.categories - set(occasion.categories)) if occasion.categories else ():
        yield _unknown_category((*path, "categories"), category)
    if not contest.categories or (occasion.entries and not field_of_contest(contest, occasion)):
        yield Notice(
            (*path, "categories"), "contest.empty", "この投票の対象になるエントリーが1件もありません。", "No entry belongs to this contest."
        )
    yield from _numbers(path, contest, seats=len(occasion.judges))
    if not set(contest.ties) & set(DECISIVE):
        yield Notice(
            (*path, "ties"), "ties.open", "同順位が最後まで残ることがあります。委員長の決定、くじ、同時受賞のどれかを入れてください。",
            "A tie may stay open: add the chair's decision, the lot or sharing.",
        )  # fmt: skip
    yield from _unreached(path, contest)
    if all(prize.contest != contest.id for prize in rulebook.prizes):
        yield Notice((*path, "id"), "contest.unused", "この投票の結果を使う賞がありません。", "No prize uses this contest.")


def _unknown_category(path: Path, category: str) -> Notice:
    ja, en = f"「{category}」という部門はこの年度にありません。", f"This edition has no category {category}."
    return Notice(path, "category.unknown", ja, en, refused=True)


def _numbers(path: Path, contest: Contest, *, seats: int) -> Iterable[Notice]:
    if not seats:
        return
    if contest.min_marks * 2 < seats:
        yield Notice(
            (*path, "min_marks"), "min_marks.low",
            f"順位に入るための人数({contest.min_marks}人)が席の半分({seats}席のうち{(seats + 1) // 2}人)より少ないので、"
            "少ない人の評価だけで上位になることがあります。",
            f"The fewest marks ({contest.min_marks}) are below half of the {seats} seats: a few judges could decide.",
        )  # fmt: skip
    if contest.min_marks > seats:
        yield Notice(
            (*path, "min_marks"), "min_marks.high", f"席は{seats}席しかないので、順位に入るものがありません。",
            f"There are {seats} seats only, so nothing can be ranked.",
        )  # fmt: skip
    if contest.quorum > seats:
        yield Notice(
            (*path, "quorum"), "quorum.high", f"席は{seats}席しかないので、定足数に届きません。",
            f"There are {seats} seats only: never a quorum.",
        )  # fmt: skip


def _unreached(path: Path, contest: Contest) -> Iterable[Notice]:
    last = next((place for place, step in enumerate(contest.ties) if step in ("share", "lot")), len(contest.ties))
    if last + 1 < len(contest.ties):
        yield Notice(
            (*path, "ties"), "ties.unreached", "くじと同時受賞で必ず決まるので、そのあとの手順は使われません。",
            "The lot and sharing always decide; the steps after them are never followed.",
        )  # fmt: skip


def _prize(number: int, prize: Prize, contest: Contest, *, occasion: Occasion) -> Iterable[Notice]:
    path: Path = ("prizes", number)
    for category in sorted((prize.categories or frozenset()) - set(occasion.categories)) if occasion.categories else ():
        yield _unknown_category((*path, "categories"), category)
    narrowed = prize.categories is not None and not prize.categories & contest.categories
    if narrowed or (occasion.entries and not field_of_prize(prize, contest, occasion)):
        yield _unwinnable((*path, "contest"), "この賞を受けられるエントリーが1件もありません。", "No entry can win this prize.")
        return
    most = highest_score(contest, seats=len(occasion.judges))
    if most is not None and prize.min_score is not None and prize.min_score > most:
        yield _unwinnable(
            (*path, "min_score"), f"得点は最高でも{most}なので、この賞を受けられるエントリーがありません。",
            f"No score exceeds {most}, so no entry can win this prize.",
        )  # fmt: skip
    elif most == 0 and contest.method == "points":
        yield _unwinnable(
            (*path, "contest"), "どの順位も0点なので、この賞を受けられるエントリーがありません。",
            "Every place gives 0 points, so no entry can win this prize.",
        )  # fmt: skip
    elif occasion.entries and len(field_of_prize(prize, contest, occasion)) < prize.seats:
        yield Notice(
            (*path, "seats"), "prize.roomy", "受けられるエントリーの数より受賞の数が多いので、空席が出ます。",
            "There are more places than entries: some stay empty.",
        )  # fmt: skip


def _unwinnable(path: Path, ja: str, en: str) -> Notice:
    return Notice(path, "prize.unwinnable", ja, en)


def highest_score(contest: Contest, *, seats: int) -> Number | None:
    """The highest score that an entry can reach; None where the ballots themselves set the scale."""
    if contest.method == "grade":
        return len(contest.grades) - 1
    if contest.normalise != "none":
        return None
    one: Number = 1
    if contest.method == "points":
        one = contest.points[0]
    elif contest.method == "score":
        one = sum((criterion.weight * criterion.max for criterion in contest.criteria), start=0)
    if contest.count == "mean":
        return one
    return one * seats if seats and one > 0 else None
