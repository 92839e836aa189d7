"""What a hostile file might make a parser do, for the tests of the limited child."""

import os
import socket
import subprocess
import threading


def spin(content, **options):
    yield "begun"
    while True:
        pass


def swell(content, **options):
    yield len("x" * (2 * 1024**3))


def flood(content, **options):
    while True:
        yield "x" * 1_000_000


def crash(content, **options):
    os.abort()
    yield


def fail(content, **options):
    raise RuntimeError("a fault of ours")
    yield


def attempt(content, **options):
    for name, act in {
        "socket": lambda: socket.socket(),
        "file": lambda: os.open("/etc/hostname", os.O_RDONLY),
        "write": lambda: os.open(os.path.join(content.decode(), "left-behind"), os.O_CREAT | os.O_WRONLY),
        "program": lambda: subprocess.run(["true"]),
        "fork": lambda: os.fork() or os._exit(0),
        "thread": lambda: threading.Thread(target=int).start(),
    }.items():
        try:
            act()
            yield [name, "done"]
        except (OSError, RuntimeError):
            yield [name, "refused"]
    yield ["environment", sorted(os.environ)]
    yield ["content", content.decode()]
