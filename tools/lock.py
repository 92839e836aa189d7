"""Choose the versions of everything we depend on, with their hashes, into requirements.lock, requirements-dev.lock and
requirements-spark.lock."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def lock(target: str, *extras: str) -> None:
    """This will write one lock, for every platform, with hashes and no addresses."""
    named = [word for extra in extras for word in ("--extra", extra)]
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header",
               "--python-version", "3.11", *named, "pyproject.toml", "-o", target]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True)


subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
lock("requirements.lock", "postgres")
lock("requirements-dev.lock", "postgres", "dev")
lock("requirements-spark.lock", "postgres", "dev", "spark")
