"""gunicorn's settings: `gunicorn -c python:eventapp.workers eventapp.wsgi:app`; one gevent worker for each gunicorn.

Its master migrates and raises the epoch once, before a worker starts: a respawned worker must not. It imports nothing of the
application, because gevent patches in the worker.
"""

import subprocess
import sys
from typing import Any

worker_class = "gevent"
workers = 1
graceful_timeout = 10
timeout = 60


def on_starting(_master: Any) -> None:
    """`eventapp prepare`, in a process of its own; gunicorn does not start when it fails."""
    subprocess.run([sys.executable, "-m", "eventapp", "prepare"], check=True)
