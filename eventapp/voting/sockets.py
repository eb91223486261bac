"""The socket's door of the ballot: `ballot.put` on /judge. It always answers."""

from typing import Any

from eventapp.access import Actor, Role, access
from eventapp.extensions import socketio
from eventapp.refusals import acknowledged
from eventapp.voting.operations import receive_ballot


@acknowledged
@access(Role.JUDGE)
def on_ballot_put(actor: Actor, payload: object = None, *_rest: object) -> dict[str, Any]:
    """Send {contest, entry?, body, lease, rev, op_id, saved_at}; the ack is one of the results of live.md §5."""
    return receive_ballot(actor, payload)


def install() -> None:
    socketio.on_event("ballot.put", on_ballot_put, namespace="/judge")
