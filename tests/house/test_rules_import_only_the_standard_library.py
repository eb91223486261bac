"""The rules are what an auditor reads: they lean on nothing but the standard library and each other."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "eventapp" / "rules").glob("**/*.py"))
# What reads a clock, asks for chance, or goes outside.
NOT_PURE = {"random", "secrets", "uuid", "os", "pathlib", "shutil", "tempfile", "socket", "subprocess", "urllib"}
ONLY_TEXT = {"urllib.parse"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield ("." * node.level) + (node.module or "")


def test_rules_are_there() -> None:
    assert "tally.py" in [path.name for path in RULES]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_rules_import_only_the_standard_library_and_rules(path: Path) -> None:
    foreign = [
        name
        for name in imported(path)
        if not name.startswith("eventapp.rules.") and name not in ONLY_TEXT and name.split(".")[0] not in sys.stdlib_module_names - NOT_PURE
    ]
    assert foreign == []


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_rules_neither_open_files_nor_ask_the_time(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {func.id for func in calls if isinstance(func, ast.Name)}
    methods = {func.attr for func in calls if isinstance(func, ast.Attribute)}
    assert names & {"open", "print", "input", "eval", "exec", "__import__"} == set()
    assert methods & {"now", "today", "utcnow", "read_text", "read_bytes", "write_text", "write_bytes"} == set()


def test_tally_command_imports_only_the_standard_library_and_rules() -> None:
    foreign = [
        name
        for name in imported(ROOT / "eventapp" / "tally_command.py")
        if not name.startswith("eventapp.rules.") and name.split(".")[0] not in sys.stdlib_module_names
    ]
    assert foreign == []
