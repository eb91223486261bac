"""Find a Chromium for the browser tests, or install one: `python -m tests.browser.chromium`. It never skips."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")
ADVICE = f"no Chromium: install one of {', '.join(NAMES)} (Debian: apt install {' '.join(PACKAGES)}), then try again"
# The network is closed on purpose: whatever a page would ask of another host fails, and is reported by the tests.
FLAGS = (
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-dev-shm-usage", "--disable-sync",
    "--no-first-run", "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


def find() -> str | None:
    """The path of a browser that is there: the system's, else the one that Playwright installed."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or _of_playwright()


def _of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() else None


def install() -> None:
    """Debian's packages when that is possible here, else Playwright's own download; failures are told by the caller."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], env=quiet, check=False)
        done = subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES], env=quiet, check=False)
        if done.returncode == 0:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def launch_options() -> dict[str, object]:
    """What Playwright starts the browser with; RuntimeError with advice when there is none."""
    path = find()
    if path is None:
        raise RuntimeError(ADVICE)
    return {"executable_path": path, "args": [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]}


def main() -> int:
    if find() is None:
        install()
    found = find()
    sys.stdout.write(f"{found}\n" if found else "")
    sys.stderr.write("" if found else f"{ADVICE}\n")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
