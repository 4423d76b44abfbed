"""The one error that people see."""


class StackError(Exception):
    """Something that the person at the terminal has to know; the message is one clear line or block."""
