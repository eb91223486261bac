"""The rules in plain English, passage for passage what `rulebook_japanese` says."""

from collections.abc import Iterable, Sequence

from eventapp.rules.rulebook_japanese import Passage
from eventapp.rules.rulebook_occasion import Occasion, field_of_contest, in_order, weight_sentences
from eventapp.rules.tally_model import Contest, Prize, Rulebook
from eventapp.rules.tally_steps import CRITERION

STEPS = {
    "countback": "more judges by place, from the first place on",
    "head-to-head": "more pairs won than lost among those level",
    "chair": "the chair's decision",
    "lot": "the public lot",
    "share": "all of them sharing the prize",
}
FIRSTS = {
    "points": "more judges who put it first",
    "score": "more judges who gave it their highest mark",
    "grade": "more judges who gave it their best grade",
}
NORMALISE = {
    "centre": "Each judge's own mean is taken off first, so that mild and strict judges weigh alike.",
    "z": "Each judge's marks are brought to the same mean and spread first.",
}


def in_english(rulebook: Rulebook, occasion: Occasion, *, reveal: Sequence[str] = ()) -> list[Passage]:
    """The whole rulebook: the rules in common, each contest, each prize."""
    contests = {contest.id: contest for contest in rulebook.contests}
    passages = [Passage((), "For every vote", tuple(_common(rulebook, occasion, reveal)))]
    for number, contest in enumerate(rulebook.contests):
        passages.append(Passage(("contests", number), occasion.en("contest", contest.id), tuple(_contest(contest, rulebook, occasion))))
    for number, prize in enumerate(rulebook.prizes):
        sentences = tuple(_prize(prize, contests[prize.contest], occasion))
        passages.append(Passage(("prizes", number), occasion.en("prize", prize.id), sentences))
    return passages


def _common(rulebook: Rulebook, occasion: Occasion, reveal: Sequence[str]) -> Iterable[str]:
    yield f"Contests: {len(rulebook.contests)}. Prizes: {len(rulebook.prizes)}."
    if rulebook.groups is None:
        yield f"The votes of all {len(occasion.judges)} seats weigh the same." if occasion.judges else "All votes weigh the same."
    else:
        shares = ", ".join(f"{occasion.en('group', group)} {weight}" for group, weight in rulebook.groups.items())
        yield f"The mean of each group of judges is weighted ({shares}); only the proportions matter."
        yield from weight_sentences(rulebook.groups, occasion, lang="en").values()
        yield "These proportions hold when everybody votes."
    if rulebook.recuse_own:
        yield "Judges are recused from the entries of their own body, joint entries included."
    else:
        yield "Judges may judge the entries of their own body; only recusals set for a seat apply."
    if rulebook.prizes:
        yield f"Prizes are decided in this order: {', '.join(occasion.en('prize', prize.id) for prize in rulebook.prizes)}."
    if reveal:
        yield f"They are revealed in this order: {', '.join(occasion.en('prize', prize) for prize in reveal)}."


def _contest(contest: Contest, rulebook: Rulebook, occasion: Occasion) -> Iterable[str]:
    yield f"{occasion.en('contest', contest.id)} is decided by {_how(contest)}."
    many = f" ({len(field_of_contest(contest, occasion))} now)" if occasion.entries else ""
    yield f"It covers {_scope(contest.categories, contest.tag, occasion)}{many}."
    yield from _ballot(contest, occasion)
    if contest.count == "total":
        yield "A recused judge adds nothing to that entry."
    else:
        yield "A recused judge is not counted for that entry, so a recusal neither raises nor lowers its score."
    if contest.quorum:
        yield f"If fewer than {contest.quorum} judges vote, this contest awards no prize."
    if contest.min_marks > 1:
        yield f"Only entries judged by {contest.min_marks} judges or more are ranked."
    if contest.closes_at is not None:
        yield "Ballots marked after the set time are not counted."
    yield _ties(contest, occasion)


def _how(contest: Contest) -> str:
    kind = "total" if contest.count == "total" else "mean"
    if contest.method == "choice":
        return "the number of judges who chose it" if contest.count == "total" else "the share of judges who chose it"
    if contest.method == "points":
        return f"the {kind} of points by place ({', '.join(f'{place}: {points}' for place, points in enumerate(contest.points, 1))})"
    return "the median grade" if contest.method == "grade" else f"the {kind} of marks by criteria"


def _scope(categories: Iterable[str], tag: str | None, occasion: Occasion) -> str:
    names = ", ".join(occasion.en("category", one) for one in in_order(categories, occasion))
    scope = f"the entries of {names}" if names else "entries of no category"
    return f"{scope} marked “{occasion.en('tag', tag)}”" if tag else scope


def _ballot(contest: Contest, occasion: Occasion) -> Iterable[str]:
    if contest.method == "choice":
        yield f"Each judge chooses {'one entry' if contest.choices == 1 else f'up to {contest.choices} entries'}."
    elif contest.method == "points":
        yield f"Each judge gives places 1 to {len(contest.points)}; places left empty close up."
    elif contest.method == "score":
        criteria = ", ".join(
            f"{occasion.en('criterion', f'{contest.id}/{one.id}')} ({one.min} to {one.max}, weight {one.weight})"
            for one in contest.criteria
        )  # fmt: skip
        yield f"Each judge marks every entry by {criteria}. The weighted sum counts; a sheet that lacks a mark does not."
        if contest.normalise != "none":
            yield NORMALISE[contest.normalise]
        if contest.trim:
            many = "" if contest.trim == 1 else f"{contest.trim} "
            yield f"For each entry the {many}highest and the {many}lowest are left out (within each group, if any)."
    else:
        yield f"Each judge grades every entry from “{contest.grades[-1]}” to “{contest.grades[0]}” ({len(contest.grades)} grades)."
        yield "Laid in order, the grade in the middle counts; equal ones are compared outwards from the middle."


def _ties(contest: Contest, occasion: Occasion) -> str:
    if not contest.ties:
        return "Nothing is agreed for ties."
    chain = ", ".join(f"({number}) {_step(step, contest, occasion)}" for number, step in enumerate(contest.ties, 1))
    return f"A tie for the last places is followed until it is decided: {chain}."


def _step(step: str, contest: Contest, occasion: Occasion) -> str:
    if step.startswith(CRITERION):
        return f"the higher marks for {occasion.en('criterion', f'{contest.id}/{step.removeprefix(CRITERION)}')}"
    return FIRSTS[contest.method] if step == "firsts" else STEPS[step]


def _prize(prize: Prize, contest: Contest, occasion: Occasion) -> Iterable[str]:
    winners = "the first entry" if prize.seats == 1 else f"the first {prize.seats} entries"
    yield f"{occasion.en('prize', prize.id)} goes to {winners} of the contest {occasion.en('contest', contest.id)}."
    if prize.categories is not None or prize.tag is not None:
        categories = contest.categories if prize.categories is None else prize.categories
        yield f"Only {_scope(categories, prize.tag, occasion)} can win it."
    if prize.min_score is not None:
        yield f"The score must be {prize.min_score} or more."
    elif contest.method in ("choice", "points"):
        yield "A score of 0 wins nothing."
    if prize.excludes:
        names = ", ".join(occasion.en("prize", one) for one in prize.excludes)
        yield f"Winners of {names} are passed over."
