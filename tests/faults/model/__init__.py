"""A model check of the ballot protocol: many small worlds of tablets, a bad network and a closing poll, each from its seed.

The tablets run the real queue (static/src/lib/queue.ts, under node), the server the real rules (eventapp/rules/ballot.py) or, slower,
the real put_ballot on SQLite. `python -m tests.faults.model 20000` runs the seeds 0 to 19999.
"""
