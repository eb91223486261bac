"""The rules in plain Japanese: what is voted on, how it is counted, what breaks a tie, which prize goes where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from eventapp.rules.rulebook_occasion import Occasion, field_of_contest, in_order, weight_sentences
from eventapp.rules.tally_model import Contest, Prize, Rulebook
from eventapp.rules.tally_rules_file import Path
from eventapp.rules.tally_steps import CRITERION

STEPS = {
    "countback": "1位の人数、同じなら2位の人数というように、上位の順位を多く得たもの",
    "head-to-head": "同順位のものどうしを1対1で比べ、勝ち越しの多いもの",
    "chair": "審査委員長の決定",
    "lot": "公開のくじ",
    "share": "同順位の全員の受賞",
}
FIRSTS = {
    "points": "1位とした審査委員が多いもの",
    "score": "最も高い点を付けた審査委員が多いもの",
    "grade": "最も良い評語を付けた審査委員が多いもの",
}
NORMALISE = {
    "centre": "審査委員ごとの甘さ、辛さの違いは、その人の平均を引いてそろえます。",
    "z": "審査委員ごとの甘さ、辛さと点の幅の違いは、その人の平均とばらつきでそろえます。",
}


LABELS = {
    "firsts": "1位とした人の数", "countback": "上位の順位の数", "head-to-head": "直接比較の勝ち越し", "chair": "審査委員長の決定",
    "lot": "公開のくじ", "share": "同時受賞",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passage:
    """What is said of one part of the rules; `path` says which (`("contests", 0)`)."""

    path: Path
    title: str
    sentences: tuple[str, ...]


def in_japanese(rulebook: Rulebook, occasion: Occasion, *, reveal: Sequence[str] = ()) -> list[Passage]:
    """The whole rulebook, a passage for the rules in common, each contest, each prize; the same rules give the same words."""
    contests = {contest.id: contest for contest in rulebook.contests}
    passages = [Passage((), "すべての投票に共通", tuple(_common(rulebook, occasion, reveal)))]
    for number, contest in enumerate(rulebook.contests):
        passages.append(Passage(("contests", number), occasion.ja("contest", contest.id), tuple(_contest(contest, rulebook, occasion))))
    for number, prize in enumerate(rulebook.prizes):
        sentences = tuple(_prize(prize, contests[prize.contest], occasion))
        passages.append(Passage(("prizes", number), occasion.ja("prize", prize.id), sentences))
    return passages


def _common(rulebook: Rulebook, occasion: Occasion, reveal: Sequence[str]) -> Iterable[str]:
    yield f"投票は{len(rulebook.contests)}つ、賞は{len(rulebook.prizes)}つです。"
    if rulebook.groups is None:
        yield f"{len(occasion.judges)}席の1票は、すべて同じ重みです。" if occasion.judges else "1票は、すべて同じ重みです。"
    else:
        shares = "、".join(f"{occasion.ja('group', group)} {weight}" for group, weight in rulebook.groups.items())
        yield f"審査委員のグループごとに平均し、重み({shares})を掛けて合わせます。重みは比だけが意味を持ちます。"
        yield from weight_sentences(rulebook.groups, occasion).values()
        yield "票の重みの比は、全員が投票したときのものです。"
    if rulebook.recuse_own:
        yield "審査委員は、所属する団体のエントリー(共同応募を含む)を審査できません(除斥)。"
    else:
        yield "所属する団体のエントリーも審査できます。席ごとに定めた除斥だけが働きます。"
    if rulebook.prizes:
        yield f"賞は、{'、'.join(occasion.ja('prize', prize.id) for prize in rulebook.prizes)}の順に決めます。"
    if reveal:
        yield f"発表は、{'、'.join(occasion.ja('prize', prize) for prize in reveal)}の順に行います。"


def _contest(contest: Contest, rulebook: Rulebook, occasion: Occasion) -> Iterable[str]:
    name = occasion.ja("contest", contest.id)
    yield f"{name}は、{_how(contest)}で競います。"
    yield f"対象は、{_scope(contest.categories, contest.tag, occasion)}です{_so_many(contest, occasion)}。"
    yield from _ballot(contest, occasion)
    yield _shared(contest, rulebook)
    if contest.quorum:
        yield f"投票した審査委員が{contest.quorum}人に満たないときは、この投票による賞を出しません。"
    if contest.min_marks > 1:
        yield f"順位に入るのは、{contest.min_marks}人以上の審査を受けたものだけです。"
    if contest.closes_at is not None:
        yield "定めた時刻より後に記入された票は数えません。"
    yield _ties(contest, occasion)


def _how(contest: Contest) -> str:
    kind = "合計" if contest.count == "total" else "平均"
    if contest.method == "choice":
        return "選んだ審査委員の人数" if contest.count == "total" else "選んだ審査委員の割合"
    if contest.method == "points":
        return f"順位点({'・'.join(f'{place}位{points}点' for place, points in enumerate(contest.points, 1))})の{kind}"
    return "評語の中央値" if contest.method == "grade" else f"評価項目の点の{kind}"


def _scope(categories: Iterable[str], tag: str | None, occasion: Occasion) -> str:
    names = "、".join(occasion.ja("category", one) for one in in_order(categories, occasion))
    scope = f"{names}の発表" if names else "どの部門でもないもの"
    return f"{scope}のうち「{occasion.ja('tag', tag)}」のもの" if tag else scope


def _so_many(contest: Contest, occasion: Occasion) -> str:
    return f"(いま{len(field_of_contest(contest, occasion))}件)" if occasion.entries else ""


def _ballot(contest: Contest, occasion: Occasion) -> Iterable[str]:
    if contest.method == "choice":
        yield f"審査委員は、{'1件' if contest.choices == 1 else f'{contest.choices}件まで'}を選びます。"
    elif contest.method == "points":
        yield f"審査委員は、1位から{len(contest.points)}位までを選びます。空いた順位は上に詰めて数えます。"
    elif contest.method == "score":
        criteria = "、".join(
            f"{occasion.ja('criterion', f'{contest.id}/{one.id}')}({one.min}〜{one.max}点、重み{one.weight})" for one in contest.criteria
        )  # fmt: skip
        yield f"審査委員は、1件ごとに{criteria}を採点します。点に重みを掛けて足し、1つでも欠けた採点は数えません。"
        if contest.normalise != "none":
            yield NORMALISE[contest.normalise]
        if contest.trim:
            yield f"1件ごとに、高い方から{contest.trim}人、低い方から{contest.trim}人の点を除きます(グループがあればその中で)。"
    else:
        yield f"審査委員は、1件ごとに「{contest.grades[-1]}」から「{contest.grades[0]}」までの{len(contest.grades)}段階で答えます。"
        yield "評語を悪い順に並べたときの真ん中の評語で比べ、同じときは真ん中から両側へ広げて比べます。"


def _shared(contest: Contest, rulebook: Rulebook) -> str:
    own = "自団体の取組は除斥となり、" if rulebook.recuse_own else "除斥となった取組では、"
    if contest.count == "total":
        return f"{own}その審査委員の点は入りません。"
    return f"{own}その審査委員を人数に入れずに数えるので、除斥で得点が上がることも下がることもありません。"


def _ties(contest: Contest, occasion: Occasion) -> str:
    if not contest.ties:
        return "同順位のときの決め方はありません。"
    steps = [step_in_japanese(step, contest, occasion) for step in contest.ties]
    if len(steps) == 1:
        return f"同順位で賞の席が足りないときは、{steps[0]}によって決めます。"
    chain = "、".join(f"({number}) {step}" for number, step in enumerate(steps, 1))
    return f"同順位で賞の席が足りないときは、{chain}の順に、決まるまで進めます。"


def step_label(step: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """A tie step in a few words; `names` calls the criteria."""
    if step.startswith(CRITERION):
        name = step.removeprefix(CRITERION)
        return f"「{names.get(name) or name}」の点"
    return LABELS.get(step, step)


def step_in_japanese(step: str, contest: Contest, occasion: Occasion) -> str:
    """A tie step as a phrase."""
    if step.startswith(CRITERION):
        name = step.removeprefix(CRITERION)
        return f"「{occasion.ja('criterion', f'{contest.id}/{name}')}」の点が高いもの"
    return FIRSTS[contest.method] if step == "firsts" else STEPS[step]


def _prize(prize: Prize, contest: Contest, occasion: Occasion) -> Iterable[str]:
    name = occasion.ja("prize", prize.id)
    yield f"{name}は、「{occasion.ja('contest', contest.id)}」の投票で最も上位の{prize.seats}件に贈ります。"
    if prize.categories is not None or prize.tag is not None:
        categories = contest.categories if prize.categories is None else prize.categories
        yield f"受けられるのは、{_scope(categories, prize.tag, occasion)}に限ります。"
    if prize.min_score is not None:
        yield f"得点が{prize.min_score}に届かないものには贈りません。"
    elif contest.method in ("choice", "points"):
        yield "得点が0のものには贈りません。"
    if prize.excludes:
        names = "、".join(occasion.ja("prize", one) for one in prize.excludes)
        yield f"{names}を受けたものは除き、次に上位のものへ贈ります。"
