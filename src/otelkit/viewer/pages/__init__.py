"""The pages, rendered here: every one works without script, and nothing comes from elsewhere."""

from otelkit.viewer.pages.all import Pages

__all__ = ["Pages"]
