"""The command line: every command is a sentence of the README; it calls operations and queries, never its own."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask

from eventapp import __version__, schema
from eventapp.app import create_app
from eventapp.config import Settings, read_settings
from eventapp.demo import MOMENTS
from eventapp.extensions import db
from eventapp.models import Installation

ANCHOR = re.compile(r"\b(\d{1,9}):\s*((?:[0-9a-f]\s*){64})")
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
def prepare(data: Path | None) -> None:
    """Once before workers start: migrate the database and raise the epoch, so that every screen follows."""
    from eventapp.serving import prepare as run

    run(opened(data)[0])


@cli.command()
@DATA
def backup(data: Path | None) -> None:
    """Copy the database now, while it is in use; keeps the newest ones."""
    from eventapp.backup import Failed, take

    _, settings = opened(data)
    try:
        click.echo(take(settings))
    except Failed as failed:
        raise click.ClickException(str(failed)) from None


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@DATA
@click.option("--force", is_flag=True, help="Also over a database that holds more, or with another secret.")
def restore(file: Path, data: Path | None, force: bool) -> None:
    """Verify a backup and put it in the place of the database, which is kept aside; every screen follows at the next start."""
    from eventapp.restore import Refused
    from eventapp.restore import restore as run

    try:
        done = run(settings_of(data=data), file, force=force)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"restored {file.name}; not in it: {done.lost_ballots} accepted ballots, {done.lost_lines} journal lines")
    click.echo(f"kept aside: {done.replaced or 'there was nothing'}")


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


@cli.command()
@DATA
@click.option("--port", type=int, default=None, help="Port (default 8000).")
@click.option("--at", type=click.Choice(MOMENTS), default="live", help="The moment of the year to start at.")
@click.option("--seed", type=int, default=1, help="Another seed gives other ballots and nothing else.")
@click.option("--serve/--no-serve", "serving", default=True, help="Serve it after creating it.")
def demo(data: Path | None, port: int | None, at: str, seed: int, serving: bool) -> None:
    """Create the sample edition of 2025 once, print every role's link, and serve it."""
    from eventapp.admin.queries import every_link
    from eventapp.demo import continue_demo, create_demo
    from eventapp.serving import serve as run

    settings = settings_of(data=data, port=port)
    ours = not settings.is_sqlite or (settings.data / "eventapp.sqlite3").exists()
    if not ours and settings.data.exists() and any(settings.data.iterdir()):
        raise click.ClickException(f"{settings.data} is not empty and not a demo: choose another folder with --data")
    app, settings = application(data=data, port=port)
    with app.app_context():
        try:
            continue_demo() if db.session.get(Installation, 1) else create_demo(at=at, seed=seed)
        except LookupError as error:
            raise click.ClickException(f"{settings.data}: {error}") from None
        click.echo(readable(every_link(settings.base_url)))
        db.session.remove()
    if serving:
        click.echo(f"\n{settings.base_url}/   (Ctrl-C ends it)")
        run(app, settings)


@cli.command()
@DATA
@click.option("--edition", default=None, help="Slug of another edition than the current one, such as a kept rehearsal.")
@click.option("--evidence", type=click.Path(path_type=Path), required=True, help="The zip to write.")
def export(data: Path | None, edition: str | None, evidence: Path) -> None:
    """Write the evidence of a sealed result, to be recounted by anybody."""
    from eventapp.admin.queries import edition_named
    from eventapp.awards.evidence import bundle
    from eventapp.refusals import text_of
    from eventapp.rules.refusal import Refusal

    app, _ = opened(data)
    with app.app_context():
        try:
            evidence.write_bytes(bundle(edition_named(edition)))
        except Refusal as refusal:
            raise click.ClickException(text_of(refusal, "en")) from None
        except LookupError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{evidence}: eventapp verify {evidence}")


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--diff", is_flag=True, help="Compare OLD.zip NEW.zip: nothing vanished, the journal only grew; lists what is new.")
@click.option("--anchor", "anchors", multiple=True, metavar="N:HASH", help="A printed head of the journal, or a file of such lines.")
def verify(files: tuple[Path, ...], diff: bool, anchors: tuple[str, ...]) -> None:
    """Recount an evidence zip and check its sums, journal, ballots and seal; a line per finding, exit 1 when there is one."""
    from eventapp.awards.evidence_diff import differences
    from eventapp.awards.evidence_findings import findings

    if len(files) != 1 + diff:
        raise click.UsageError("verify takes one file, or with --diff an old and a new one.")
    heads = [head for given in anchors for head in anchors_of(given)]
    found, news = differences(*(file.read_bytes() for file in files)) if diff else ([], [])
    found += findings(files[-1].read_bytes(), heads)
    said = [*found, *(f"new: {line}" for line in news)]
    said += [f"anchor {number}: the journal passes through it" for number, _ in heads if not found]
    if not found:
        said.insert(0, "nothing vanished" if diff else "identical: both counts, the sums, the journal, every ballot and the seal agree")
    click.echo("\n".join(said))
    sys.exit(1 if found else 0)


def anchors_of(given: str) -> list[tuple[int, str]]:
    """The anchors that an option names: N:HASH as printed (blanks allowed), or a file with such a line for each."""
    text = Path(given).read_text() if ":" not in given and Path(given).is_file() else given
    found = [(int(number), re.sub(r"\s", "", hash_)) for number, hash_ in ANCHOR.findall(text)]
    if not found:
        raise click.BadParameter(f"{given}: no line number with its 64 hexadecimal digits, as 12:0f3a…", param_hint="--anchor")
    return found


@cli.command()
@DATA
@click.option(
    "--url", default=None, help="Address of a server that serves this installation (default: the running one, else one is started)."
)
@click.option("--judges", type=click.IntRange(1), default=85, help="How many judges vote.")
@click.option("--attendees", type=click.IntRange(0), default=300, help="How many guests scan QR codes.")
@click.option("--speed", type=click.FloatRange(1, 3600), default=60.0, help="How much faster than life the edition's clock runs.")
@click.option("--seed", type=int, default=1, help="Another seed makes other choices.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--keep", is_flag=True, help="Keep the rehearsal: `eventapp export --edition` gives its evidence.")
def rehearse(data: Path | None, url: str | None, as_json: bool, keep: bool, **cast: Any) -> None:
    """Play the whole day on a copy of the edition through the real doors, and recount it a second way.

    The copy and its links are made in the data folder, also with --url.
    """
    from eventapp.rehearsal.play import Cast, server
    from eventapp.rehearsal.play import rehearse as play
    from eventapp.rehearsal.program import Shut
    from eventapp.serving import base_url

    app, settings = opened(data)
    try:
        with server(settings, url, base_url(settings)) as base:
            report = play(app, base, Cast(**cast), keep=keep, tell=lambda line: click.echo(line, err=True))
    except (Shut, LookupError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.text())
    sys.exit(1 if report.findings else 0)
