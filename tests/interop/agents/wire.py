"""Everything on loopback, written down while a test runs: SIP as text, RTP streams with their faults. Needs root; without it, it is silent."""

import socket
import struct
import threading
import time
from pathlib import Path

from . import rtp
from .timeline import now

_IPV4 = 0x0800
_OUTGOING = 4


class Wire:
    """Listens on `lo` from its making to `stop`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.messages, self.streams = [], {}
        self._socket = None
        self._begin = now()
        try:
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_IPV4))
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
            self._socket.bind(("lo", _IPV4))
            self._socket.settimeout(0.2)
        except OSError:
            self._socket = None
            return
        self._open = True
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        while self._open:
            try:
                data, (_, _, kind, _, _) = self._socket.recvfrom(65536)
            except socket.timeout:
                continue
            except OSError:
                return
            # A packet on loopback is seen going out and coming in.
            if kind == _OUTGOING or len(data) < 28 or data[9] != 17:
                continue
            size = (data[0] & 0x0F) * 4
            source, target = struct.unpack(">HH", data[size:size + 4])
            self._keep(now(), source, target, data[size + 8:])

    def _keep(self, at, source, target, payload):
        if payload[:1] and payload[0] >> 6 == 2:
            packet = rtp.parse(at, payload)
            if packet and packet.payload_type in (0, 8):
                packet.payload = b""
                self.streams.setdefault((source, target), []).append(packet)
        elif b"SIP/2.0" in payload[:2000] or payload[:1].isalpha():
            if len(self.messages) < 20000:
                self.messages.append((at, source, target, payload))

    def stop(self, names=None):
        """Writes `sip.txt` and `rtp.txt`; ports in `names` get their party's name."""
        if self._socket is None:
            return
        time.sleep(0.05)
        self._open = False
        self._thread.join(1)
        self._socket.close()
        names = names or {}
        with open(self.folder / "sip.txt", "w") as out:
            for at, source, target, payload in self.messages:
                text = payload.decode("utf-8", "replace").replace("\r\n", "\n").rstrip()
                out.write(f"=== {at - self._begin:8.3f}  {names.get(source, source)} -> {names.get(target, target)}\n{text}\n\n")
        with open(self.folder / "rtp.txt", "w") as out:
            for (source, target), packets in self.streams.items():
                wrong = rtp.faults(packets)
                out.write(f"{names.get(source, source)} -> {names.get(target, target)}  {packets[0].at - self._begin:.3f} to {packets[-1].at - self._begin:.3f}, "
                          f"{len(packets)} packets, {len(wrong)} faults {wrong[:4]}\n")
