"""Which test holds which sentence of the tally/1 format: the mark, and the table of all of them.

`python -m tests.rules.sentences` lists every sentence with its tests and fails when one has none.
"""

import io
import sys
import tomllib
from collections import defaultdict
from contextlib import redirect_stdout
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
BOTH, MAIN = (tomllib.loads((FOLDER / "sentences.toml").read_text(encoding="utf-8"))[table] for table in ("both", "main"))
SENTENCES: dict[str, str] = BOTH | MAIN
# Nothing is run, so neither the application nor rewritten assertions are needed: that takes five times as long.
OPTIONS = ["--collect-only", "-qq", "--noconftest", "--assert=plain", "-p", "no:cacheprovider"]


def sentence(*names: str) -> pytest.MarkDecorator:
    """The mark of a test (or of one of its parameters) that holds these sentences; an unknown one is an error at once."""
    unknown = set(names) - SENTENCES.keys()
    if unknown:
        raise LookupError(f"no such sentence: {sorted(unknown)}")
    return pytest.mark.sentence(*names)


class Collector:
    """A pytest plugin that notes, of every collected test, its sentences and whether it runs on both counts."""

    def __init__(self) -> None:
        self.tests: dict[str, set[str]] = defaultdict(set)
        self.counts: dict[str, set[str]] = defaultdict(set)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            for name in {name for mark in item.iter_markers("sentence") for name in mark.args}:
                self.tests[name].add(item.nodeid.partition("[")[0].removeprefix("tests/rules/"))
                self.counts[name] |= _counts(item)

    def missing(self) -> list[str]:
        """What is wrong: a sentence without a test, or, of [both], without one on either count."""
        without = [f"{name} has no test: {text}" for name, text in SENTENCES.items() if not self.tests[name]]
        both = {"recount", "command"}
        alone = [f"{name} is not tested on both counts: {text}" for name, text in BOTH.items() if self.counts[name] != both]
        return without or alone


def _counts(item: pytest.Item) -> set[str]:
    """The counts by the parameter's id; a test named `…both_counts…` runs them itself."""
    if "both_counts" in item.name:
        return {"recount", "command"}
    return set(item.name.partition("[")[2].rstrip("]").split("-")) & {"recount", "command"}


def collect() -> Collector:
    """The tests of this folder by sentence, without running any."""
    found = Collector()
    with redirect_stdout(io.StringIO()) as said:
        status = pytest.main([*OPTIONS, str(FOLDER)], plugins=[found])
    if status:
        raise SystemExit(said.getvalue())
    return found


def main() -> int:
    """Print the table; 1 when something is missing."""
    found = collect()
    missing = found.missing()
    lines = ["\n      ".join([f"§{name}  {text}", *sorted(found.tests[name])]) for name, text in SENTENCES.items()]
    sys.stdout.write("\n".join([*lines, *(missing or [f"{len(SENTENCES)} sentences, every one with a test"])]) + "\n")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
