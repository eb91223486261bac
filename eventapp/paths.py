"""Where templates, static files and migrations are: beside the package in a checkout, inside it once installed."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE if (PACKAGE / "templates").is_dir() else PACKAGE.parent
TEMPLATES, STATIC, MIGRATIONS = ROOT / "templates", ROOT / "static", ROOT / "migrations"
