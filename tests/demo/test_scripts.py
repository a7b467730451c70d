from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from demo import scripts
from demo.theme import CSS, HEAD

REPO = Path(__file__).resolve().parents[2]


def test_every_file_beside_the_style_sheet_is_sent():
    sent = {value for value in vars(scripts).values() if isinstance(value, str)}
    assert all(script in HEAD for script in scripts.HEAD_SCRIPTS)
    for path in sorted(scripts.STATIC.iterdir()):
        content = path.read_text(encoding="utf-8")
        assert content in (CSS if path.suffix == ".css" else sent), path.name


def test_the_files_are_found_from_any_working_directory(tmp_path):
    code = f"import sys; sys.path.insert(0, {str(REPO)!r}); from demo import scripts; print(scripts.MORPH_JS)"
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "aria-valuetext" in done.stdout
