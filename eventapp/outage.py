"""The answer while the database cannot be reached or written: 503 with Retry-After, made without the database."""

import logging

from flask import Response, current_app, jsonify
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

RETRY_S = 5
log = logging.getLogger(__name__)


def is_outage(error: BaseException | None) -> bool:
    """Is it the database that failed (full, locked, away), not the program? Nothing was changed then."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | NoConnection)


def note(error: BaseException) -> None:
    """One line in the log: the kind of failure without statement and parameters."""
    cause = getattr(error, "orig", None) or error
    log.error("the database failed: %s", str(cause).strip().partition("\n")[0][:200])


def response(ja: str, en: str, *, as_json: bool) -> Response:
    """The page or JSON of `server.busy`; neither session nor edition is needed for it."""
    if as_json:
        made = jsonify(ok=False, code="server.busy", text=ja)
    else:
        made = Response(current_app.jinja_env.get_template("refusals/outage.html").render(ja=ja, en=en), mimetype="text/html")
    made.status_code = 503
    made.headers["Retry-After"] = str(RETRY_S)
    made.headers["Cache-Control"] = "no-store"
    return made
