"""The supervisor: what it keeps up comes back at once when killed, and leaves no orphan behind."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time

import pytest

#: A server as gunicorn is one: a master that binds the port, and a process of its own that holds it too.
SERVER = """
import os, socket, sys, time
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))
if os.fork() == 0:
    while True:
        time.sleep(1)
print(os.getpid(), flush=True)
while True:
    listening.accept()[0].sendall(str(os.getpid()).encode())
"""
SUPERVISOR = """
import sys
from commonweal.web.supervisor import Child, keep_up
keep_up([Child("server", [sys.executable, "-c", sys.argv[1], sys.argv[2]], {})])
"""


def _group(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-eo", "pid=,pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in found.splitlines()]
    return [int(each) for each, group, state in rows if int(group) == pid and not state.startswith("Z")]


@pytest.fixture
def started():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-uc", SUPERVISOR, SERVER, str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as supervisor:
        yield supervisor, port


@pytest.fixture
def kept_up(started):
    supervisor, _port = started
    yield started
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(30) == 0


def _said(supervisor: subprocess.Popen[str]) -> int:
    readable, _, _ = select.select([supervisor.stdout], [], [], 20)
    assert readable, "no server could start within 20 seconds"
    return int(supervisor.stdout.readline())


def _answer(port: int) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as asked:
                return int(asked.recv(20))
        except (OSError, ValueError):
            time.sleep(0.05)
    raise AssertionError("nobody answers")


def test_killed_server_comes_back_on_its_port_and_leaves_no_orphan(kept_up):
    supervisor, port = kept_up
    first = _said(supervisor)
    assert len(_group(first)) == 2
    os.kill(first, signal.SIGKILL)
    second = _said(supervisor)  # it says so once it has its port
    assert second != first
    assert _answer(port) == second
    assert _group(first) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's kernel tells a child that its parent was killed")
def test_what_a_killed_supervisor_kept_up_stops_with_it(started):
    supervisor, port = started
    server = _said(supervisor)
    assert _answer(port) == server
    supervisor.kill()
    supervisor.wait(30)
    deadline = time.monotonic() + 30
    while server in _group(server) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = _group(server)
    for each in left:  # a real web server ends its own processes when it is asked to stop; this small one does not
        os.kill(each, signal.SIGKILL)
    assert server not in left
