"""A CSV file as a table with named columns, in which errors are noted by file and line."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from eventapp.rules.csv_text import NotCSV, csv_rows
from eventapp.rules.tally_errors import NotAcceptable, decoded
from eventapp.rules.tally_numbers import is_id, listed


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file: the line that each starts at, and its fields in the order of the columns asked for."""

    name: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def error(self, line: int, text: str) -> None:
        """Note what is wrong in a line."""
        self.errors.append(f"{self.name} line {line}: {text}")

    def check_id(self, line: int, text: str, *, noun: str) -> bool:
        """Whether the text is an id; noted if not."""
        if is_id(text):
            return True
        self.error(line, f"{noun} is not an id: {text!r}")
        return False

    def ids(self, line: int, text: str, *, noun: str) -> frozenset[str]:
        """The ids of a list field; bad ones are noted."""
        return frozenset(item for item in listed(text) if self.check_id(line, item, noun=noun))


def read_table(data: bytes, name: str, *, required: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """The columns asked for, required ones first; an absent optional column is empty, other columns are ignored.

    NotAcceptable if it is not UTF-8, not CSV, or its header does not do; rows of a wrong length are noted and left out.
    """
    try:
        rows = list(csv_rows(decoded(data, name)))
    except NotCSV as error:
        raise NotAcceptable([f"{name}: not CSV: {error}"]) from None
    header = rows[0][1] if rows else []
    wrong = [f"{name}: column {column!r} is there twice" for column in sorted(_twice(header))]
    wrong += [f"{name}: column {column!r} is missing" for column in required if column not in header]
    if wrong:
        raise NotAcceptable(wrong)
    # One past the last field stands for every absent column, where an empty field is put.
    picked = [header.index(column) if column in header else len(header) for column in (*required, *optional)]
    table = Table(name)
    for line, row in rows[1:]:
        if len(row) == len(header):
            row.append("")
            table.rows.append((line, [row[index] for index in picked]))
        else:
            table.error(line, f"{len(row)} fields where the header has {len(header)}")
    return table


def _twice(names: Iterable[str]) -> set[str]:
    return {name for name, times in Counter(names).items() if times > 1}
