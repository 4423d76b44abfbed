"""A small fixed load on a stack that is up: what is ordinary, and of each kind of trouble a little.

Three rounds, so that counters rise between two exports and a rate can be taken of each.
"""

ROUNDS = 3
ROUND_SECONDS = 3.0  # longer than the stack's metric interval
