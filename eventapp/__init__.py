"""Runs a Connect Day of the Tokyo municipalities. Imports nothing: gevent patches first (__main__, wsgi), then the rest is imported."""
