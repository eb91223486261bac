"""The README is true: its settings are the settings, its commands and targets exist, its files are there."""

import re
from dataclasses import fields
from pathlib import Path

from eventapp.cli import cli
from eventapp.config import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_settings_table_equals_the_settings() -> None:
    rows = re.findall(r"^\| `EVENTAPP_([A-Z_]+)` \| (?:`([^`]*)`)? ?\|", README, re.MULTILINE)

    assert {name.lower(): default for name, default in rows} == {field.name: str(field.default) for field in fields(Settings)}


def test_the_commands_exist() -> None:
    named = set(re.findall(r"^\| `eventapp ([a-z]+)", README, re.MULTILINE))

    assert named == set(cli.commands) | {"tally"}


def test_the_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"(?:`|^    )make ([a-z]+)", README, re.MULTILINE)) - targets == set()


def test_the_files_of_the_tour_exist() -> None:
    named = re.findall(r"`((?:eventapp|rules|models|voting|entries|templates|static|tests)/[a-z_/]+\.?[a-z]*)", README)
    missing = [name for name in named if not (ROOT / name).exists() and not (ROOT / "eventapp" / name).exists()]

    assert missing == []
