"""The one exception with which a rule says no."""


class Refusal(Exception):
    """A rule says no: `code` is a `noun.past` of the catalogue in `eventapp/refusals.py`, `details` fill its text."""

    def __init__(self, code: str, /, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
