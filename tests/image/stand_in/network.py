"""The network that the stand-in is plugged into: a cable to this machine, in a network of its own, and a server that gives addresses."""

import socket
import struct
import subprocess
import threading

CABLE = "cable0"
HERE = "192.168.77.1"
THERE = "192.168.77.20"
MAC = "52:54:00:0b:17:0c"
NAME = "orbitbox-0b170c"
OFFER, ACKNOWLEDGE = 2, 5
# What it says in option 66: a place for telephones, which is none for a unit.
PLACE = "phones.example"


def possible():
    """Whether this machine makes cables."""
    try:
        with open("/dev/net/tun", "r+b", buffering=0):
            return True
    except OSError:
        return False


def lay():
    """Makes the cable. Only in a network namespace of its own."""
    for words in (f"link set lo up", f"tuntap add dev {CABLE} mode tap", f"addr add {HERE}/24 dev {CABLE}", f"link set {CABLE} up"):
        subprocess.run(["ip", *words.split()], check=True)


class Addresses(threading.Thread):
    """Gives the one machine its one address (RFC 2131), and no more than that."""

    def __init__(self):
        super().__init__(daemon=True)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, CABLE.encode())
        self._socket.bind(("", 67))
        self.names = []

    def run(self):
        """For ever."""
        while True:
            data, _ = self._socket.recvfrom(2048)
            options, at = {}, 240
            while at < len(data) and data[at] != 255:
                length = data[at + 1] if data[at] else 0
                options[data[at]] = data[at + 2:at + 2 + length]
                at += 2 + length if data[at] else 1
            if 12 in options:
                self.names.append(options[12].decode())
            here, there = socket.inet_aton(HERE), socket.inet_aton(THERE)
            lease = [(51, struct.pack(">I", 3600)), (1, bytes([255, 255, 255, 0])), (3, here)]
            match options.get(53, b"\0")[0]:
                case 1:
                    self._socket.sendto(self._answer(data, OFFER, there, lease), ("255.255.255.255", 68))
                case 3:
                    self._socket.sendto(self._answer(data, ACKNOWLEDGE, there, lease), ("255.255.255.255", 68))
                case 8:
                    self._socket.sendto(self._answer(data, ACKNOWLEDGE, bytes(4), [(66, PLACE.encode())]), (THERE, 68))

    @staticmethod
    def _answer(data, kind, given, options):
        here = socket.inet_aton(HERE)
        head = struct.pack(">BBBB4sHH4s4s4s4s", 2, 1, 6, 0, data[4:8], 0, 0x8000, data[12:16], given, here, bytes(4)) + data[28:44] + bytes(192) + data[236:240]
        options = [(53, bytes([kind])), (54, here), *options]
        return head + b"".join(bytes([code, len(value)]) + value for code, value in options) + b"\xff"
