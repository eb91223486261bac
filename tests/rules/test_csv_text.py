import pytest

from eventapp.rules.csv_text import NotCSV, csv_rows


def rows(text: str) -> list[list[str]]:
    return [row for _, row in csv_rows(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("a\r\nb\nc", [["a"], ["b"], ["c"]]),
        ("\n\r\na\n\nb\n\n", [["a"], ["b"]]),
        (" a , b \n", [[" a ", " b "]]),
        (",\n", [["", ""]]),
        ('""\n', [[""]]),
        ('"a,b",c\n', [["a,b", "c"]]),
        ('"a""b"\n', [['a"b']]),
        ('""""\n', [['"']]),
        ('"a\nb","c\r\nd","e\rf"\n', [["a\nb", "c\r\nd", "e\rf"]]),
        ('a,""\r\n"",b', [["a", ""], ["", "b"]]),
        ("a\u2028b\x85c\x0bd\n", [["a\u2028b\x85c\x0bd"]]),
        (" \n", [[" "]]),
        ('a,"b"', [["a", "b"]]),
        ('"a",', [["a", ""]]),
    ],
)
def test_csv_rows(text: str, expected: list[list[str]]) -> None:
    assert rows(text) == expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('a\n"b', "line 2: a quote is never closed"),
        ('a\n"b""\nc\n', "line 2: a quote is never closed"),
        ('a\n"b"c\n', "line 2: something follows a closing quote"),
        ('"b" ,c\n', "line 1: something follows a closing quote"),
        ('"b"\rc\n', "line 1: something follows a closing quote"),
        ('a,b"c\n', "line 1: a quote or carriage return within a field that is not quoted"),
        (' "b"\n', "line 1: a quote or carriage return within a field that is not quoted"),
        ('a\rb,"c"\n', "line 1: a quote or carriage return within a field that is not quoted"),
        ("a\rb\n", "line 1: a carriage return without a line feed"),
        ("a\nb\r", "line 2: a carriage return without a line feed"),
        ("a\n\r\r\n", "line 2: a carriage return without a line feed"),
    ],
)
def test_csv_rows_refuses(text: str, error: str) -> None:
    with pytest.raises(NotCSV) as caught:
        rows(text)
    assert str(caught.value) == error


def test_csv_rows_are_numbered_by_their_first_line() -> None:
    assert [line for line, _ in csv_rows('a\n\n"b\n\nc"\nd\n')] == [1, 3, 6]
