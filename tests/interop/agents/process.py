"""Child processes that are always ended, by their own id and by nothing else."""

import atexit
import ctypes
import signal
import subprocess

_RUNNING = []
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    # A pytest that is killed outright runs no atexit hook; the kernel ends its children for it.
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def start(arguments, **options):
    """Starts a child process and remembers it."""
    child = subprocess.Popen(arguments, preexec_fn=_die_with_parent, **options)
    _RUNNING.append(child)
    return child


def kill(child):
    """Ends one child as a power cut does: it has no time for anything."""
    child.kill()
    child.wait()
    _RUNNING.remove(child)


def stop(child, grace=3.0):
    """Ends one child: politely, then surely. Returns its exit status."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(grace)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                pass
    if child in _RUNNING:
        _RUNNING.remove(child)
    return child.returncode


def stop_all():
    """Ends every child that is still running."""
    for child in list(_RUNNING):
        stop(child, grace=0.5)


atexit.register(stop_all)
