"""A name server with a few records of its own (RFC 1035, RFC 2782)."""

import ipaddress
import socket
import struct
import threading

from . import ports

A, SRV = 1, 33
_NO_SUCH_NAME = 3
# What is known is out of date soon.
_TTL = 1


def _name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.strip(".").split(".")) + b"\0"


def address(text):
    """An A record."""
    return A, ipaddress.IPv4Address(text).packed


def service(priority, port, host):
    """An SRV record."""
    return SRV, struct.pack("!HHH", priority, 1, port) + _name(host)


class NameServer:
    """Answers until it is stopped, at a free port or that address. `records` has lists of records by name."""

    def __init__(self, records, address=None):
        self.records = records
        self.asked = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        host, _, port = (address or f"{ports.LOOPBACK}:0").rpartition(":")
        self._socket.bind((host, int(port)))
        self.address = f"{ports.LOOPBACK}:{self._socket.getsockname()[1]}"
        self._socket.settimeout(0.2)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while not self._stopped.is_set():
            try:
                packet, asker = self._socket.recvfrom(1500)
            except TimeoutError:
                continue
            if answer := self._answer(packet):
                self._socket.sendto(answer, asker)

    def _answer(self, packet):
        labels, at = [], 12
        while length := packet[at]:
            labels.append(packet[at + 1:at + 1 + length].decode())
            at += 1 + length
        question = packet[12:at + 5]
        kind, = struct.unpack("!H", packet[at + 1:at + 3])
        name = ".".join(labels).lower()
        self.asked.append((name, kind))
        data = [one for held, one in self.records.get(name, []) if held == kind]
        code = 0 if name in self.records else _NO_SUCH_NAME
        head = packet[:2] + struct.pack("!HHHHH", 0x8580 | code, 1, len(data), 0, 0)
        return head + question + b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, _TTL, len(one)) + one for one in data)

    def stop(self):
        """Ends it; names are asked for in vain from then on."""
        self._stopped.set()
        self._thread.join()
        self._socket.close()
