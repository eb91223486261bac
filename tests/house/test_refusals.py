"""Every refusal code that is raised stands in the catalogue, and the other way round; both languages are filled."""

import ast

from eventapp.refusals import CATALOGUE, HTTP_CODES
from tests.house.test_architecture import sources


def raised() -> set[str]:
    """The codes that the sources hand to Refusal(...), and those of the frame's own errors."""
    found = set(HTTP_CODES.values())
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Refusal" and node.args:
                found |= {part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return found


def test_every_raised_code_is_in_the_catalogue() -> None:
    assert raised() - set(CATALOGUE) == set()


def test_every_code_of_the_catalogue_is_raised() -> None:
    assert set(CATALOGUE) - raised() == set()


def test_every_text_is_there_in_both_languages() -> None:
    assert [code for code, text in CATALOGUE.items() if not (text.ja and text.en and 400 <= text.status < 600)] == []


def test_codes_are_noun_and_participle() -> None:
    assert [code for code in CATALOGUE if len(code.split(".")) != 2] == []
