"""The editor's form as a draft: names like `contests-0-ties`, rows counted by what was sent, nothing lost that was typed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from eventapp.rules.rulebook_draft import (
    ContestDraft,
    CriterionDraft,
    GroupDraft,
    PrizeDraft,
    RulesDraft,
    changed,
    in_reveal_order,
    plain_id,
    with_method,
)

Sent = MultiDict[str, str]
MOST_ROWS = 100
MOST_RUNS_ASKED = 200
MOST_REASON = 400
NEVER = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class TrialWish:
    """What a trial is asked for."""

    seed: str = "1"
    runs: int = 50
    voters: int | None = None


def text_of(sent: Sent, name: str, default: str = "") -> str:
    """One field as typed; control characters are never meant."""
    return NEVER.sub("", sent.get(name, default))


def read_draft_form(sent: Sent) -> RulesDraft:
    """The draft as it stands in the form."""
    contests = tuple(_contest(sent, f"contests-{row}-") for row in _rows(sent, "contests-"))
    prizes = tuple(_prize(sent, f"prizes-{row}-") for row in _rows(sent, "prizes-"))
    draft = RulesDraft(
        name=text_of(sent, "name"), recuse_own="recuse_own" in sent, weighted="weighted" in sent,
        groups=tuple(_group(sent, f"groups-{row}-") for row in _rows(sent, "groups-")), contests=contests, prizes=prizes,
    )  # fmt: skip
    return _renamed(replace(draft, reveal=tuple(sent.getlist("reveal"))), sent)


def _rows(sent: Sent, prefix: str) -> Iterable[int]:
    """The numbers of the rows that were sent under a prefix."""
    numbers = {name.removeprefix(prefix).split("-")[0] for name in sent if name.startswith(prefix)}
    return sorted(int(number) for number in numbers if number.isascii() and number.isdecimal() and len(number) < 6)[:MOST_ROWS]


def _texts(sent: Sent, prefix: str, *names: str) -> dict[str, str]:
    found = {name: text_of(sent, prefix + name) for name in names if prefix + name in sent}
    return found | {name: plain_id(found[name]) for name in found if name == "id"}


def _list(sent: Sent, name: str) -> tuple[str, ...]:
    return tuple(NEVER.sub("", one) for one in sent.getlist(name)[:MOST_ROWS])


def _group(sent: Sent, prefix: str) -> GroupDraft:
    return GroupDraft(**_texts(sent, prefix, "id", "weight"))


def _contest(sent: Sent, prefix: str) -> ContestDraft:
    texts = _texts(
        sent, prefix, "id", "name", "tag", "method", "count", "quorum", "min_marks", "closes_at", "choices", "points", "trim", "normalise",
        "name_en", "opens", "closes",
    )  # fmt: skip
    rows = (f"{prefix}criteria-{row}-" for row in _rows(sent, f"{prefix}criteria-"))
    criteria = tuple(CriterionDraft(**_texts(sent, row, "id", "name", "weight", "min", "max")) for row in rows)
    lists = {name: _list(sent, prefix + name) for name in ("categories", "ties", "grades")}
    return ContestDraft(**texts, criteria=criteria, **lists)  # type: ignore[arg-type]  # names of texts, then of lists


def _prize(sent: Sent, prefix: str) -> PrizeDraft:
    texts = _texts(sent, prefix, "id", "name", "contest", "seats", "tag", "min_score", "name_en", "text", "text_en")
    lists = {name: _list(sent, prefix + name) for name in ("categories", "excludes")}
    return PrizeDraft(**texts, narrowed=prefix + "narrowed" in sent, **lists)  # type: ignore[arg-type]  # as above


def _renamed(draft: RulesDraft, sent: Sent) -> RulesDraft:
    """A contest or prize whose id was changed is followed by everything that names it."""
    contests = _new_ids(sent, "contests-", [contest.id for contest in draft.contests])
    prizes = _new_ids(sent, "prizes-", [prize.id for prize in draft.prizes])
    followed = tuple(
        replace(
            prize, contest=contests.get(prize.contest, prize.contest),
            excludes=tuple(prizes.get(name, name) for name in prize.excludes),
        )
        for prize in draft.prizes
    )  # fmt: skip
    order = in_reveal_order((prizes.get(name, name) for name in draft.reveal), (prize.id for prize in followed))
    return replace(draft, prizes=followed, reveal=order)


def _new_ids(sent: Sent, prefix: str, ids: list[str]) -> dict[str, str]:
    before = [sent.get(f"{prefix}{row}-was", "") for row in _rows(sent, prefix)]
    return {was: plain_id(now) for was, now in zip(before, ids, strict=True) if was and was != now and was not in ids}


def after_button(sent: Sent) -> tuple[RulesDraft, list[int]]:
    """The draft after the pressed button, and which contests were given another method since the page was shown."""
    draft = read_draft_form(sent)
    rows = _rows(sent, "contests-")
    turned = [
        place for place, row in enumerate(rows)
        if sent.get(f"contests-{row}-shown") not in (None, draft.contests[place].method)
    ]  # fmt: skip
    contests = tuple(with_method(one) if place in turned else one for place, one in enumerate(draft.contests))
    draft = changed(replace(draft, contests=contests), sent.get("do", "").split())
    return replace(draft, reveal=in_reveal_order(draft.reveal, [prize.id for prize in draft.prizes])), turned


def touched(words: str) -> str:
    """The id of the part that a button belongs to: `contests 2 ties add` → `contests-2`; a moved part where it is now."""
    parts = words.split()
    if len(parts) < 3 or not parts[1].isdecimal():
        return ""
    row = int(parts[1]) + ({"up": -1, "down": 1}.get(parts[2], 0) if len(parts) == 3 else 0)
    return "" if parts[2] == "remove" else f"{parts[0]}-{max(row, 0)}"


def read_wish(sent: Sent, seats: int) -> TrialWish:
    """What a trial is asked for; what makes no sense becomes the nearest that does."""
    runs = _whole(sent.get("runs", ""), 50, most=MOST_RUNS_ASKED)
    voters = _whole(sent.get("voters", ""), seats, most=seats)
    return TrialWish(text_of(sent, "seed", "1").strip()[:40] or "1", runs, voters)


def _whole(typed: str, default: int, *, most: int) -> int:
    text = typed.strip()[:9]
    return max(1, min(int(text), most)) if text.isdecimal() else default
