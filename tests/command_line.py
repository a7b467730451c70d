"""The command line as a user runs it, without a process of its own."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from fashion_core.__main__ import main

if TYPE_CHECKING:
    import pytest


def run_main(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object
) -> tuple[int, list[dict], str]:
    """``python -m fashion_core WORDS``: its exit code, its JSON lines and what it said."""
    monkeypatch.setattr(sys, "argv", ["fashion_core", *(str(word) for word in words)])
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    printed = capsys.readouterr()
    return int(code or 0), [json.loads(x) for x in printed.out.splitlines()], printed.err
