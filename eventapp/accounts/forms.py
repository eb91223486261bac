"""The one field that people type: the short code of a seat card or personal link."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length


class CodeForm(FlaskForm):
    code = StringField("コード", validators=[Length(max=64)])
