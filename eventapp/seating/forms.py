"""What the pages of the seats send: one seat's cells by hand, an uploaded list, the rows that a preview showed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField

from eventapp.rules.refusal import Refusal
from eventapp.seating import sheet
from eventapp.seating.sheet import Known, SeatRow, read_seat

COLUMN_OF = {
    "label": sheet.LABEL, "group": sheet.GROUP, "name": sheet.NAME, "kana": sheet.KANA, "name_en": sheet.ENGLISH, "short": sheet.SHORT,
    "bodies": sheet.BODIES, "recused": sheet.RECUSED, "phone": sheet.PHONE, "mail": sheet.MAIL,
}  # fmt: skip
MOST_SEATS = 500


class SeatForm(FlaskForm):
    """A seat's cells, one field each, named as in SeatRow."""

    name = StringField("名前")
    kana = StringField("ふりがな")
    name_en = StringField("英語表記")
    short = StringField("略称")
    phone = StringField("電話")
    mail = StringField("メール")
    group = SelectField("区分", validate_choice=False)
    bodies = StringField("所属団体")
    recused = StringField("除斥する番号")


def typed_row(form: SeatForm, before: SeatRow, known: Known, frozen: Mapping[str, str]) -> SeatRow | None:
    """The row that the form says, or None with the faults at its fields. `frozen`: the cells that may not be typed any more."""
    cells = {COLUMN_OF[name]: (field.data or "").strip() for name, field in form._fields.items() if name in COLUMN_OF}
    row, faults = read_seat({**cells, **frozen, sheet.LABEL: before.label}, known)
    for column, text in faults:
        name = next(name for name, known_as in COLUMN_OF.items() if known_as == column)
        field = form._fields[name]
        field.errors = [*field.errors, text]
    return None if faults else row


def packed(rows: Sequence[SeatRow]) -> str:
    """Rows for the hidden field between preview and import."""
    return json.dumps([sheet.as_text(row) for row in rows], ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str, known: Known, cells: Any) -> list[SeatRow]:
    """The rows of the hidden field, checked again as if they came from Excel; refuses `request.malformed`."""
    try:
        given = json.loads(text)
        if not isinstance(given, list) or len(given) > MOST_SEATS:
            raise ValueError
        rows = [_row(one) for one in given]
        checked = sheet.check([(number, dict(zip(sheet.WIDTHS, cells(row), strict=True))) for number, row in enumerate(rows, 2)], known)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refusal("request.malformed") from None
    if checked.faults:
        raise Refusal("request.malformed")
    return checked.seats


def _row(given: object) -> SeatRow:
    if not isinstance(given, dict) or set(given) != {field.name for field in fields(SeatRow)}:
        raise ValueError
    said: dict[str, Any] = {name: str(value) for name, value in given.items()}
    return SeatRow(**(said | {name: tuple(str(code) for code in given[name]) for name in ("bodies", "recused")}))
