"""The socket's door of the ballot: `ballot.put` on /judge. It always answers."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from eventapp.access import Actor, Role, access
from eventapp.extensions import socketio
from eventapp.refusals import as_ack
from eventapp.rules.refusal import Refusal
from eventapp.voting.operations import receive_ballot


def acknowledged(handler: Callable[..., Any]) -> Callable[..., Any]:
    """A handler that never ends in silence: a refusal or failure is told as such, which is no result, so the tablet keeps its ballot."""

    @wraps(handler)
    def run(*args: Any) -> Any:
        try:
            return handler(*args)
        except Refusal as refusal:
            return as_ack(refusal)
        except Exception:
            logging.getLogger(__name__).exception("ballot.put failed")
            return as_ack(Refusal("server.failed"))

    return run


@acknowledged
@access(Role.JUDGE)
def on_ballot_put(actor: Actor, payload: object = None, *_rest: object) -> dict[str, Any]:
    """Send {contest, entry?, body, lease, rev, op_id, saved_at}; the ack is one of the results of live.md §5."""
    return receive_ballot(actor, payload)


def install() -> None:
    socketio.on_event("ballot.put", on_ballot_put, namespace="/judge")
