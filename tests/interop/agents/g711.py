"""PCMU and PCMA, by tables made from the definitions in ITU-T G.711."""

import numpy


def _mu_decode(code):
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)
    return (0x84 - magnitude) if code & 0x80 else (magnitude - 0x84)


def _a_decode(code):
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 0x0F
    magnitude = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return magnitude if code & 0x80 else -magnitude


DECODE = {
    0: numpy.array([_mu_decode(code) for code in range(256)], dtype=numpy.float64) / 32768,
    8: numpy.array([_a_decode(code) for code in range(256)], dtype=numpy.float64) / 32768,
}


def decode(payload_type, payload):
    """Samples, -1 to 1."""
    return DECODE[payload_type][numpy.frombuffer(payload, dtype=numpy.uint8)]


def encode(payload_type, samples):
    """The nearest code of each sample."""
    table = DECODE[payload_type]
    order = numpy.argsort(table, kind="stable")
    levels = table[order]
    place = numpy.clip(numpy.searchsorted(levels, samples), 1, 255)
    lower = numpy.abs(levels[place - 1] - samples) <= numpy.abs(levels[place] - samples)
    return order[numpy.where(lower, place - 1, place)].astype(numpy.uint8).tobytes()
