"""Find Java 17 or newer for Spark, or install Debian's where this account may; say plainly what was done."""

import os
import re
import shutil
import subprocess
import sys

OLDEST = 17


def version() -> int:
    """This will give the Java version on the path, 0 where there is none."""
    if not shutil.which("java"):
        return 0
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def main() -> int:
    """This will answer 0 when there is a Java that Spark can use, and 1 with what to do where there is none."""
    if version() >= OLDEST:
        return 0
    if shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing Java {OLDEST} for Spark (once)…", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], env=environment, check=False, **quiet)
        package = f"openjdk-{OLDEST}-jre-headless"
        command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", package]
        subprocess.run(command, env=environment, check=False, **quiet)
    if version() >= OLDEST:
        return 0
    print(f"Spark needs Java {OLDEST} or newer on the path, and this account may not install it.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
