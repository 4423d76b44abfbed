"""The one error that wrong settings raise."""


class ConfigurationError(ValueError):
    """A setting is wrong; the message names it, its value and the remedy."""
