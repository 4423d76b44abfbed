"""pytester runs pytest inside tests of the pytest plugin; pytest wants it named in the topmost conftest."""

pytest_plugins = ["pytester"]
