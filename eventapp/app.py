"""create_app(): the application's table of contents."""

import logging
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from eventapp import access, backup, channels, doors, live, refusals, sessions, text, ticker, work
from eventapp.access import COOKIE
from eventapp.accounts import routes as accounts_routes
from eventapp.admin import routes as admin_routes
from eventapp.attend import routes as attend_routes
from eventapp.audit import routes as audit_routes
from eventapp.awards import routes as awards_routes
from eventapp.awards.ballots import routes as ballots_routes
from eventapp.awards.lot import operations as lot_operations
from eventapp.awards.lot import routes as lot_routes
from eventapp.awards.published import routes as published_routes
from eventapp.awards.sealers import routes as sealers_routes
from eventapp.ceremony import routes as ceremony_routes
from eventapp.config import Settings, installation_secret, read_settings
from eventapp.entries import routes as entries_routes
from eventapp.extensions import csrf, db, login, migrate, prepare_sqlite, socketio
from eventapp.overlay import routes as overlay_routes
from eventapp.paperballots import routes as paperballots_routes
from eventapp.papers import routes as papers_routes
from eventapp.paths import MIGRATIONS, STATIC, TEMPLATES
from eventapp.programme import operations as programme_operations
from eventapp.programme import routes as programme_routes
from eventapp.rulebook import routes as rulebook_routes
from eventapp.screening import routes as screening_routes
from eventapp.seating import routes as seating_routes
from eventapp.shield import SOCKET_BODY_BYTES, Policy, Shield
from eventapp.voting import doors as voting_doors
from eventapp.voting import polls
from eventapp.voting import routes as voting_routes
from eventapp.voting import sockets as voting_sockets
from eventapp.websocket import install_whole_send, reap_unjoined

BLUEPRINTS = (
    doors.blueprint,
    accounts_routes.blueprint,
    admin_routes.blueprint,
    attend_routes.blueprint,
    audit_routes.blueprint,
    awards_routes.blueprint,
    ballots_routes.blueprint,
    ceremony_routes.blueprint,
    lot_routes.blueprint,
    published_routes.blueprint,
    sealers_routes.blueprint,
    entries_routes.blueprint,
    overlay_routes.blueprint,
    paperballots_routes.blueprint,
    papers_routes.blueprint,
    programme_routes.blueprint,
    rulebook_routes.blueprint,
    screening_routes.blueprint,
    voting_doors.blueprint,
    seating_routes.blueprint,
    voting_routes.blueprint,
)
JOBS = (
    ticker.Job("expected times", programme_operations.TELL_S, programme_operations.show_expected_times),
    ticker.Job("lot", 2, lot_operations.promise_in_time),
    ticker.Job("polls", 0.5, polls.close_due_polls),
    ticker.Job("backups", 2, backup.Keeping()),
    ticker.Job("progress", 0.25, polls.Progress()),
)


def create_app(settings: Settings | None = None, *, testing: bool = False) -> Flask:
    """The application with its settings; refuses to start when a door is unguarded."""
    settings = settings or read_settings()
    app = Flask("eventapp", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    logging.basicConfig(level=settings.log_level)
    configure(app, settings, testing)
    extend(app, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    voting_sockets.install()
    live.projections.update(channels.CHANNELS)
    ticker.jobs[:] = JOBS
    text.install(app)
    refusals.install(app)
    access.assert_every_door_is_guarded(app, socketio)
    return app


def configure(app: Flask, settings: Settings, testing: bool) -> None:
    app.testing = testing
    app.config.update(
        EVENTAPP_SETTINGS=settings,
        EVENTAPP_SECRET=installation_secret(settings),
        EVENTAPP_BUILD=text.build_id(),
        EVENTAPP_LIVE=not testing,
        SECRET_KEY=installation_secret(settings),
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings),
        MAX_CONTENT_LENGTH=2_000_000,
        WTF_CSRF_TIME_LIMIT=None,  # a tablet's token lives as long as the day
        WTF_CSRF_HEADERS=["X-CSRF-Token"],
        WTF_CSRF_SSL_STRICT=False,  # the referrer is not sent by token pages; the origin check stands in the shield
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,  # built files have hashed names
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.session_interface = sessions.RowSessions()


def engine_options(settings: Settings) -> dict[str, Any]:
    shared: dict[str, Any] = {"hide_parameters": True}  # an error's text goes into the log, and a ballot's body is a parameter
    if settings.is_sqlite:
        return shared | {"connect_args": {"check_same_thread": False, "timeout": 10}}
    return shared | {"pool_size": 20, "max_overflow": 20, "pool_pre_ping": True}


def extend(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    with app.app_context():
        if settings.is_sqlite:
            prepare_sqlite(db.engine, work.current)
    migrate.init_app(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    login.init_app(app, add_context_processor=False)
    csrf.init_app(app)
    socketio.init_app(
        app, async_mode="gevent", cors_allowed_origins=settings.origins, cors_credentials=False, manage_session=False,
        max_http_buffer_size=SOCKET_BODY_BYTES, message_queue=settings.redis_url or None, ping_interval=10, ping_timeout=12,
        serializer=live.TextPacket,
    )  # fmt: skip
    install_whole_send(socketio.server, kind="stock" if settings.websocket == "stock" else "whole")
    reap_unjoined(socketio.server)
    policy = Policy(
        origins=frozenset(settings.origins), hosts=frozenset(filter(None, settings.hosts.split(","))), cookie=COOKIE,
        per_address=settings.sockets_per_address,
    )  # fmt: skip
    app.wsgi_app = Shield(app.wsgi_app, socketio.server, policy=policy)  # type: ignore[method-assign]
    if settings.proxies:
        n = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n)  # type: ignore[method-assign]
