"""libfaketime for clock jumps: the one at hand, else Debian's package unpacked into a folder, without installing anything."""

import shutil
import subprocess
from pathlib import Path

NAME = "libfaketimeMT.so.1"


def find(*homes: Path) -> Path | None:
    """The library, or None."""
    places = (Path("/usr/lib"), *homes)
    return next((path for place in places if place.exists() for path in place.glob(f"**/faketime/{NAME}")), None)


def fetch(home: Path) -> Path | None:
    """The library, downloaded when it is not there and apt can; None otherwise, and the caller says so."""
    found = find(home)
    if found is not None or not shutil.which("apt-get") or not shutil.which("dpkg"):
        return found
    home.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", "-q", "libfaketime"], cwd=home, check=False, capture_output=True)
    for package in home.glob("libfaketime_*.deb"):
        subprocess.run(["dpkg", "-x", str(package), str(home)], check=False, capture_output=True)
    return find(home)


def environment(library: Path, told: Path) -> dict[str, str]:
    """What a process needs so that its wall clock follows the file `told` ("+0", "-10800") and its monotonic clock does not."""
    told.write_text("+0")
    return {
        "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(told), "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_RESET": "1",
    }  # fmt: skip
