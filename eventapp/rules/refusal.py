"""The one exception that a rule or an operation raises when somebody may not do what was asked."""


class Refusal(Exception):
    """A refused request: `code` is `noun.past` and stands in the catalogue (eventapp/refusals.py); details fill its text."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
