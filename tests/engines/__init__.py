"""PostgreSQL and Redis as they run on the day of a grown-up installation; a missing engine fails by name."""
