"""A limited child process for files that strangers wrote: 20 s of processor, 512 MB, no network, no other file.

A spreadsheet parser is a large program fed by anyone who may upload. It runs here in a process of its own whose
memory, time and output are capped by the kernel, whose environment holds no secret, and which, once its code is
loaded, may open neither a socket nor a file nor start a program (Linux system-call filter). What it read comes back
as lines of JSON, never as Python objects, so a captured child can say nothing but text.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import platform
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal

CPU_SECONDS = 20
MEMORY_BYTES = 512 * 1024 * 1024
OUTPUT_BYTES = 256 * 1024 * 1024
#: A child that sleeps uses no processor: this stops it by the clock on the wall.
WALL_SECONDS = 60

Limit = Literal["time", "memory", "output", "crash"]

#: System calls refused after loading: sockets, new processes and threads, programs, files, and ways round those.
_REFUSED_CALLS = {
    "x86_64": (0xC000003E, (2, 41, 42, 53, 56, 57, 58, 59, 85, 101, 257, 322, 425, 435, 437)),
    "aarch64": (0xC00000B7, (56, 117, 198, 199, 203, 220, 221, 281, 425, 435, 437)),
}
_EXIT_NO_MEMORY = 97
_EXIT_TOO_LONG = 98


class LimitReached(Exception):
    """The child was stopped before it finished; `limit` says by what."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit)
        self.limit: Limit = limit


def stream(target: str, content: BinaryIO, **options: str | int | None) -> Iterator[Any]:
    """This will run `package.module:function` over an open file in a limited child and yield what it yields.

    `function(content: bytes, **options)` must be a generator of JSON values; floats are not money, so send text.
    `content` must be a real file. Raises LimitReached when time, memory or output run out or the child crashes.
    """
    with tempfile.TemporaryFile() as answer:
        try:
            ended = subprocess.run(
                [sys.executable, "-P", "-m", __name__, target, json.dumps(options)],
                stdin=content,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"PYTHONPATH": os.pathsep.join(str(Path(p or ".").resolve()) for p in sys.path), "LANG": "C.UTF-8"},
                timeout=WALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LimitReached("time") from None
        if ended.returncode:
            raise LimitReached(_limit_of(ended.returncode))
        answer.seek(0)
        for line in answer:
            yield json.loads(line)


def _limit_of(code: int) -> Limit:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "time"
    if code in (_EXIT_NO_MEMORY, -signal.SIGABRT):  # Rust and C abort when an allocation is refused
        return "memory"
    return "output" if code == _EXIT_TOO_LONG else "crash"


def lock_down() -> bool:
    """This will refuse this process any further socket, program or file; False where the kernel cannot.

    Not to be called in a process that lives on: there is no way back.
    """
    if sys.platform != "linux" or platform.machine() not in _REFUSED_CALLS:
        return False
    architecture, calls = _REFUSED_CALLS[platform.machine()]
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    kill, refuse, allow = 0x80000000, 0x00050000 | 13, 0x7FFF0000
    steps = [(load, 0, 0, 4), (equal, 1, 0, architecture), (answer, 0, 0, kill), (load, 0, 0, 0)]
    steps += [(at_least, 0, 1, 0x40000000), (answer, 0, 0, kill)]  # the second numbering of calls on x86-64
    for call in calls:
        steps += [(equal, 0, 1, call), (answer, 0, 0, refuse)]
    steps.append((answer, 0, 0, allow))
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_filter, filter_mode = 38, 22, 2
    if libc.prctl(no_new_privileges, 1, 0, 0, 0):
        return False
    return not libc.prctl(set_filter, filter_mode, ctypes.c_void_p(ctypes.addressof(program)), 0, 0)


def _set_limits() -> None:
    import resource

    for kind, limit in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def _main() -> int:
    module, function = sys.argv[1].split(":")
    parse = getattr(importlib.import_module(module), function)
    content = sys.stdin.buffer.read()
    _set_limits()
    lock_down()
    try:
        for item in parse(content, **json.loads(sys.argv[2])):
            _write(json.dumps(item, separators=(",", ":")) + "\n")
        _write("", last=True)
    except MemoryError:
        return _EXIT_NO_MEMORY
    return 0


def _write(line: str, *, last: bool = False) -> None:
    try:
        sys.stdout.write(line)
        if last:
            sys.stdout.flush()
    except OSError:  # the answer has reached its limit
        os._exit(_EXIT_TOO_LONG)


if __name__ == "__main__":
    # Leaving at once: the interpreter's tidying-up may want files that it may no longer open.
    status = _main()
    os._exit(status)
