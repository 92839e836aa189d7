"""Find chromium for the browser tests, or install Debian's where this account may; say plainly what was done."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    """This will answer 0 when there is a browser, and 0 with a plain word where there can be none."""
    if any(shutil.which(name) for name in NAMES):
        return 0
    may = shutil.which("apt-get") and os.geteuid() == 0
    if not may:
        print("There is no chromium here and this account may not install it: the browser tests will be left out.")
        return 0
    print("Installing chromium for the browser tests (once)…", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=environment, check=False, **quiet)
    done = subprocess.run(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"], env=environment, check=False, **quiet
    )
    if done.returncode != 0:
        print("Chromium could not be installed: the browser tests will be left out.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
