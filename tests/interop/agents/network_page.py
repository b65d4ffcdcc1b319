"""Senders of pages over the network: RTP to a multicast group, and the packets of Poly phones, both by loopback."""

import random
import select
import socket
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agents import g711, ports, process, sound  # noqa: E402
from agents.timeline import now  # noqa: E402

PAYLOAD_TYPES = {"PCMU": 0, "PCMA": 8, "G722": 9}
FRAME = 160
SECONDS = 12
# Of Poly phones (Engineering Advisory 70568).
ALERT, TRANSMIT, END = 0x0F, 0x10, 0xFF


def encoded(codec, tone, level=0.25):
    """Frames of 20 ms of a tone, which begin with the first whole wave."""
    if codec in ("PCMU", "PCMA"):
        data = g711.encode(PAYLOAD_TYPES[codec], sound.sine(tone, SECONDS, level=level))
    else:
        samples = (sound.sine(tone, SECONDS, 16_000, level) * 32767).astype("<i2").tobytes()
        data = subprocess.run(["ffmpeg", "-hide_banner", "-loglevel", "error", "-f", "s16le", "-ar", "16000", "-ac", "1", "-i", "-", "-f", "g722", "-"],
                              input=samples, capture_output=True, check=True).stdout
    return [data[at:at + FRAME] for at in range(0, len(data) - FRAME + 1, FRAME)]


def _socket():
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(ports.LOOPBACK))
    one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
    return one


class _Sender:
    """Sends datagrams at the pace of a telephone until it is stopped; `began` is when its first sound left."""

    def __init__(self, group):
        self.group, self.began, self.ended, self._open = group, None, None, True
        self._socket = _socket()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _pace(self, start, count, each):
        delay = start + count * each - now()
        if delay > 0:
            threading.Event().wait(delay)

    def _send(self, data):
        try:
            self._socket.sendto(data, self.group)
        except OSError:
            pass

    def stop(self):
        """Ends the page; returns when its last sound left."""
        self._open = False
        self._thread.join(5)
        self._socket.close()
        return self.ended

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._open:
            self.stop()


class RtpPage(_Sender):
    """A page by RTP. `payload_type` says something else than the codec, where it is given."""

    def __init__(self, group, codec, tone, payload_type=None, level=0.25):
        self._frames = encoded(codec, tone, level)
        self._type = PAYLOAD_TYPES[codec] if payload_type is None else payload_type
        super().__init__(group)

    def _run(self):
        sequence, stamp, ssrc = random.randrange(65536), random.randrange(1 << 32), random.randrange(1 << 32)
        start = now()
        for count, frame in enumerate(self._frames):
            self._pace(start, count, 0.02)
            if not self._open:
                break
            head = struct.pack(">BBHII", 0x80, self._type | (0x80 if count == 0 else 0), (sequence + count) & 0xFFFF, (stamp + count * FRAME) & 0xFFFFFFFF, ssrc)
            self.ended = now()
            self.began = self.began or self.ended
            self._send(head + frame)


class PolyPage(_Sender):
    """A page of a Poly phone. `lost` says of which transmit packets nothing arrives."""

    def __init__(self, group, channel, codec, tone, caller="Gate house", lost=lambda number: False):
        self._head = bytes([channel]) + struct.pack(">IB", random.randrange(1 << 32), 13) + caller.encode().ljust(13, b"\0")
        self._old = codec == "G726"
        self._frames = [bytes([0x55] * 90)] * 100 if self._old else encoded(codec, tone)
        self._codec = 0xFD if self._old else PAYLOAD_TYPES[codec]
        self._lost = lost
        super().__init__(group)

    def _run(self):
        start = now()
        for count in range(31):
            self._pace(start, count, 0.03)
            self._send(bytes([ALERT]) + self._head)
        start, stamp, before = start + 0.93, random.randrange(1 << 32), b""
        for count, frame in enumerate(self._frames):
            self._pace(start, count, 0.02)
            if not self._open:
                break
            head = bytes([TRANSMIT]) + self._head + struct.pack(">BBI", self._codec, 0, (stamp + count * FRAME) & 0xFFFFFFFF)
            self.ended = now()
            self.began = self.began or self.ended
            if not self._lost(count):
                self._send(head + before + frame)
            before = frame
        start = now() + 0.05
        for count in range(12):
            self._pace(start, count, 0.03)
            self._send(bytes([END]) + self._head)


class Flood:
    """Garbage, packets that cannot be played, and packets of ever new talkers, 10,000 a second. A process of its own: no
    sender of this one is to be late because of it."""

    MOST = 60_000

    def __init__(self, group):
        self._child = process.start([sys.executable, __file__, group[0], str(group[1])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def stop(self):
        """Ends it; how many packets it has sent."""
        sent, _ = self._child.communicate("", timeout=10)
        return int(sent)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._child.poll() is None:
            process.stop(self._child)


def _flood(group):
    """Until the standard input ends."""
    dice, sent, one = random.Random(5), 0, _socket()
    while sent < Flood.MOST and not select.select([sys.stdin], [], [], 0.005)[0]:
        for _ in range(25):
            junk = dice.randbytes(dice.randrange(1, 400))
            rtp = struct.pack(">BBHII", 0x80, dice.choice([3, 18, 96]), sent & 0xFFFF, sent * FRAME, dice.randrange(1 << 32)) + junk
            for data in (junk, rtp):
                try:
                    one.sendto(data, group)
                except OSError:
                    pass
                sent += 1
    print(sent)



@dataclass
class PolyPacket:
    """As received."""

    at: float
    op: int
    channel: int
    serial: int
    caller: str
    codec: int
    stamp: int
    frames: bytes


class PolyPhone:
    """Listens to a group as a Poly phone does."""

    def __init__(self, group):
        self.packets, self._open = [], True
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(group)
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group[0]) + socket.inet_aton(ports.LOOPBACK))
        self._socket.settimeout(0.1)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while self._open:
            try:
                data = self._socket.recv(2048)
            except socket.timeout:
                continue
            op, channel, serial, length = struct.unpack(">BBIB", data[:7])
            assert length == 13 and len(data) >= 20, data
            codec, _, stamp = struct.unpack(">BBI", data[20:26]) if op == TRANSMIT else (0, 0, 0)
            self.packets.append(PolyPacket(now(), op, channel, serial, data[7:20].rstrip(b"\0").decode(), codec, stamp, data[26:]))

    def heard(self, keep=lambda number: True):
        """What the sound packets that are kept carry, each lost frame taken from the next packet."""
        frames = {}
        sounds = [one for one in self.packets if one.op == TRANSMIT]
        for number, one in enumerate(sounds):
            if keep(number):
                frames[one.stamp] = one.frames[-FRAME:]
                if len(one.frames) == 2 * FRAME:
                    frames.setdefault((one.stamp - FRAME) & 0xFFFFFFFF, one.frames[:FRAME])
        samples = [g711.decode(0, frames[stamp]) for stamp in sorted(frames)]
        return sound.Recording(numpy.concatenate(samples) if samples else numpy.zeros(0), 8000, sounds[0].at if sounds else 0.0)

    def close(self):
        """Stops."""
        self._open = False
        self._thread.join(1)
        self._socket.close()


if __name__ == "__main__":
    _flood((sys.argv[1], int(sys.argv[2])))
