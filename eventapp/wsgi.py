"""For gunicorn (`-c python:eventapp.workers`): `eventapp.wsgi:app`, any number of one-process workers that share PostgreSQL and Redis.

gevent patches before anything else is imported. Each worker beats for its own screens and may hold the ticker's lease.
"""

from gevent import monkey

monkey.patch_all()

from eventapp.app import create_app  # noqa: E402
from eventapp.serving import lock, start_loops  # noqa: E402

app = create_app()
held = lock(app.config["EVENTAPP_SETTINGS"], shared=True)
start_loops(app)
