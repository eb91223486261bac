"""The rules of the house, read from the syntax tree: a broken one names the file."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "eventapp"
SLICES = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} - {"rules", "models", "presets"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        yield name.removesuffix(".__init__"), ast.parse(path.read_text())


def imported(tree: ast.Module) -> set[str]:
    """Full names of everything that a module imports from eventapp, wherever the import stands."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("eventapp"):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("eventapp")}
    return found


def calls(tree: ast.Module) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_rules_import_only_rules() -> None:
    wrong = {
        (name, one) for name, tree in sources() if name.startswith("eventapp.rules") for one in imported(tree)
        if not one.startswith("eventapp.rules")
    }  # fmt: skip
    assert wrong == set()


def test_models_import_only_models_and_rules() -> None:
    wrong = {
        (name, one) for name, tree in sources() if name.startswith("eventapp.models") for one in imported(tree)
        if not one.startswith(("eventapp.models", "eventapp.rules"))
    }  # fmt: skip
    assert wrong == set()


def writes(tree: ast.Module) -> bool:
    """Whether a module holds operations: `operations.py` may have become several rooms."""
    marks = [mark for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for mark in node.decorator_list]
    return any(isinstance(mark, ast.Call) and ast.unparse(mark.func) == "operation" for mark in marks)


def test_a_slice_uses_another_only_through_its_operations_and_queries() -> None:
    wrong = set()
    rooms = {tuple(name.split(".")[1:3]) for name, tree in sources() if writes(tree)}
    for name, tree in sources():
        home = name.split(".")[1] if "." in name else ""
        for one in imported(tree):
            parts = one.split(".")
            if home in SLICES and len(parts) > 2 and parts[1] in SLICES - {home}:
                if {"operations", "queries"} & set(parts[2:4]) or (parts[1], parts[2]) in rooms:  # awards.sealers.queries too
                    continue
                wrong.add((name, one))
    assert wrong == set()


def test_operations_and_queries_import_no_routes() -> None:
    wrong = {
        (name, one) for name, tree in sources() for one in imported(tree)
        if name.split(".")[-1] in ("operations", "queries", "forms") and {"routes", "sockets"} & set(one.split("."))
    }  # fmt: skip
    assert wrong == set()


def test_only_live_emits() -> None:
    assert [name for name, tree in sources() if {"socketio.emit", "emit", "flask_socketio.emit"} & calls(tree)] == ["eventapp.live"]


def test_only_work_commits() -> None:
    assert [name for name, tree in sources() if any(call.endswith("session.commit") for call in calls(tree))] == ["eventapp.work"]


def test_only_the_clock_asks_the_time() -> None:
    asked = {"datetime.now", "datetime.utcnow", "date.today", "time.time", "datetime.today"}
    assert [name for name, tree in sources() if asked & calls(tree)] == ["eventapp.clock"]


def test_requests_are_known_only_at_the_doors() -> None:
    known = ("routes", "sockets", "access", "doors", "refusals", "text", "sessions", "rehearsal")
    wrong = [
        name for name, tree in sources() for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("flask", "flask_login") and name.split(".")[-1] not in known
        and {"request", "session", "current_user"} & {alias.name for alias in node.names}
    ]  # fmt: skip
    assert wrong == []


def test_every_module_says_what_it_is_for() -> None:
    assert [name for name, tree in sources() if not ast.get_docstring(tree)] == []


def test_every_operation_says_what_it_does() -> None:
    wrong = [
        f"{name}.{node.name}" for name, tree in sources() for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
        and any(isinstance(mark, ast.Call) and ast.unparse(mark.func) == "operation" for mark in node.decorator_list)
    ]  # fmt: skip
    assert wrong == []


def test_no_file_has_become_several_rooms() -> None:
    long = {name: count for name, count in line_counts().items() if count > 500}
    assert long == {}


def line_counts() -> dict[str, int]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        found[str(path.relative_to(PACKAGE))] = len(path.read_text().splitlines())
    return found
