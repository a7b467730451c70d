"""Every command with its options, their defaults and their help: what ``--help`` tells.

The text that ``--help`` prints is drawn anew by every version of typer; what it is made of is not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from enum import Enum
from importlib import import_module
from pathlib import Path, PurePath
from typing import Any, get_type_hints

import pytest
from typer.main import get_command

REPO = Path(__file__).resolve().parents[2]


def described(command: Any) -> dict[str, Any]:
    """A command's help, its group if it has one, and its arguments and options in their order."""
    hints = get_type_hints(command.callback) if command.callback else {}
    group = {"group": command.rich_help_panel} if command.rich_help_panel else {}
    parameters = [parameter(p, hints) for p in command.params]
    return {"help": command.help, **group, "parameters": parameters}


def parameter(asked: Any, hints: dict[str, Any]) -> dict[str, Any]:
    """Of one argument or option: what a user reads and what is taken when it is left out."""
    wanted = hints[asked.name]
    choices = [member.value for member in wanted] if _is_enum(wanted) else None
    return {
        "name": asked.name,
        "written": [*asked.opts, *asked.secondary_opts],
        "type": choices or (wanted.__name__ if isinstance(wanted, type) else str(wanted)),
        "required": asked.required,
        "default": plain(asked.default),
        "metavar": asked.metavar,
        "help": asked.help,
        "panel": asked.rich_help_panel,
    }


def _is_enum(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, Enum)


def plain(default: Any) -> Any:
    """A default as JSON; of an absolute path its last part, as the rest is this machine's."""
    if isinstance(default, Enum):
        return default.value
    if isinstance(default, PurePath):
        return default.name if default.is_absolute() else default.as_posix()
    return default


#: Where a package's commands are, if not in its __main__.
MODULES = {"training": "commands"}


@pytest.mark.parametrize("package", ["fashion_core", "training", "benchmarks"])
def test_commands_take_the_same_options(golden, package):
    program = get_command(import_module(f"{package}.{MODULES.get(package, '__main__')}").app)
    commands = {name: described(command) for name, command in program.commands.items()}
    golden.check_json(f"commands-{package}", {"help": program.help, "commands": commands})


def test_the_app_takes_the_same_options(golden):
    done = subprocess.run(
        [sys.executable, "app.py", "--help"],
        cwd=REPO,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    golden.check_json("commands-app", done.stdout.splitlines())
