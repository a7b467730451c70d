"""The commands of ``python -m training`` in the groups of its ``--help``: options, and what they call."""

# Importing a group puts its commands into the application, in this order.
# isort: off
from training.commands import data, networks, heads, measure, publish  # noqa: F401
from training.commands.options import app

# isort: on

__all__ = ["app"]
