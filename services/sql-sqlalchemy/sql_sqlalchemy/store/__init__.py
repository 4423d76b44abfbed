"""Everything that knows SQL: the rest of the service sees repositories and plain errors."""
