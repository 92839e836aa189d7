"""One process that keeps the product up: PostgreSQL (if ours), the web server and the worker.

SIGTERM or Ctrl-C stops all of them in order; a web server or worker that dies is started again, and whatever it had
started itself is ended first: a killed web server's own processes would hold its port, a killed worker's would go on.
When this process is itself killed outright, the kernel asks the web server and the worker to stop (Linux), so that the
next start finds the port free and no second worker at work.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

STOP_SECONDS = 20
RESTART_PAUSE_SECONDS = 1.0
_TELL_WHEN_PARENT_DIES = 1  # PR_SET_PDEATHSIG of Linux's prctl
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass
class Child:
    """One process to keep up."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = field(default=0.0)

    def start(self) -> None:
        """This will start the process in a group of its own."""
        self.started_at = time.monotonic()
        parent = os.getpid()
        # Between fork and exec there is one system call, made by code loaded long before: safe beside a thread.
        self.process = subprocess.Popen(
            self.command, env=os.environ | self.environment, start_new_session=True, stdin=subprocess.DEVNULL,
            preexec_fn=lambda: _stop_with(parent),
        )  # fmt: skip

    def start_again(self) -> None:
        """This will end what a dead process left behind in its group, and start it anew."""
        self._end_group()
        self.start()

    def stop(self) -> None:
        """This will ask the process to stop, and end it, and all that it started, when it does not."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        self._end_group()
        self.process.wait()

    def _end_group(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):  # nobody is left of it
                os.killpg(self.process.pid, signal.SIGKILL)


def _stop_with(parent: int) -> None:
    """This will have the kernel ask this process to stop as soon as the one that started it is gone."""
    if _LIBC is not None:
        _LIBC.prctl(_TELL_WHEN_PARENT_DIES, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it went before the kernel knew
            os._exit(1)


class Stop(Exception):
    """Somebody asked the product to stop."""


def _ask_to_stop(signum: int, frame: FrameType | None) -> None:
    raise Stop


def keep_up(children: list[Child]) -> None:
    """This will start every child and keep it up until SIGTERM or SIGINT, then stop all, last first."""
    before = {number: signal.signal(number, _ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        for child in children:
            child.start()
        while True:
            for child in children:
                if child.process is not None and child.process.poll() is not None:
                    print(f"The {child.name} stopped ({child.process.returncode}); starting it again.", file=sys.stderr)  # noqa: T201
                    if time.monotonic() - child.started_at < RESTART_PAUSE_SECONDS * 2:
                        time.sleep(RESTART_PAUSE_SECONDS)
                    child.start_again()
            time.sleep(0.2)
    except Stop:
        print(f"Stopping; work in hand is finished first, for at most {STOP_SECONDS} seconds.", file=sys.stderr)  # noqa: T201
    finally:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        for child in reversed(children):
            child.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
