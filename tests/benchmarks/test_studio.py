from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from tests.conftest import REPO, add_tiny_form, write_tiny_root

pytestmark = pytest.mark.browser


@pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium on this machine")
def test_the_desk_is_measured_in_the_page_as_its_users_start_it(tmp_path):
    root = write_tiny_root(tmp_path)
    add_tiny_form(root)
    # In a process of its own, as one has room for one Playwright.
    words = [sys.executable, "-m", "benchmarks", "studio", "--moves", "3", "--walks", "1"]
    words += ["--checkpoints", str(root)]
    result = subprocess.run(words, cwd=REPO, capture_output=True, text=True, check=True)
    for slider in ("edits.sleeve_length", "edits.neckline_depth", "cloth.scale", "cloth.angle"):
        assert re.search(rf"{slider} +median +\d+, 95th percentile +\d+", result.stdout)
    assert "0 without a picture" in result.stdout
    assert "1 of 1 walks of moves, undo and redo end where they began" in result.stdout
    assert "after a restart the same to the byte: recipe, picture" in result.stdout
