"""Tests of the whole project; the tree mirrors `eventapp/`."""
