"""`eventapp tally`: recounts an award offline from its files, with the standard library and the rules alone.

Exit status 0: one JSON object on standard output, also when a prize is still pending. Exit status 2: the files or the
arguments are not acceptable; nothing on standard output, one or more lines beginning `error: ` on standard error.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from eventapp.rules.tally import tally
from eventapp.rules.tally_files import NotAcceptable, parse_files

USAGE = (
    "usage: eventapp tally --rules rules.toml --judges judges.csv --entries entries.csv "
    "--ballots ballots.csv [--decisions decisions.csv] --format json"
)
FILES = ("rules", "judges", "entries", "ballots", "decisions")
OPTIONAL = "decisions"


def main(argv: Sequence[str]) -> int:
    """Tally the files named in the arguments (those after `tally`); the exit status. No file makes it raise."""
    # A number of any length is exact; Python refuses to read or write more than 4300 digits unless told.
    digits = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        options = _options(argv)
        case = parse_files(**_read(options))
        result = tally(case.rulebook, case.judges, case.entries, case.submissions, case.decisions)
        _write(f"{json.dumps(result, ensure_ascii=False)}\n".encode())
    except NotAcceptable as error:
        _complain(error.errors)
        return 2
    finally:
        sys.set_int_max_str_digits(digits)
    return 0


def _options(argv: Sequence[str]) -> dict[str, str]:
    """The value of each option, given as `--name value` or `--name=value`."""
    options: dict[str, str] = {}
    rest = list(argv)
    while rest:
        option, equals, value = rest.pop(0).partition("=")
        name = option.removeprefix("--")
        if not option.startswith("--") or name not in (*FILES, "format"):
            raise NotAcceptable([f"unknown argument {option!r}", USAGE])
        if not equals and not rest:
            raise NotAcceptable([f"{option} needs a value", USAGE])
        if name in options:
            raise NotAcceptable([f"{option} is there twice", USAGE])
        options[name] = value if equals else rest.pop(0)
    missing = [name for name in (*FILES, "format") if name not in options and name != OPTIONAL]
    if missing:
        raise NotAcceptable([*(f"--{name} is missing" for name in missing), USAGE])
    if options["format"] != "json":
        raise NotAcceptable([f"unknown format {options['format']!r}", USAGE])
    return options


def _read(options: dict[str, str]) -> dict[str, bytes]:
    """The bytes of the files; all that cannot be read are named."""
    contents: dict[str, bytes] = {}
    errors: list[str] = []
    for name in FILES:
        if name not in options:
            continue
        try:
            contents[name] = Path(options[name]).read_bytes()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            errors.append(f"cannot read --{name} {options[name]!r}: {reason}")
    if errors:
        raise NotAcceptable(errors)
    return contents


def _write(data: bytes) -> None:
    if sys.stdout is None:
        raise NotAcceptable(["cannot write the result: standard output is closed"])
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is still in the buffer would be tried again, and complained about, when Python ends.
        sys.stdout = None
        raise NotAcceptable([f"cannot write the result: {error.strerror}"]) from None


def _complain(errors: Iterable[str]) -> None:
    """One line each: what could break a line or hide in it is escaped."""
    for error in errors:
        line = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in error)
        sys.stderr.buffer.write(f"error: {line}\n".encode())
    sys.stderr.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
