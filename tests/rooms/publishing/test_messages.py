"""The Welsh catalogue: whole, current, and compiled from what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_every_marked_text_has_welsh_and_the_catalogue_is_current():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "make_messages.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
