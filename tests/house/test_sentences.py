"""The award's own rules are held sentence by sentence: `python -m tests.rules.sentences` shows by which tests."""

import re
import subprocess
import sys
from pathlib import Path

from tests.rules.sentences import SENTENCES

ROOT = Path(__file__).resolve().parents[2]


def test_every_sentence_of_the_tally_format_has_a_test_that_names_it() -> None:
    """A test that names an unknown sentence cannot even be collected."""
    run = subprocess.run([sys.executable, "-m", "tests.rules.sentences"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, "\n".join(line for line in run.stdout.splitlines() if not line.startswith(("§", " "))) or run.stderr


def test_the_sentences_go_through_sections_3_to_6_without_a_gap() -> None:
    """Steps and paragraphs of a section are numbered as in the document; a letter tells its sentences apart."""
    steps = {name: sorted({int(found[1]) for found in (re.match(rf"{name}\.(\d+)", one) for one in SENTENCES) if found}) for name in "345"}
    assert steps == {"3": list(range(1, 13)), "4": list(range(1, 11)), "5": list(range(7))}
    assert [name for name in SENTENCES if not re.fullmatch(r"[345]\.\d+[a-z]?|6[a-z]", name)] == []
