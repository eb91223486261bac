"""What one tap on a rank does to a ballot: a ranking has no gaps, and nobody is moved without being named."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tapped:
    """The ranking after a tap, and what must be announced: who fell out, whether a gap closed up, whether two swapped."""

    ranking: tuple[str, ...]
    out: str | None = None
    swapped: str | None = None
    closed_up: bool = False


def tap(ranking: tuple[str, ...], entry: str, place: int) -> Tapped:
    """Give `entry` the `place` (from 1). Its own place again takes it off; a ranked entry swaps with the holder of the
    place, an unranked one moves the holder out; a place beyond the next free one closes up.
    """
    if place <= len(ranking) and ranking[place - 1] == entry:
        return Tapped(tuple(name for name in ranking if name != entry), closed_up=place < len(ranking))
    if place > len(ranking):
        rest = tuple(name for name in ranking if name != entry)
        after = (*rest, entry)
        return Tapped(after, closed_up=after.index(entry) != place - 1 or rest != ranking)
    holder, after_list = ranking[place - 1], list(ranking)
    after_list[place - 1] = entry
    if entry not in ranking:
        return Tapped(tuple(after_list), out=holder)
    after_list[ranking.index(entry)] = holder
    return Tapped(tuple(after_list), swapped=holder)


def shift(ranking: tuple[str, ...], entry: str, step: int) -> Tapped:
    """Move a ranked entry up (step −1) or down (1) by one place; at the end of the list, or unranked, nothing happens."""
    place = ranking.index(entry) + step if entry in ranking else -1
    if not 0 <= place < len(ranking):
        return Tapped(ranking)
    after = [name for name in ranking if name != entry]
    after.insert(place, entry)
    return Tapped(tuple(after), swapped=ranking[place])


def choose(entries: tuple[str, ...], entry: str, most: int) -> Tapped:
    """Choose an entry, or take it back; with no choice left the oldest choice moves out."""
    if entry in entries:
        return Tapped(tuple(name for name in entries if name != entry))
    after = (*entries, entry)
    return Tapped(after[-most:], out=after[0] if len(after) > most else None)
