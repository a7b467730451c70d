"""``python -m training``: runs a command; what a user got wrong ends with a sentence and exit code 2."""

from __future__ import annotations

import sys

from fashion_core.errors import ToileError


def main() -> None:
    """Run the command that the words name."""
    words = sys.argv[1:]
    try:
        if words[:1] == ["sprint"]:
            # Straight to it: the machine of a sprint may lack what the other commands import.
            from training.sprint import main as sprint

            sprint(words[1:])
        else:
            from training.commands import app

            app()
    except ToileError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
