"""A strict RFC 4180 reader: the standard library's lets stray quotes, bare CRs and unclosed quotes pass."""

import re
from collections.abc import Iterator

_quoted = re.compile(r'"[^"]*(?:""[^"]*)*"(?!")')
_field = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|\Z)')


class NotCSV(ValueError):
    """The text is not CSV; says where and why."""


def csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows and the numbers of their first lines (from 1), without empty lines; NotCSV at the first thing amiss.

    Fields are not trimmed. Rows end in CRLF or LF, the last one perhaps in nothing; an empty line has no character.
    """
    at, line = 0, 1
    while at < len(text):
        end = text.find("\n", at)
        after = len(text) if end < 0 else end + 1
        raw = text[at:after]
        if '"' in raw:
            row, after = _quoted_row(text, at, line=line)
            yield line, row
        else:
            raw = raw.removesuffix("\n") if not raw.endswith("\r\n") else raw[:-2]
            if "\r" in raw:
                raise NotCSV(f"line {line}: a carriage return without a line feed")
            if raw:
                yield line, raw.split(",")
        line += text.count("\n", at, after)
        at = after


def _quoted_row(text: str, at: int, *, line: int) -> tuple[list[str], int]:
    """One row that may hold quoted fields, and where the next one starts."""
    row: list[str] = []
    while True:
        match = _field.match(text, at)
        if match is None:
            raise NotCSV(f"line {line}: {_amiss(text, at)}")
        quoted, plain, end = match.groups()
        row.append(plain if quoted is None else quoted.replace('""', '"'))
        at = match.end()
        if end != ",":
            return row, at


def _amiss(text: str, at: int) -> str:
    if text[at] != '"':
        return "a quote or carriage return within a field that is not quoted"
    if _quoted.match(text, at):
        return "something follows a closing quote"
    return "a quote is never closed"
