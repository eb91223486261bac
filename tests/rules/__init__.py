"""Tests of what the award is, without database or server."""
