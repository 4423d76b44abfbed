"""Instrumentations of ours, one folder each, which can be copied alone: see each folder's docstring."""
