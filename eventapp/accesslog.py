"""Access logs without secrets: a socket's `sid` and the token of a link open doors, so neither may be written down."""

from __future__ import annotations

import re
from logging import Filter, LogRecord
from typing import TYPE_CHECKING

from gevent.pywsgi import WSGIHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_SECRETS = (
    (re.compile(r"(/socket\.io/)\?[^\s\"]*"), r"\1"),
    (re.compile(r"(/link/)[^\s\"?]+"), r"\1…"),
    (re.compile(r"([?&](?:token|code|key|sid)=)[^\s\"&]*"), r"\1…"),
)


def safe_log_line(line: str) -> str:
    """Return `line` without the query of `/socket.io/`, the token after `/link/`, and secret query values."""
    for secret, kept in _SECRETS:
        line = secret.sub(kept, line)
    return line


def safe_log_path(environ: WSGIEnvironment) -> str:
    """Return the request's address as it may be logged."""
    query = environ.get("QUERY_STRING", "")
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return safe_log_line(f"{path}?{query}" if query else path)


class SafeHandler(WSGIHandler):
    """gevent's handler with safe access lines: `pywsgi.WSGIServer(..., handler_class=SafeHandler)`."""

    def format_request(self) -> str:
        """Return the access line without secrets."""
        return safe_log_line(super().format_request())


class SafeFilter(Filter):
    """The same for any logger that writes addresses (gunicorn.access, werkzeug, engineio, eventapp)."""

    def filter(self, record: LogRecord) -> bool:
        """Rewrite the record's message; never drop it."""
        record.msg, record.args = safe_log_line(record.getMessage()), None
        return True
