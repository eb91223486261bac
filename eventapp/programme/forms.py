"""The desk's plain forms: each is a command of the same name, its fields read as the command's arguments."""

import re
from collections.abc import Mapping
from typing import Any

from eventapp.commands import COMMANDS

COMMAND_OF = {
    "go": "rundown.go", "pause": "rundown.pause", "resume": "rundown.resume", "add": "rundown.add", "skip": "rundown.skip",
    "no_show": "rundown.no_show", "message": "rundown.message", "insert": "rundown.insert", "undo": "rundown.undo",
    "jump": "clock.jump",
}  # fmt: skip
WHOLE = re.compile(r"[-+]?[0-9]{1,6}", re.ASCII)


def arguments(command: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The fields that the command knows, whole numbers as such, an empty optional one left out; the command checks the rest."""
    found: dict[str, Any] = {}
    for key, kind in COMMANDS[command].args.items():
        name, text = key.rstrip("?"), form.get(key.rstrip("?"))
        if kind is bool:
            found[name] = text is not None
        elif text is not None and not (key.endswith("?") and text == ""):
            found[name] = int(text) if kind is int and WHOLE.fullmatch(text) else text
    return found
