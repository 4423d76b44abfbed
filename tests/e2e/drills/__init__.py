"""Drills: programs that break something and count, by id, what was lost."""
