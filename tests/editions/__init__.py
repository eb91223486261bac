"""A deliberately different, fictional edition: its files, and a day of it."""
