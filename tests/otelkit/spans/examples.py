"""How many examples are tried."""

import os

from hypothesis import HealthCheck, settings

# SPANS_EXAMPLES=20000 for the full proof, some minutes.
many = settings(
    max_examples=int(os.environ.get("SPANS_EXAMPLES", "200")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
