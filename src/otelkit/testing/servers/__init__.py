"""Real servers for integration tests: given by an address, in a container, or a program of this machine.

One server is one file with a `Recipe` (see `redis.py`, the shortest) whose instance is called RECIPE; one
line in `otelkit.testing.plugin` makes fixtures of it. `redis_server` is shared by all tests of a run and may
be one that somebody else runs: use keys of your own. `own_redis_server` is of one test, which may kill -9,
restart, freeze and thaw it. The source used is printed; where there is none the test fails, unless
ALLOW_MISSING_BROKERS=1. Nothing is imported here, because pytest loads the plugin in every run.
"""
