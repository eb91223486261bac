"""The secretariat at the desk, and the rules that it finds there."""

from pathlib import Path

import pytest
from flask import Flask

from eventapp.access import Actor, system
from eventapp.admin.operations import draft_of_preset
from eventapp.admin.queries import edition_named, every_link
from eventapp.extensions import db
from eventapp.models import Edition, JudgeGroup
from eventapp.presets import load_edition
from eventapp.rulebook.operations import lay_out
from tests.page import PageClient


@pytest.fixture
def desk(app: Flask, client: PageClient) -> PageClient:
    client.enter(every_link("http://localhost")["secretariat"])
    return client


@pytest.fixture
def edition(app: Flask) -> Edition:
    return edition_named(None)


@pytest.fixture
def actor(edition: Edition) -> Actor:
    return system(edition, "secretariat:1")


@pytest.fixture
def fictional(app: Flask, edition: Edition) -> Edition:
    """The edition with the rules of the fictional one: all four methods, groups, a chain without a human."""
    preset = load_edition("fictional", root=Path(__file__).parents[1] / "editions")
    for code, (category, other) in zip(("care", "river"), zip(edition.categories, preset.categories, strict=False), strict=False):
        category.code, category.name, category.name_en = code, other.name, other.name_en
    groups = db.session.query(JudgeGroup).filter_by(edition_id=edition.id).order_by(JudgeGroup.position).all()
    for group, name in zip(groups, ("experts", "residents", "children", "more", "others"), strict=True):
        group.code = name
    edition.rules_toml = preset.rules_text.replace('children = "1/6"', 'children = "1/6"\nmore = 1\nothers = "1/7"')
    lay_out(edition, draft_of_preset(preset))
    db.session.commit()
    return edition
