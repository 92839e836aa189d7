"""`commonweal up`: the whole product on this machine, kept up by one supervisor."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from commonweal.base import postgres
from commonweal.web.commands.database import database_as, var_folder
from commonweal.web.supervisor import Child, keep_up

PORT = 8000
PORTS_TRIED = 20
SECONDS_TO_ANSWER = 90


def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="Load the demonstration bodies and print their sign-ins.")
    ] = False,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where to listen; 0: 8000 or the next free port.")
    ] = 0,
) -> None:
    """Start the database, bring it up to date, and serve the product until Ctrl-C or SIGTERM."""
    var = var_folder()
    with (var / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            address = (var / "address").read_text().strip() if (var / "address").exists() else "starting"
            typer.echo(f"Commonweal is running already: {address}")
            return
        os.set_inheritable(lock.fileno(), False)
        try:
            _serve(var, demo=demo, port=_port(port))
        except postgres.PostgresUnavailable as error:
            typer.echo(f"Commonweal could not start. {error}", err=True)
            raise typer.Exit(1) from None
        finally:
            (var / "address").unlink(missing_ok=True)


def _port(asked: int) -> int:
    for port in [asked] if asked else range(PORT, PORT + PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    typer.echo(f"Port {asked or PORT} is taken on this machine. Choose another with --port.", err=True)
    raise typer.Exit(2)


def _serve(var: Path, *, demo: bool, port: int) -> None:
    signal.signal(signal.SIGTERM, _stop_early)  # while starting; the supervisor takes over afterwards
    with postgres.database(var) as connections:
        address = f"http://127.0.0.1:{port}"
        common = {
            "COMMONWEAL_VAR": str(var),
            "COMMONWEAL_DEMO": "1" if demo else os.environ.get("COMMONWEAL_DEMO", "0"),
            "COMMONWEAL_ADDRESS": os.environ.get("COMMONWEAL_ADDRESS", address),
            "DJANGO_SETTINGS_MODULE": "commonweal.web.settings",
            "PYTHONUNBUFFERED": "1",
        }
        started = time.monotonic()
        typer.echo("Bringing the database up to date…")
        installed = subprocess.run(
            [sys.executable, "-m", "commonweal", "install", *(["--demo"] if demo else [])],
            env=os.environ | common | connections.environment(as_owner=True), check=False,
        )  # fmt: skip
        if installed.returncode != 0:
            raise postgres.PostgresUnavailable("The database could not be brought up to date; the reason is above.")
        runtime = common | connections.environment()
        # The web server and the worker have no need of the owner's password.
        runtime["COMMONWEAL_OWNER_URL"] = ""
        web = [
            sys.executable, "-m", "gunicorn", "commonweal.web.wsgi:application", "--bind", f"127.0.0.1:{port}",
            "--workers", "2", "--threads", "4", "--preload", "--worker-tmp-dir", str(var), "--log-level", "warning",
        ]  # fmt: skip
        files = urlsplit(os.environ.get("COMMONWEAL_FILES_ADDRESS", ""))
        if files.hostname in ("127.0.0.1", "localhost") and files.port not in (None, port):
            web += ["--bind", f"127.0.0.1:{files.port}"]  # the files' own host, on this machine
        children = [
            Child("worker", [sys.executable, "-m", "commonweal", "worker"], runtime),
            Child("web server", web, runtime),
        ]
        (var / "address").write_text(address)
        ready = threading.Thread(target=_say_ready, args=(address, var, demo, started), daemon=True)
        ready.start()
        keep_up(children)
        typer.echo("Stopped.")


def _stop_early(signum: int, frame: object) -> None:
    raise SystemExit(0)


def _say_ready(address: str, var: Path, demo: bool, started: float) -> None:
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/", timeout=5):  # noqa: S310 - our own address
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    else:
        typer.echo("The web server does not answer yet; see the messages above.", err=True)
        return
    typer.echo(f"\nCommonweal is open at {address}  (ready in {time.monotonic() - started:.0f} s)\n")
    sign_ins = var / "demo-sign-ins.json"
    if demo and sign_ins.exists():
        found = json.loads(sign_ins.read_text())
        typer.echo(f"Sign in at {address}/account/login/ with the password:  {found['password']}\n")
        width = max((len(email) for email, _ in found["people"]), default=0)
        for email, does in found["people"]:
            typer.echo(f"  {email:<{width}}  {does}")
        typer.echo("")
    typer.echo("Ctrl-C stops it.")


def install(
    demo: Annotated[bool, typer.Option("--demo", help="Load the demonstration as well.")] = False,
) -> None:
    """Bring the database up to date: tables, walls, editions and places (as the owner role)."""
    with database_as(owner=True):
        from commonweal.base.installing import bring_up_to_date, collect_static_files
        from commonweal.directory.queries import places_are_loaded
        from commonweal.frameworks.actions import load_editions

        bring_up_to_date()
        load_editions()
        collect_static_files()
        if not places_are_loaded():
            typer.echo("Loading the country's places, once…")
            from commonweal.directory.actions import load_places
            from commonweal.sources.places import read_places

            load_places(read_places())
        if demo:
            from commonweal.web.demonstration import PASSWORD, load_demonstration

            people = load_demonstration()
            var = var_folder()
            (var / "demo-sign-ins.json").write_text(json.dumps({"password": PASSWORD, "people": people}))


def worker() -> None:
    """Run the jobs that pages and commands asked for, until told to stop."""
    with database_as():
        from commonweal.base.jobs import run_worker

        run_worker()
