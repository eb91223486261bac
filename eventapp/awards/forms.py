"""What the forms of the result pages carry."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField


class SignForm(FlaskForm):
    hash = HiddenField()


class DecisionForm(FlaskForm):
    """The chair's order comes as `rank-<entry>` = place beside these; `leave` leaves it to the next step."""

    prize = HiddenField()
    step = HiddenField()
    leave = HiddenField()
    reason = TextAreaField()


class RecusalForm(FlaskForm):
    """An entry on which the decider is not free."""

    entry = StringField()
    reason = TextAreaField()


class LotForm(FlaskForm):
    """The hall's words, or why a promise is taken back."""

    words = StringField()
    reason = TextAreaField()


class PublishedForm(FlaskForm):
    """A prize with its comment, or with the reason of a correction."""

    prize = HiddenField()
    text = TextAreaField()
    reason = TextAreaField()


class StepForm(FlaskForm):
    """The cursor that the director saw."""

    n = HiddenField()
    step = HiddenField()
