"""The list of seats as rows of text, as Excel shows it: read, checked cell by cell, written again. Knows no database and no request."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

LABEL, GROUP, NAME, KANA, ENGLISH, SHORT, BODIES, RECUSED, PHONE, MAIL = (
    "席", "区分", "名前", "ふりがな", "英語表記", "略称", "所属団体", "除斥する番号", "電話", "メール",
)  # fmt: skip
WIDTHS = {LABEL: 8, GROUP: 18, NAME: 28, KANA: 32, ENGLISH: 34, SHORT: 14, BODIES: 24, RECUSED: 20, PHONE: 18, MAIL: 32}
REQUIRED = (LABEL, GROUP, NAME)
FREE = ("name", "kana", "name_en", "short", "phone", "mail")  # what may change after the seats are frozen
SHORT_MOST = 8
_LIMITS = {LABEL: 12, NAME: 60, KANA: 80, ENGLISH: 100, SHORT: SHORT_MOST, PHONE: 30, MAIL: 120}
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*", re.ASCII)  # a seat's label is an id of the tally files
_KANA = re.compile(r"[ぁ-ゖー・ 　0-9A-Za-z]*")
_PHONE = re.compile(r"[0-9+() -]*", re.ASCII)
_MAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat as the list says it; `group`, `bodies` and `recused` hold codes and entry numbers."""

    label: str
    group: str
    name: str
    kana: str = ""
    name_en: str = ""
    short: str = ""
    bodies: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()
    phone: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a cell, said so that the clerk can mend it there."""

    row: int
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Known:
    """What cells may name: codes by the words that people write for them."""

    groups: Mapping[str, str]
    bodies: Mapping[str, str]
    entries: frozenset[str]


@dataclass(slots=True)
class Sheet:
    """The seats of a file, or its faults."""

    seats: list[SeatRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def check(rows: Sequence[tuple[int, Mapping[str, str]]], known: Known) -> Sheet:
    """Every row as a seat, every fault with its cell; a label that stands twice is a fault of the later row."""
    sheet = Sheet()
    first: dict[str, int] = {}
    for number, row in rows:
        seat, faults = read_seat(row, known)
        sheet.faults += [Fault(number, column, text) for column, text in faults]
        if seat.label and seat.label in first:
            sheet.faults.append(Fault(number, LABEL, f"席「{seat.label}」は{first[seat.label]}行目にもあります。"))
        first.setdefault(seat.label, number)
        sheet.seats.append(seat)
    return sheet


def read_seat(row: Mapping[str, str], known: Known) -> tuple[SeatRow, list[tuple[str, str]]]:
    """One seat from its cells, with (column, fault) pairs. Full-width labels, hiragana from katakana: what does not matter is forgiven."""
    faults: list[tuple[str, str]] = [(column, "入力してください。") for column in REQUIRED if not row.get(column)]
    label = unicodedata.normalize("NFKC", row.get(LABEL, "")).upper()
    group = known.groups.get(row.get(GROUP, ""), "")
    if label and not _LABEL.fullmatch(label):
        faults.append((LABEL, f"「{label}」は使えません。半角の英数字とハイフンで書いてください(例:A-01)。"))
    if row.get(GROUP) and not group:
        faults.append((GROUP, f"「{row[GROUP]}」という区分はありません。次のどれかです:{'、'.join(_names(known.groups))}。"))
    bodies, unknown = _listed(row.get(BODIES, ""), known.bodies)
    faults += [(BODIES, f"「{word}」という団体はありません。団体名か団体コードで書いてください。") for word in unknown]
    recused, unknown = _listed(row.get(RECUSED, ""), {number: number for number in known.entries})
    faults += [(RECUSED, f"「{word}」という番号の取組・提案はありません。") for word in unknown]
    seat = SeatRow(
        label=label, group=group, name=row.get(NAME, ""), kana=hiragana(row.get(KANA, "")), name_en=row.get(ENGLISH, ""),
        short=row.get(SHORT, "") or row.get(NAME, "")[:SHORT_MOST], bodies=bodies, recused=recused,
        phone=unicodedata.normalize("NFKC", row.get(PHONE, "")), mail=unicodedata.normalize("NFKC", row.get(MAIL, "")),
    )  # fmt: skip
    return seat, faults + _form_faults(row, seat)


def _form_faults(row: Mapping[str, str], seat: SeatRow) -> list[tuple[str, str]]:
    faults = [(column, f"{limit}字までです。") for column, limit in _LIMITS.items() if len(row.get(column, "")) > limit]
    if not _KANA.fullmatch(seat.kana):
        faults.append((KANA, "ひらがなで書いてください。"))
    if not _PHONE.fullmatch(seat.phone):
        faults.append((PHONE, "数字とハイフンで書いてください。"))
    if seat.mail and not _MAIL.fullmatch(seat.mail):
        faults.append((MAIL, f"「{seat.mail}」はメールアドレスの形ではありません。"))
    return faults


def _names(codes: Mapping[str, str]) -> list[str]:
    """One word for each code: the first that is not the code itself."""
    return list({code: word for word, code in codes.items() if word != code}.values())


def _listed(cell: str, known: Mapping[str, str]) -> tuple[tuple[str, ...], list[str]]:
    words = [word for word in re.split(r"[\s、,,・/]+", unicodedata.normalize("NFKC", cell)) if word]
    return tuple(dict.fromkeys(known[word] for word in words if word in known)), [word for word in words if word not in known]


def hiragana(text: str) -> str:
    """Katakana, half-width too, as hiragana."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(chr(ord(letter) - 0x60) if "ァ" <= letter <= "ヶ" else letter for letter in text)


def cells(seat: SeatRow, *, groups: Mapping[str, str], bodies: Mapping[str, str]) -> list[str]:
    """A seat as a row of the sheet, in the order of WIDTHS; `groups` and `bodies` give names by code."""
    return [
        seat.label, groups[seat.group], seat.name, seat.kana, seat.name_en, seat.short,
        "、".join(bodies[code] for code in seat.bodies), "、".join(seat.recused), seat.phone, seat.mail,
    ]  # fmt: skip


def as_text(seat: SeatRow) -> dict[str, object]:
    """A seat as JSON for the hidden field between the preview and the import."""
    return asdict(seat)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do: seats that are new, changed (with the names of what changes), the same, or not in the file."""

    new: tuple[SeatRow, ...]
    changed: tuple[tuple[SeatRow, SeatRow, tuple[str, ...]], ...]
    same: tuple[SeatRow, ...]
    absent: tuple[SeatRow, ...]

    @property
    def frozen_faults(self) -> list[str]:
        """The seats whose change would touch a vote: refused once the first zero report froze them."""
        touched = [now.label for _old, now, fields in self.changed if not set(fields) <= set(FREE)]
        return [seat.label for seat in self.new] + touched


def plan(there: Sequence[SeatRow], wanted: Sequence[SeatRow]) -> Plan:
    """Compare the seats that are there with the seats of a file, by label."""
    known = {seat.label: seat for seat in there}
    labels = {seat.label for seat in wanted}
    pairs = [(known[seat.label], seat) for seat in wanted if seat.label in known]
    changed = [(old, now, tuple(name for name in SeatRow.__slots__ if getattr(old, name) != getattr(now, name))) for old, now in pairs]
    return Plan(
        new=tuple(seat for seat in wanted if seat.label not in known),
        changed=tuple(one for one in changed if one[2]),
        same=tuple(now for _old, now, fields in changed if not fields),
        absent=tuple(seat for seat in there if seat.label not in labels),
    )
