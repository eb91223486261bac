"""The front end's pure functions, bundled by the project's own esbuild and run by node's test runner."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["library", "overlay", "queue", "tablet"])
def test_front_library_functions(tmp_path: Path, name: str) -> None:
    """Versions, clock, timers and counts behave as live.md says; words fit and layers are chosen as stage.md says."""
    node = shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert node, "node is missing: install requirements/build.txt"
    bundle = tmp_path / f"{name}.test.mjs"
    esbuild = ROOT / "node_modules/esbuild/bin/esbuild"
    source = ROOT / f"tests/front/{name}.test.ts"
    subprocess.run(
        [node, esbuild, source, "--bundle", "--platform=node", "--format=esm", f"--outfile={bundle}", "--log-level=warning"],
        check=True,
    )
    run = subprocess.run([node, "--test", bundle], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
