"""The one error of this package: a line for the person at the terminal."""


class ClusterError(Exception):
    """Something is missing or wrong outside of the manifests; the message names it and the remedy."""
