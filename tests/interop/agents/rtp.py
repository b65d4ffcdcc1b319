"""An RTP endpoint of our own: sends a tone, keeps every packet that arrives, and checks their numbers."""

import random
import socket
import struct
import threading
import time
from dataclasses import dataclass

import numpy

from . import g711, ports, sound

PACKET = 160
# Linux: the moment at which the kernel took a packet in, seconds and nanoseconds. Python has no name for it.
SO_TIMESTAMPNS = 35


@dataclass
class Packet:
    """An RTP packet (RFC 3550, section 5.1) and the moment it arrived."""

    at: float
    sequence: int
    timestamp: int
    ssrc: int
    marker: bool
    payload_type: int
    payload: bytes


def parse(at, data):
    """Reads a packet; none if it is not RTP."""
    if len(data) < 12 or data[0] >> 6 != 2 or 72 <= (data[1] & 0x7F) <= 76:
        return None
    sequence, timestamp, ssrc = struct.unpack(">HII", data[2:12])
    skip = 12 + 4 * (data[0] & 0x0F)
    return Packet(at, sequence, timestamp, ssrc, bool(data[1] & 0x80), data[1] & 0x7F, data[skip:])


def faults(packets):
    """What is wrong with a stream's numbers: gaps, repeats, timestamps that do not advance by 160 a packet
    (a packet with the marker bit may leap forward: another source speaks, RFC 3550 section 5.1), changes of source."""
    found = []
    for before, after in zip(packets, packets[1:]):
        step = (after.sequence - before.sequence) & 0xFFFF
        time_step = (after.timestamp - before.timestamp) & 0xFFFFFFFF
        if after.ssrc != before.ssrc:
            found.append(f"source {before.ssrc:08x} became {after.ssrc:08x} at sequence {after.sequence}")
        elif step != 1:
            found.append(f"sequence {before.sequence} -> {after.sequence}")
        elif time_step != PACKET and not (after.marker and time_step < 1 << 31):
            found.append(f"timestamp advanced by {time_step} at sequence {after.sequence}")
    return found


def recording(packets):
    """What the packets carry, at the moments their timestamps say."""
    packets = [one for one in packets if one.payload_type in g711.DECODE]
    if not packets:
        return sound.Recording(numpy.zeros(0), 8000)
    at, base = packets[0].at, packets[0].timestamp
    length = ((packets[-1].timestamp - base) & 0xFFFFFFFF) + PACKET
    if length > 8000 * 600:
        return sound.Recording(numpy.concatenate([g711.decode(one.payload_type, one.payload) for one in packets]), 8000, at)
    samples = numpy.zeros(length)
    for one in packets:
        place = (one.timestamp - base) & 0xFFFFFFFF
        piece = g711.decode(one.payload_type, one.payload)
        samples[place:place + len(piece)] = piece[:max(0, length - place)]
    return sound.Recording(samples, 8000, at)


def _age(stamps):
    """How long ago the kernel took a packet in, in seconds."""
    for _, kind, data in stamps:
        if kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", data)
            return max(0.0, time.time() - seconds - nanoseconds / 1e9)
    return 0.0


class Endpoint:
    """A UDP port that sends a tone 50 times a second once it knows whereto; with `group` it hears that multicast group."""

    def __init__(self, tone, payload_type=0, group=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.port = group[1] if group else ports.udp_range(2)
        self.socket.bind((group[0] if group else ports.LOOPBACK, self.port))
        if group:
            member = socket.inet_aton(group[0]) + socket.inet_aton(ports.LOOPBACK)
            self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.settimeout(0.1)
        self.payload_type = payload_type
        self.packets = []
        self.target = None
        self.sending = True
        self._tone = g711.encode(payload_type, sound.sine(tone, 8)) if tone and payload_type in g711.DECODE else None
        self._open = True
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._receive, self._send)]
        for thread in self._threads:
            thread.start()

    def _receive(self):
        while self._open:
            try:
                data, stamps, _, _ = self.socket.recvmsg(2048, 64)
            except socket.timeout:
                continue
            except OSError:
                return
            packet = parse(time.monotonic() - _age(stamps), data)
            if packet and (packet.payload_type in g711.DECODE or packet.payload_type == self.payload_type):
                self.packets.append(packet)

    def _send(self):
        sequence, stamp, ssrc = random.randrange(65536), random.randrange(1 << 32), random.randrange(1 << 32)
        start, count = time.monotonic(), 0
        while self._open:
            count += 1
            time.sleep(max(0.0, start + count * 0.02 - time.monotonic()))
            target = self.target
            sequence, stamp = (sequence + 1) & 0xFFFF, (stamp + PACKET) & 0xFFFFFFFF
            if target is None or not self.sending or self._tone is None:
                continue
            place = (count * PACKET) % len(self._tone)
            head = struct.pack(">BBHII", 0x80, self.payload_type, sequence, stamp, ssrc)
            try:
                self.socket.sendto(head + self._tone[place:place + PACKET], target)
            except OSError:
                pass

    def heard(self, since=0):
        """What the packets since that place in the list carry."""
        return recording(self.packets[since:])

    def close(self):
        """Stops."""
        self._open = False
        for thread in self._threads:
            thread.join(1)
        self.socket.close()
