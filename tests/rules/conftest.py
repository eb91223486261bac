"""Property tests here assert what is computed, never how fast: two busy cores make any deadline a lie.

`make test` draws the same examples each time, so that a red run is the change's own; `EXPLORE=1` draws new ones.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "rules", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="EXPLORE" not in os.environ, database=None
)
settings.load_profile("rules")
