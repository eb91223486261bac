"""Runs a Connect Day of the Tokyo municipalities. Imports nothing: gevent patches first (__main__, wsgi), then the rest is imported."""

__version__ = "0.1.0"
