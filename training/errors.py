"""Errors of the training side."""

from fashion_core.errors import ToileError


class DataError(ToileError):
    """The data set does not follow its published layout; the message names the row."""
