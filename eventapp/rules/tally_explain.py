"""Why a prize went where it went: one paragraph in Japanese and one in English, for whoever asks.

Scores stand as fractions, with decimals to so many digits that no two different scores look alike.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from eventapp.rules.prizes import Award, Step, Tie
from eventapp.rules.tally_numbers import decimal
from eventapp.rules.tally_standing import Row, Standing
from eventapp.rules.tally_steps import CRITERION

FEWEST_DIGITS, MOST_DIGITS = 3, 30

_STEP_JA = {
    "firsts": "1位とした審査員の多さ",
    "countback": "上位の順位を得た多さ",
    "head-to-head": "直接比較の勝ち越し",
    "chair": "審査委員長の決定",
    "lot": "公開の種によるくじ、値の小さい方が先",
    "share": "同時受賞",
}
_STEP_EN = {
    "firsts": "judges who put it first",
    "countback": "judges by place, from the first",
    "head-to-head": "pairs won less pairs lost",
    "chair": "the chair's order",
    "lot": "the lot from the public seed, lowest first",
    "share": "all of them share the prize",
}


def explain(award: Award, standing: Standing, *, earlier: Mapping[str, Award]) -> dict[str, str]:
    """The paragraphs by language, `ja` and `en`; `earlier` holds the awards of the prizes excluded."""
    told = [*award.winners, *award.passed_over]
    if award.tie is not None:
        told += [row for row in standing.rows if row.entry in award.tie.entries]
    digits = _digits({row.score for row in told})
    return {
        "ja": "".join(_japanese(award, standing, earlier=earlier, digits=digits)),
        "en": " ".join(_english(award, standing, earlier=earlier, digits=digits)),
    }


def _japanese(award: Award, standing: Standing, *, earlier: Mapping[str, Award], digits: int) -> Iterable[str]:
    prize, contest = award.prize, standing.contest
    yield f"賞「{prize.id}」（{prize.seats}席）は、審査「{contest.id}」の順位によって決める。"
    if standing.status == "inquorate":
        yield f"出席した審査員は{standing.poll.present}人で定足数{contest.quorum}人に満たないため、該当なしとする。"
        return
    if award.status == "waiting":
        yield f"対象から除くべき受賞者を定める賞「{award.needs}」がまだ確定していないため、その確定を待っている。"
        return
    for row in award.passed_over:
        won = "、".join(f"「{name}」" for name in _won(row, award, earlier))
        yield f"{_row_ja(row, digits)}は、すでに{won}を受賞しているため対象としない。"
    if award.tie is not None:
        yield from _tie_ja(award.tie, rank=_rank_of(award.tie, standing))
    yield _winners_ja(award, digits)
    yield from _open_ja(award)


def _tie_ja(tie: Tie, *, rank: int) -> Iterable[str]:
    yield f"{'、'.join(tie.entries)}は同順位（{rank}位）で、残る{tie.seats}席に収まらない。"
    for step in tie.steps:
        name = _step_name(step.step, _STEP_JA, "評価項目「{}」の評点")
        keys = "、".join(_keys(step, empty="記載なし", about="≒"))
        yield f"{name}（{step.step}）で比べると、{keys}。"
    if tie.decided_by is not None:
        yield f"{tie.decided_by}によって決着した。"


def _winners_ja(award: Award, digits: int) -> str:
    if not award.winners:
        return "まだ受賞は確定していない。" if award.needs or award.status == "tied" else "条件を満たすものがなく、該当なしとする。"
    sure = "現時点で確定した受賞" if award.status in ("pending", "tied") else "受賞"
    return f"{sure}は{'、'.join(_row_ja(row, digits) for row in award.winners)}。"


def _open_ja(award: Award) -> Iterable[str]:
    if award.needs == "chair":
        yield "残る席は、審査委員長の決定の記録（chair）を待っている。"
    elif award.needs == "lot":
        yield "残る席は、くじの種の記録（lot）を待っている。"
    elif award.status == "tied":
        yield "定めた手順をすべて経ても決着せず、残る席は同順位のままである。"
    elif award.status == "partial":
        yield f"対象となるものが席の数に足りず、{award.prize.seats - len(award.winners)}席は空席とする。"


def _english(award: Award, standing: Standing, *, earlier: Mapping[str, Award], digits: int) -> Iterable[str]:
    prize, contest = award.prize, standing.contest
    yield f"Prize {prize.id} ({_seats_en(prize.seats)}) follows the standing of contest {contest.id}."
    if standing.status == "inquorate":
        yield f"It is not awarded: {standing.poll.present} judges were present and the quorum is {contest.quorum}."
        return
    if award.status == "waiting":
        yield f"It waits for prize {award.needs}, whose winners are passed over here and are not settled yet."
        return
    for row in award.passed_over:
        yield f"{_row_en(row, digits)} is passed over, having won {_list_en(_won(row, award, earlier))}."
    if award.tie is not None:
        yield from _tie_en(award.tie, rank=_rank_of(award.tie, standing))
    yield _winners_en(award, digits)
    yield from _open_en(award)


def _tie_en(tie: Tie, *, rank: int) -> Iterable[str]:
    yield f"{_list_en(tie.entries)} are level at rank {rank} with {_seats_en(tie.seats)} left."
    for step in tie.steps:
        name = _step_name(step.step, _STEP_EN, "marks for {}")
        yield f"By {step.step} ({name}): {', '.join(_keys(step, empty='not listed', about='≈'))}."
    if tie.decided_by is not None:
        yield f"That is decided by {tie.decided_by}."


def _winners_en(award: Award, digits: int) -> str:
    if not award.winners:
        return "No winner is certain yet." if award.needs or award.status == "tied" else "Nothing qualifies, so it is not awarded."
    sure = "Certain so far" if award.status in ("pending", "tied") else "Awarded"
    return f"{sure}: {_list_en(_row_en(row, digits) for row in award.winners)}."


def _open_en(award: Award) -> Iterable[str]:
    if award.needs == "chair":
        yield "What is left waits for the chair's decision to be recorded (chair)."
    elif award.needs == "lot":
        yield "What is left waits for the seed of the lot to be recorded (lot)."
    elif award.status == "tied":
        yield "All the steps agreed beforehand leave the rest level."
    elif award.status == "partial":
        yield f"Nothing else qualifies: {_seats_en(award.prize.seats - len(award.winners))} stay empty."


def _row_ja(row: Row, digits: int) -> str:
    grade = "" if row.grade is None else f"、評語「{row.grade}」"
    return f"{row.entry}（{row.rank}位{grade}、得点{_number(row.score, digits, about='≒')}）"


def _row_en(row: Row, digits: int) -> str:
    grade = "" if row.grade is None else f"grade {row.grade}, "
    return f"{row.entry} (rank {row.rank}, {grade}score {_number(row.score, digits, about='≈')})"


def _number(number: Fraction, digits: int, *, about: str) -> str:
    """`7`, or the fraction with its decimal: `7/2 = 3.500`, `1/3 ≈ 0.333`."""
    if number.denominator == 1:
        return str(number)
    rounded = decimal(number, digits)
    return f"{number} {'=' if Fraction(rounded) == number else about} {rounded}"


def _digits(scores: Iterable[Fraction]) -> int:
    """How many digits tell the different scores apart; more than thirty are not tried."""
    different = set(scores)
    digits = FEWEST_DIGITS
    while digits < MOST_DIGITS and len({decimal(score, digits) for score in different}) < len(different):
        digits += 1
    return digits


def _keys(step: Step, *, empty: str, about: str) -> Iterable[str]:
    """Every entry with its key, best first."""
    orders = {entry: key.order for entry, key in step.keys.items()}
    digits = _digits(order for order in orders.values() if isinstance(order, Fraction))
    for entry in sorted(sorted(orders), key=orders.__getitem__, reverse=True):
        order, text = orders[entry], step.keys[entry].text
        yield f"{entry} {_number(order, digits, about=about) if isinstance(order, Fraction) else text or empty}"


def _step_name(step: str, names: Mapping[str, str], criterion: str) -> str:
    return criterion.format(step.removeprefix(CRITERION)) if step.startswith(CRITERION) else names[step]


def _won(row: Row, award: Award, earlier: Mapping[str, Award]) -> list[str]:
    """The excluded prizes that the entry has won, in the order in which the rules name them."""
    return [name for name in award.prize.excludes if any(won.entry == row.entry for won in earlier[name].winners)]


def _rank_of(tie: Tie, standing: Standing) -> int:
    return next(row.rank for row in standing.rows if row.entry in tie.entries)


def _list_en(items: Iterable[str]) -> str:
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last


def _seats_en(seats: int) -> str:
    return "1 seat" if seats == 1 else f"{seats} seats"
