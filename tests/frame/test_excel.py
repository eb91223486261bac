"""Lists in Excel: text stays text both ways, and no file, broken or hostile, gets further than a refusal."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from eventapp import excel
from eventapp.rules.refusal import Refusal

WIDTHS = {"席": 8, "名前": 20}


def read(data: bytes) -> list[tuple[int, excel.Row]]:
    return excel.read(data, list(WIDTHS), required=["席"])


def book(*rows: list[object]) -> bytes:
    made = Workbook()
    for row in rows:
        made.worksheets[0].append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "text", ["=1+1", "+81", "-5", "@SUM(A1)", "=cmd|'/c calc'!A0", "0120", "髙﨑①㈱", "𠮷野家", "＝1+1", "1e5", "TRUE"]
)
def test_a_title_is_never_a_formula(text: str) -> None:
    data = excel.write("席", WIDTHS, [["A-01", text]])

    cell = load_workbook(io.BytesIO(data)).worksheets[0]["B2"]
    assert (cell.data_type, cell.value) == ("s", text)
    assert read(data) == [(2, {"席": "A-01", "名前": text})]


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=5))
def test_what_is_written_is_read_again_as_a_person_sees_it(rows: list[tuple[str, str]]) -> None:
    shown = [{"席": excel.plain(label), "名前": excel.plain(name)} for label, name in rows]

    assert [row for _number, row in read(excel.write("席", WIDTHS, rows))] == [row for row in shown if any(row.values())]


def test_numbers_dates_and_empty_cells_are_what_a_person_sees() -> None:
    assert read(book(["席", "名前"], [1.0, None], [None, None], ["A-02", 2.5])) == [
        (2, {"席": "1", "名前": ""}),
        (4, {"席": "A-02", "名前": "2.5"}),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_csv_in_every_encoding_that_excel_writes(encoding: str) -> None:
    assert read("席,名前\r\nA-01,髙﨑①市\r\n".encode(encoding)) == [(2, {"席": "A-01", "名前": "髙﨑①市"})]


def test_excel_s_unicode_text_has_tabs() -> None:
    assert read("席\t名前\r\nA-01\t調布市, CIO\r\n".encode("utf-16")) == [(2, {"席": "A-01", "名前": "調布市, CIO"})]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 40_000_000)
    return out.getvalue()


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(400):
            archive.writestr(f"part{number}", b"")
    return out.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    out = io.BytesIO(book(["席", "名前"], ["A-01", "x"]))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def with_entities() -> bytes:
    """A workbook whose sheet is a billion laughs."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    cell = '<c t="inlineStr"><is><t>&l9;</t></is></c>'
    sheet = f'<?xml version="1.0"?><!DOCTYPE s [{laughs}]><worksheet><sheetData><row>{cell}</row></sheetData></worksheet>'
    out, source = io.BytesIO(), zipfile.ZipFile(io.BytesIO(book(["席"])))
    with zipfile.ZipFile(out, "w") as archive:
        for part in source.namelist():
            archive.writestr(part, sheet if part == "xl/worksheets/sheet1.xml" else source.read(part))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file.unreadable"),
        (b"PK\x03\x04 not a zip", "file.unreadable"),
        (bomb(), "file.too_large"),
        (many_parts(), "file.too_large"),
        (with_part("xl/vbaProject.bin", b"macro"), "file.macros"),
        (with_entities(), "file.unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "file.protected"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "file.unreadable"),
        (b'\xef\xbb\xbf"open', "file.unreadable"),
        ("名前\nx\n".encode(), "file.columns"),
        ("席,席\nA,B\n".encode(), "file.columns"),
        (("席\n" + "A\n" * 5_001).encode(), "file.too_large"),
        (b"\x81", "file.unreadable"),
    ],
    ids=["empty", "no zip", "bomb", "many parts", "macros", "entities", "encrypted", "png", "quote", "no column", "twice", "long", "torn"],
)
def test_a_file_that_is_no_list_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(data)
    assert refused.value.code == code
