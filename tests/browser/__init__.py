"""The day in a real browser. Every page is watched: no console error, no request to another origin."""
