"""Excel in and out: one sheet of text cells, nothing evaluated; CSV as the second form. Used wherever a clerk fills a list in Excel."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from eventapp.rules.refusal import Refusal

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES, MOST_ROWS, MOST_COLUMNS, MOST_PARTS = 30_000_000, 5_000, 60, 300  # unpacked; a list of judges is 40 kB
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")

Row = dict[str, str]
NONE: Mapping[str, Sequence[str]] = {}


def write(title: str, widths: Mapping[str, int], rows: Iterable[Sequence[str]], choices: Mapping[str, Sequence[str]] = NONE) -> bytes:
    """A workbook of one sheet: columns with their widths, rows of text; `choices` gives a column a drop-down list.

    Every cell is text: a title that begins with `=` stays a title, and 0120 keeps its zero.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title, sheet.freeze_panes = title, "A2"
    for index, (name, width) in enumerate(widths.items(), 1):
        sheet.column_dimensions[get_column_letter(index)].width = width
        head = _write_text(sheet, 1, index, name)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E8F1FE")
    for number, row in enumerate(rows, 2):
        for index, value in enumerate(row, 1):
            _write_text(sheet, number, index, value)
    for column, allowed in choices.items():
        _drop_down(sheet, get_column_letter(list(widths).index(column) + 1), allowed)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_text(sheet: Worksheet, row: int, column: int, value: str) -> Cell:
    cell = sheet.cell(row, column, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"  # openpyxl would make a formula of what begins with =
    cell.number_format = "@"
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _drop_down(sheet: Worksheet, letter: str, allowed: Sequence[str]) -> None:
    formula = '"' + ",".join(allowed) + '"'
    if len(formula) <= 255:  # Excel's limit for a list inside the formula
        rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=False)
        rule.add(f"{letter}2:{letter}{MOST_ROWS}")
        sheet.add_data_validation(rule)


def read(data: bytes, columns: Sequence[str], *, required: Sequence[str]) -> list[tuple[int, Row]]:
    """The filled rows of the first sheet (or of a CSV file) as text by column, with their row numbers; missing columns are empty.

    Refuses `file.unreadable`, `file.protected`, `file.macros`, `file.too_large`, `file.columns` and never stores anything.
    """
    if data.startswith(b"PK\x03\x04"):
        lines = _lines_of_workbook(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):  # the container of old .xls files and of encrypted .xlsx
        raise Refusal("file.protected")
    else:
        lines = _lines_of_csv(data)
    if not lines:
        raise Refusal("file.unreadable")
    head = [unicodedata.normalize("NFKC", name).strip() for name in lines[0]]
    missing = [name for name in required if name not in head]
    twice = sorted({name for name in head if name in columns and head.count(name) > 1})
    if missing or twice:
        raise Refusal("file.columns", missing="、".join(missing) or "なし", twice="、".join(twice) or "なし")
    places = {name: head.index(name) for name in columns if name in head}
    found = []
    for number, line in enumerate(lines[1:], 2):
        row = {name: line[places[name]] if name in places and places[name] < len(line) else "" for name in columns}
        if any(row.values()):
            found.append((number, row))
    return found


def _lines_of_workbook(data: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise Refusal("file.too_large")
            if any("vbaproject" in part.filename.lower() for part in parts):
                raise Refusal("file.macros")
            if any(len(archive.read(part)) > MOST_BYTES for part in parts):  # sizes are checked while unpacking
                raise Refusal("file.too_large")
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False).worksheets[0]
        lines = []
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)):
            if number > MOST_ROWS:
                raise Refusal("file.too_large")
            lines.append([plain(value) for value in row])
    except Refusal:
        raise
    except Exception:  # whatever a broken or hostile file makes the library raise
        raise Refusal("file.unreadable") from None
    return lines


def _lines_of_csv(data: bytes) -> list[list[str]]:
    text = _decoded(data)
    try:
        dialect = csv.excel_tab if "\t" in text.partition("\n")[0] else csv.excel
        lines = [[plain(value) for value in line] for line in csv.reader(io.StringIO(text, newline=""), dialect, strict=True)]
    except csv.Error:
        raise Refusal("file.unreadable") from None
    if len(lines) > MOST_ROWS + 1:
        raise Refusal("file.too_large")
    return lines


def _decoded(data: bytes) -> str:
    """UTF-8 (with or without BOM), Excel's Unicode text, or CP932; never guessed so that characters are lost."""
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refusal("file.unreadable")


def plain(value: object) -> str:
    """A cell as the text a person sees: 1.0 is 1, white space outside goes, control characters go; characters are composed (NFC)."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        value = value.isoformat()
    return unicodedata.normalize("NFC", _CONTROL.sub("", re.sub("\r\n?", "\n", str(value)))).strip()
