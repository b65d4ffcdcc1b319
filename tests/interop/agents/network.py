"""A network between the unit and everybody else that can be cut: a pair of Ethernet ports, the unit's in a name space of its own."""

import os
import subprocess

from . import ports

# For documentation (RFC 5737): nobody's real addresses. Each pair has four of them.
_NET = "192.0.2"


class Network:
    """Made at once, gone with `close`. Phones that are started meanwhile are at its outer end. Needs root."""

    def __init__(self, monkeypatch):
        name = f"orbitbox{os.getpid()}"
        self._name, self.outer = name, f"ob{os.getpid()}"
        block = os.getpid() % 64 * 4
        self.unit, self.outside = f"{_NET}.{block + 2}", f"{_NET}.{block + 1}"
        self.enter = ["ip", "netns", "exec", name]
        _ip("netns", "add", name)
        try:
            _ip("link", "add", self.outer, "type", "veth", "peer", "name", "lan", "netns", name)
            _ip("address", "add", f"{self.outside}/30", "dev", self.outer)
            _ip("link", "set", self.outer, "up")
            _ip("-n", name, "address", "add", f"{self.unit}/30", "dev", "lan")
            _ip("-n", name, "link", "set", "lo", "up")
            _ip("-n", name, "link", "set", "lan", "up")
        except AssertionError:
            self.close()
            raise
        monkeypatch.setattr(ports, "LOOPBACK", self.outside)

    def cut(self):
        """The cable is pulled: what the unit sends fails at once, for want of a way."""
        _ip("-n", self._name, "link", "set", "lan", "down")

    def mend(self):
        """The cable is back."""
        _ip("-n", self._name, "link", "set", "lan", "up")

    def close(self):
        """Takes it away, both ends."""
        _ip("netns", "delete", self._name)


def _ip(*words):
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr.strip()}"
