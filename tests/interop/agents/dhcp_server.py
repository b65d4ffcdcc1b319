"""A real DHCP server at the outer end of a network: dnsmasq, with options that it hands on."""

import subprocess

from . import process
from .timeline import until


class DhcpServer:
    """Answers in that network until it is stopped; `options` by number."""

    def __init__(self, folder, network, options):
        self._log = folder / "dhcp.log"
        order = [
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--port=0", "--bind-interfaces", f"--interface={network.outer}",
            "--except-interface=lo", f"--dhcp-range={network.unit},{network.unit},255.255.255.252", "--no-ping", "--log-dhcp", "--log-facility=-",
            f"--dhcp-leasefile={folder / 'leases'}", f"--pid-file={folder / 'dhcp.pid'}",
            *(f"--dhcp-option={number},{value}" for number, value in options.items()),
        ]
        with open(self._log, "wb") as log:
            self._child = process.start(order, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(lambda: "sockets bound exclusively to interface" in self.log() or self._child.poll() is not None, 5, "the DHCP server")
        assert self._child.poll() is None, self.log()

    def log(self):
        """All it has written."""
        return self._log.read_text(errors="replace")

    def stop(self):
        """Ends it."""
        process.stop(self._child)
