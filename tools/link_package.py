"""Make the package and the `commonweal` command available in this environment, from where the code stands."""

import os
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

site = Path(sysconfig.get_paths()["purelib"])
(site / "commonweal.pth").write_text(f"{ROOT}\n")
command = Path(sys.executable).parent / "commonweal"
command.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m commonweal "$@"\n')
os.chmod(command, 0o755)
