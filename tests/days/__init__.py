"""Whole days, short: what only shows when everything runs together."""
