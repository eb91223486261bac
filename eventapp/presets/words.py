"""How a body is called; widths and readings are the rules' own (`rules/wording.py`), named here for the presets."""

from collections.abc import Sequence

from eventapp.rules.wording import SHORT_EM, ems, fits_broadcast, reading, ruby_pairs, without_ruby

__all__ = ["SHORT_EM", "ems", "fits_broadcast", "joint_name", "joint_name_en", "reading", "ruby_pairs", "without_ruby"]


def joint_name(names: Sequence[str]) -> str:
    """How bodies are called in one line: A, A・B, and from three on Aほか2市 (団体 when their kinds differ)."""
    if len(names) <= 2:
        return "・".join(names)
    kinds = {name[-1] for name in names}
    return f"{names[0]}ほか{len(names) - 1}{kinds.pop() if len(kinds) == 1 else '団体'}"


def joint_name_en(names: Sequence[str]) -> str:
    """The same in English: A; A and B; A and 2 others."""
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1} others"
