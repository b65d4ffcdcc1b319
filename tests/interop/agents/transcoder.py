"""The unit's own codecs, run over whole files."""

import os
import struct
import subprocess

import numpy


def encode(folder, codec, samples, order="encode"):
    """The payloads of 16-bit samples, as bytes; of Opus a list of packets."""
    out = _run(folder, order, codec, numpy.asarray(samples, dtype="<i2").tobytes())
    return _packets(out) if codec == "opus" else out


def decode(folder, codec, payloads):
    """16-bit samples of payloads as `encode` gives them. A packet that is `None` was lost."""
    if codec == "opus":
        payloads = b"".join(struct.pack("<H", len(packet or b"")) + (packet or b"") for packet in payloads)
    return numpy.frombuffer(_run(folder, "decode", codec, payloads), dtype="<i2")


def _run(folder, order, codec, data):
    before, after = folder / f"{order}-{codec}.in", folder / f"{order}-{codec}.out"
    before.write_bytes(data)
    done = subprocess.run([os.environ["ORBITBOX_TRANSCODE"], order, codec, before, after], check=False, timeout=60)
    assert done.returncode == 0, f"transcode {order} {codec}: {done.returncode}"
    return after.read_bytes()


def _packets(data):
    packets = []
    while data:
        length, = struct.unpack_from("<H", data)
        packets.append(data[2:2 + length])
        data = data[2 + length:]
    return packets
