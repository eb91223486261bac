"""What templates may say: both languages side by side, dates as Tokyo writes them, durations, assets."""

import json
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, g, request, url_for

from eventapp import access, clock, live, qr
from eventapp.models import Edition
from eventapp.paths import STATIC
from eventapp.rules.vertical import ERAS

WEEKDAYS = "月火水木金土日"


def lang() -> str:
    return "en" if request.args.get("lang") == "en" else "ja"


def t(ja: str, en: str) -> str:
    """The text in the language of this page; both stand side by side so that none can be forgotten."""
    return en if lang() == "en" else ja


def wareki(value: datetime | date, weekday: bool = True) -> str:
    """令和7年12月24日(水), the first year as 元年."""
    day = clock.local(value).date() if isinstance(value, datetime) else value
    start, era = next((start, era) for start, era in ERAS if day >= start)
    year = day.year - start.year + 1
    shown = f"{era}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return f"{shown}({WEEKDAYS[day.weekday()]})" if weekday else shown


def clock_text(value: datetime | None) -> str:
    return "" if value is None else f"{clock.local(value):%H:%M}"


def clock_s(value: datetime | None) -> str:
    return "" if value is None else f"{clock.local(value):%H:%M:%S}"


def duration(seconds: float) -> str:
    """m:ss of whole seconds, with a sign when negative."""
    whole = int(abs(seconds))
    return f"{'−' if seconds < 0 else ''}{whole // 60}:{whole % 60:02d}"


@lru_cache(maxsize=1)
def manifest() -> dict[str, str]:
    """Logical name -> hashed path of the built front end; empty before the first build."""
    path = STATIC / "dist" / "manifest.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def asset(name: str) -> str:
    """The address of a built file, such as `asset("page.css")`."""
    return url_for("static", filename=manifest().get(name, f"dist/{name}"))


class EditionFace:
    """The edition as frames show it: names, and the flags that every artwork must carry."""

    def __init__(self, edition: Edition) -> None:
        self.id, self.slug, self.name, self.name_en = edition.id, edition.slug, edition.name, edition.name_en
        self.short_name, self.phase, self.kind, self.day = edition.short_name, edition.phase, edition.kind, edition.day
        self.settings = edition.settings
        contact = edition.settings.get("event", {}).get("contact", {})
        self.contact = t(
            f"{contact.get('office', '')} {contact.get('phone', '')}", f"{contact.get('office_en', '')} {contact.get('phone_en', '')}"
        ).strip()
        codes = [phase["code"] for phase in edition.settings.get("phases", [])]
        now = codes.index(edition.phase) if edition.phase in codes else -1
        self.phases = [
            {
                "code": phase["code"],
                "label": t(phase["name"], phase["name_en"]),
                "state": "done" if i < now else "current" if i == now else "open",
            }
            for i, phase in enumerate(edition.settings.get("phases", []))
        ]  # fmt: skip
        self.short_name_en = edition.settings.get("event", {}).get("short_en", edition.short_name)
        named = (("サンプル", edition.sample), ("リハーサル", edition.kind == "rehearsal"), ("デモ時計", edition.kind == "demo"))
        self.flags = [flag for flag, shown in named if shown]


def page_globals() -> dict[str, Any]:
    """What every template may use; an error page outside any edition gets none."""
    common: dict[str, Any] = {"lang": lang(), "build": live.build(), "actor": g.get("actor")}
    edition = g.get("edition")
    if edition is None:
        try:
            edition = access.current_edition()
        except Exception:  # an error page must come out even when there is no edition or no database
            return common | {"edition": None, "now": clock.real()}
    return common | {"edition": EditionFace(edition), "now": clock.now(edition)}


def install(app: Flask) -> None:
    app.jinja_env.globals.update(t=t, asset=asset, qr_svg=qr.svg)
    app.jinja_env.filters.update(wareki=wareki, clock=clock_text, clock_s=clock_s, duration=duration, iso=clock.iso)
    app.context_processor(page_globals)

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static" and lang() == "en":
            values.setdefault("lang", "en")


def build_id() -> str:
    """The id of the built front end, or of nothing."""
    return str(manifest().get("build", "unbuilt"))
