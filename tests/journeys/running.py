"""Starting and stopping the product the way a person or a service manager does."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from commonweal.base import postgres

#: The demonstration takes a minute of processor; a busy machine gives it a tenth of that.
SECONDS_TO_START = 600


@dataclass(frozen=True)
class Product:
    """A running product: where it listens, where it keeps its things, and its process."""

    address: str
    var: Path
    process: subprocess.Popen[bytes] | None
    log: Path

    def sign_ins(self) -> dict[str, str]:
        """The demonstration's people: e-mail address to what they do."""
        return dict(json.loads((self.var / "demo-sign-ins.json").read_text())["people"])

    @property
    def password(self) -> str:
        """The demonstration's password."""
        return json.loads((self.var / "demo-sign-ins.json").read_text())["password"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_product(var: Path, *options: str, **settings: str) -> Product:
    """Start the product as a person would, with these settings, and wait until it answers."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("COMMONWEAL_", "DJANGO_"))}
    log = var.parent / f"{var.name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "commonweal", "up", *options, "--port", str(port)],
            env=environment | settings | {"COMMONWEAL_VAR": str(var)}, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/account/login/", timeout=10):
                return Product(address, var, process, log)
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                break
            time.sleep(0.3)
    process.terminate()  # while starting it ends what it began, and its database
    process.wait(60)
    raise AssertionError(f"the product did not start:\n{log.read_text()[-3000:]}")


def running_product(var: Path) -> Product:
    """The product that somebody else has up in this folder; it has no process of ours."""
    return Product((var / "address").read_text().strip(), var, None, var / "none.log")


def stop_product(product: Product) -> int:
    """Ask the product to stop as a service manager would; answer its exit code."""
    assert product.process is not None
    product.process.send_signal(signal.SIGTERM)
    return product.process.wait(60)


def children(pid: int) -> dict[str, int]:
    """The supervisor's own children by the words of their command."""
    found = {}
    for line in subprocess.run(
        ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    ).stdout.splitlines()[1:]:
        child, parent, command = line.split(None, 2)
        if int(parent) == pid:
            for name in ("worker", "gunicorn", "postgres"):
                if name in command:
                    found[name] = int(child)
    return found


def run_python(product: Product, code: str) -> str:
    """Run code in the product's database as the runtime role."""
    with postgres.database(product.var) as connections:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("COMMONWEAL_")}
        environment |= connections.environment() | {
            "COMMONWEAL_VAR": str(product.var), "DJANGO_SETTINGS_MODULE": "commonweal.web.settings",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"], env=environment, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


def check_record(product: Product) -> None:
    """Every invariant holds and every chain is whole, as `commonweal check` says."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("COMMONWEAL_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "commonweal", "check"], env=environment | {"COMMONWEAL_VAR": str(product.var)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
