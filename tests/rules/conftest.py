"""Property tests here assert what is computed, never how fast: two busy cores make any deadline a lie."""

from hypothesis import HealthCheck, settings

settings.register_profile("rules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rules")
