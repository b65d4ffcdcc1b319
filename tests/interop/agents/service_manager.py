"""What starts the unit as a service: hears what systemd would hear, and makes one thread of the unit hang."""

import contextlib
import ctypes
import os
import socket
import tempfile
import threading
from pathlib import Path

from .timeline import Timeline

_LIBC = ctypes.CDLL(None, use_errno=True)
_DETACH, _SEIZE, _INTERRUPT = 17, 0x4206, 0x4207
_ANY_THREAD = 0x40000000


class ServiceManager:
    """A notification socket; `environment` is for the unit. With `bites_after` (seconds) there is a watchdog."""

    def __init__(self, bites_after=None):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        # The name of a socket is a short one.
        self._folder = tempfile.TemporaryDirectory(prefix="notify")
        self._socket.bind(f"{self._folder.name}/socket")
        self.environment = {"NOTIFY_SOCKET": f"{self._folder.name}/socket"}
        if bites_after:
            self.environment["WATCHDOG_USEC"] = str(int(bites_after * 1e6))
        self.timeline = Timeline("systemd")
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            for line in self._socket.recv(4096).decode().splitlines():
                self.timeline.add({"event": line})

    def heard(self, line, since=0.0):
        """The moments at which it was told so."""
        return [one["at"] for one in list(self.timeline.happenings) if one["event"] == line and one["at"] >= since]


def thread_of(pid, name):
    """The number of a process's thread by its name."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().strip() == name:
            return int(task.name)
    raise AssertionError(f"{pid} has no thread {name}")


def _ptrace(request, thread):
    _LIBC.ptrace.argtypes = [ctypes.c_long] * 4
    if _LIBC.ptrace(request, thread, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"thread {thread} cannot be held: {os.strerror(ctypes.get_errno())}")


@contextlib.contextmanager
def hanging(thread):
    """One thread of a child stands still, and no other."""
    _ptrace(_SEIZE, thread)
    _ptrace(_INTERRUPT, thread)
    os.waitpid(thread, _ANY_THREAD)
    try:
        yield
    finally:
        _ptrace(_DETACH, thread)
