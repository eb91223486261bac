"""How a file is refused: with every error in it, one readable line each."""

from collections.abc import Iterable


class NotAcceptable(ValueError):
    """Files that cannot be tallied; `errors` are lines without a prefix, in the order of the files."""

    def __init__(self, errors: Iterable[str]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(self.errors))


def decoded(data: bytes, name: str) -> str:
    """The text of a UTF-8 file, without a leading BOM; NotAcceptable for anything else."""
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise NotAcceptable([f"{name}: not UTF-8, at byte {error.start + 1}"]) from None
