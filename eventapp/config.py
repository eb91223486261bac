"""Settings: one frozen dataclass read from EVENTAPP_*; every default is the embedded one; unknown names refuse to start."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "EVENTAPP_"


@dataclass(frozen=True, slots=True)
class Settings:
    data: Path = Path("var")  # folder of the database, the secret and the uploads
    database_url: str = ""  # empty: SQLite inside `data`
    redis_url: str = ""  # empty: one process, no message queue
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""  # empty: http://host:port
    hosts: str = ""  # further allowed host names, separated by commas
    proxies: int = 0  # trusted reverse proxies in front
    websocket: str = "whole"  # whole | stock: how frames are written
    sockets_per_address: int = 600  # a hall is one address behind NAT
    backups: str = ""  # folder of the backups; empty: `backups` inside `data`
    backups_kept: int = 60  # the newest so many
    session_hours: int = 36  # a judge's session lives as long as the day
    log_level: str = "WARNING"

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data.resolve() / 'eventapp.sqlite3'}"

    @property
    def is_sqlite(self) -> bool:
        return self.sqlalchemy_url.startswith("sqlite")

    @property
    def base_url(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def origins(self) -> list[str]:
        """The explicit list of origins that may open sockets; loopback names count as one on an unnamed installation."""
        own = [self.base_url] + [f"{urlsplit(self.base_url).scheme}://{name}" for name in self.hosts.split(",") if name]
        return own if self.public_url else [*own, f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}"]


def read_settings(environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Settings from the environment, overruled by what is given; ValueError names an unknown or malformed one."""
    environ = os.environ if environ is None else environ
    kinds: dict[str, type] = {field.name: str if field.name == "data" else type(field.default) for field in fields(Settings)}
    found: dict[str, Any] = {}
    for key in sorted(key for key in environ if key.startswith(PREFIX)):
        name = key.removeprefix(PREFIX).lower()
        if name not in kinds:
            near = get_close_matches(name, kinds, 1)
            hint = f" (did you mean {PREFIX}{near[0].upper()}?)" if near else ""
            raise ValueError(f"unknown setting {key}{hint}")
        kind = Path if name == "data" else kinds[name]
        try:
            found[name] = kind(environ[key])
        except ValueError:
            raise ValueError(f"{key} must be {kind.__name__}, not {environ[key]!r}") from None
    settings = Settings(**(found | {name: value for name, value in given.items() if value is not None}))
    if settings.websocket not in ("whole", "stock"):
        raise ValueError(f"{PREFIX}WEBSOCKET must be whole or stock")
    return settings


def installation_secret(settings: Settings) -> bytes:
    """The secret that links, codes and cookies are derived from; made once, readable by its owner only."""
    path = settings.data / "secret"
    if not path.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return bytes.fromhex(path.read_text().strip())
