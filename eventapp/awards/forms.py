"""What the forms of the result pages carry."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField


class SignForm(FlaskForm):
    hash = HiddenField()


class DecisionForm(FlaskForm):
    """The chair's order comes as `place-1`, `place-2`, … beside these; `leave` leaves it to the lot."""

    prize = HiddenField()
    step = HiddenField()
    seed = StringField()
    leave = HiddenField()
    reason = TextAreaField()


class StepForm(FlaskForm):
    """The cursor that the director saw."""

    n = HiddenField()
    step = HiddenField()
