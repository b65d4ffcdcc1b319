"""Free ports on loopback."""

import os
import socket

LOOPBACK = "127.0.0.1"
_GIVEN = set()


def _free(kind):
    for _ in range(200):
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.bind((LOOPBACK, 0))
            port = probe.getsockname()[1]
        # The kernel may hand the same port out again before its first user has bound it.
        if (kind, port) not in _GIVEN:
            _GIVEN.add((kind, port))
            return port
    raise RuntimeError("no free port on loopback")


def udp():
    """A UDP port nobody listens on."""
    return _free(socket.SOCK_DGRAM)


def tcp():
    """A TCP port nobody listens on."""
    return _free(socket.SOCK_STREAM)


# Below the kernel's own choices, and apart for each of several test runners at work.
_FIRST = 10000 + 4000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
_next_range = _FIRST


def udp_range(count):
    """The even start of `count` neighbouring UDP ports that nobody listens on."""
    global _next_range
    if _next_range > _FIRST + 3600:
        _next_range = _FIRST
    while _next_range + count < _FIRST + 4000:
        start = _next_range
        _next_range += count + count % 2
        sockets = []
        try:
            for port in range(start, start + count):
                probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                sockets.append(probe)
                probe.bind((LOOPBACK, port))
            return start
        except OSError:
            continue
        finally:
            for probe in sockets:
                probe.close()
    raise RuntimeError("no free range of ports on loopback")


def is_free(port):
    """Whether nobody listens on that UDP port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def for_every_transport():
    """A port for a phone that listens on UDP and TCP, and for TLS on the next one."""
    while True:
        port = udp_range(2)
        try:
            for one in (port, port + 1):
                with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                    probe.bind((LOOPBACK, one))
            return port
        except OSError:
            continue
