"""The command line: every command is a sentence of the README; it calls operations and queries, never its own."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask

from eventapp import __version__, schema
from eventapp.app import create_app
from eventapp.config import Settings, read_settings

DATA = click.option("--data", type=click.Path(path_type=Path), default=None, help="Folder of the database (default: var).")


@click.group()
@click.version_option(__version__)
def cli() -> None:
    """Runs a Connect Day of the Tokyo municipalities."""


def settings_of(**given: Any) -> Settings:
    try:
        return read_settings(**given)
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def application(**given: Any) -> tuple[Flask, Settings]:
    """The application on an existing installation, its schema brought up to date."""
    settings = settings_of(**given)
    app = create_app(settings)
    schema.upgrade(app)
    return app, settings


def opened(data: Path | None) -> tuple[Flask, Settings]:
    """An installation that is there already; says so when it is not."""
    settings = settings_of(data=data)
    if settings.is_sqlite and not (settings.data / "eventapp.sqlite3").exists():
        raise click.ClickException(f"there is no installation in {settings.data}: run `eventapp demo` first")
    return application(data=data)


@cli.command()
@DATA
@click.option("--host", default=None, help="Address to listen on (default 127.0.0.1).")
@click.option("--port", type=int, default=None, help="Port (default 8000).")
def serve(data: Path | None, host: str | None, port: int | None) -> None:
    """Serve an installation: one process, SQLite or PostgreSQL."""
    from eventapp.serving import serve as run

    app, settings = application(data=data, host=host, port=port)
    click.echo(f"{settings.base_url}/")
    run(app, settings)


@cli.command()
@DATA
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(data: Path | None, as_json: bool) -> None:
    """Say in one look what this installation is and how its edition stands."""
    from eventapp.admin.queries import status as found

    app, settings = opened(data)
    with app.app_context():
        facts = found(settings)
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else "\n".join(f"{name}: {value}" for name, value in facts.items()))


@cli.command()
@DATA
@click.option("--edition", default=None, help="Slug of another edition than the current one.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def links(data: Path | None, edition: str | None, as_json: bool) -> None:
    """Print every role's link."""
    from eventapp.admin.queries import every_link
    from eventapp.serving import base_url

    app, settings = opened(data)
    with app.app_context():
        found = every_link(base_url(settings), edition)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else readable(found))


def readable(found: dict[str, Any]) -> str:
    """The links as a short list for people; seats and entrants are counted, the first shown."""
    lines = [f"{name:<12} {value}" for name, value in found.items() if isinstance(value, str)]
    lines += [f"overlay      {url}" for url in found["overlays"].values()]
    for name in ("judges", "entrants", "screeners"):
        rows = found[name]
        lines += [f"{name:<12} {row['url']}  {row['name']}" for row in rows[:3]]
        lines += [f"{'':<12} … {len(rows)} in all: eventapp links --json"] if len(rows) > 3 else []
    return "\n".join(lines)


def fail(message: str) -> None:
    click.echo(message, err=True)
    sys.exit(1)
