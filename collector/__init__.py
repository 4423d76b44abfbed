"""The Collector of the stack: what it is built from, its configuration, and the build itself."""
