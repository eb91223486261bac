"""What the forms of the ceremony carry."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField


class WordingForm(FlaskForm):
    first = StringField()
    second = StringField()
    short = StringField()
    title_ruby = StringField()
    short_ruby = StringField()
    body_reading = StringField()


class ConfirmForm(FlaskForm):
    """The words that the person saw."""

    sha256 = HiddenField()


class PersonForm(FlaskForm):
    person = IntegerField()
