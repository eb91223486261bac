"""Flask's session as a row: the cookie holds a random id, so signing out and revoking are real."""

import secrets
from typing import Any, cast

from flask import Flask, Request, Response, current_app
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import select
from werkzeug.datastructures import CallbackDict

from eventapp import clock
from eventapp.access import COOKIE, Actor, Role, session_key
from eventapp.accounts.operations import keep_session
from eventapp.extensions import db
from eventapp.models import Edition, Grant, Installation, WebSession


class RowSession(CallbackDict[str, Any], SessionMixin):
    """A session that knows whether it was changed, and the cookie it belongs to."""

    def __init__(self, data: dict[str, Any], cookie: str, *, new: bool) -> None:
        super().__init__(data, self._changed)
        self.cookie, self.new, self.modified, self.accessed = cookie, new, False, True

    @staticmethod
    def _changed(session: CallbackDict[str, Any]) -> None:
        cast(RowSession, session).modified = True


class RowSessions(SessionInterface):
    """Opens by cookie, saves only when something changed: a public page sets no cookie."""

    def open_session(self, app: Flask, request: Request) -> RowSession:
        cookie = request.cookies.get(COOKIE, "")
        row = db.session.get(WebSession, session_key(cookie)) if cookie else None
        if row is None or row.revoked_at is not None or row.expires_at <= clock.real():
            return RowSession({}, secrets.token_urlsafe(32), new=True)  # a fresh id: no fixation
        return RowSession(dict(row.data), cookie, new=False)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, RowSession):
            return
        if not response.cache_control.public:  # what shared caches may keep is the same for every cookie
            response.vary.add("Cookie")
        if response.status_code == 503:  # nothing was changed, so nothing is kept
            return
        if session.modified:
            keep(session)
        if session.modified and session.new:
            secure = app.config["EVENTAPP_SETTINGS"].base_url.startswith("https:")
            response.set_cookie(COOKIE, session.cookie, httponly=True, secure=secure, samesite="Lax", path="/")


def renew(session: Any) -> None:
    """A new id for a browser that signs in for the first time: one that was planted in it beforehand opens nothing."""
    if db.session.scalars(select(Grant.id).where(Grant.session_id == session_key(session.cookie)).limit(1)).first() is None:
        session.cookie, session.new = secrets.token_urlsafe(32), True


def keep(session: Any) -> str:
    """Write the session now and return its key; sign-in needs the row before the response."""
    key = session_key(session.cookie)
    edition = db.session.query(Edition).join(Installation, Installation.current_edition_id == Edition.id).first() or Edition()
    keep_session(Actor(Role.PUBLIC, edition), key, dict(session), current_app.config["EVENTAPP_SETTINGS"].session_hours)
    return key
