"""Every refusal code that is raised stands in the catalogue, and the other way round; both languages are filled."""

import ast
import re

from eventapp.models.entry import STATES as ENTRY_STATES
from eventapp.refusals import CATALOGUE, HTTP_CODES
from tests.house.test_architecture import sources

CODE = re.compile(r"[a-z]+\.[a-z_]+")


def words(tree: ast.AST) -> set[str]:
    """The string constants below a node that look like a code."""
    found = {part.value for part in ast.walk(tree) if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return {word for word in found if CODE.fullmatch(word)}


def raised() -> set[str]:
    """The codes that the sources hand to Refusal(...), and those of the frame's own errors."""
    found = set(HTTP_CODES.values())
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Refusal" and node.args:
                found |= words(node.args[0])
    return found


def said() -> set[str]:
    """Every code that stands anywhere in the sources but in the catalogue; `entry.` + state counts for each state."""
    found = {word for name, tree in sources() if name != "eventapp.refusals" for word in words(tree)}
    return found | set(HTTP_CODES.values()) | {f"entry.{state}" for state in ENTRY_STATES} | {"form.expired", "server.failed"}


def test_every_raised_code_is_in_the_catalogue() -> None:
    assert raised() - set(CATALOGUE) == set()


def test_every_code_of_the_catalogue_is_raised() -> None:
    assert set(CATALOGUE) - said() == set()


def test_every_text_is_there_in_both_languages() -> None:
    assert [code for code, text in CATALOGUE.items() if not (text.ja and text.en and 400 <= text.status < 600)] == []


def test_codes_are_noun_and_participle() -> None:
    assert [code for code in CATALOGUE if len(code.split(".")) != 2] == []
