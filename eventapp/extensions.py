"""The extensions, made here and bound in create_app."""

from typing import Any

from flask_login import LoginManager
from flask_migrate import Migrate
from flask_socketio import SocketIO
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import event
from sqlalchemy.engine import Engine

from eventapp.models import Base

db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
socketio = SocketIO()


def prepare_sqlite(engine: Engine, writing: Any) -> None:
    """WAL, full durability, foreign keys; and BEGIN said by us: IMMEDIATE inside an operation, so that no write starts late."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() is not None else "BEGIN")
