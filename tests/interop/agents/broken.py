"""Datagrams no phone should send, the same ones each time."""

import random


def datagrams(address, count, seed=5060):
    """Random bytes, damaged INVITEs, absurd lengths, wrong methods, half headers."""
    chance = random.Random(seed)
    host, port = address.split(":")
    whole = (
        f"INVITE sip:70@{address} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:9;branch=z9hG4bK{{n}};rport\r\nFrom: <sip:x@{host}>;tag={{n}}\r\n"
        f"To: <sip:70@{address}>\r\nCall-ID: broken-{{n}}\r\nCSeq: {{n}} INVITE\r\nContact: <sip:x@{host}:9>\r\nMax-Forwards: 70\r\n"
        "Content-Type: application/sdp\r\nContent-Length: {l}\r\n\r\nv=0\r\n"
    )
    for number in range(count):
        text = whole.replace("{n}", str(number + 1)).replace("{l}", "5").encode()
        kind = number % 10
        if kind == 0:
            yield chance.randbytes(chance.randrange(1, 1400))
        elif kind == 1:
            yield text[:chance.randrange(1, len(text))]
        elif kind == 2:
            damaged = bytearray(text)
            for _ in range(8):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            yield bytes(damaged)
        elif kind == 3:
            yield text.replace(b"Content-Length: 5", b"Content-Length: " + chance.choice([b"99999999999999999999", b"-1", b"x", b""]))
        elif kind == 4:
            yield text.replace(b"CSeq: ", b"CSeq: 9999999999999999999")
        elif kind == 5:
            yield text.replace(b"Max-Forwards", b"X" * chance.choice([1, 3000, 9000]))
        elif kind == 6:
            yield text.replace(b"sip:x@", chance.choice([b"sip:\xff\xfe@", b"tel:", b"sip:[::1", b"sip:%zz@", b"<<<sip:"]))
        elif kind == 7:
            yield text.replace(b"INVITE sip:", chance.choice([b"ACK sip:", b"BYE sip:", b"CANCEL sip:", b"NONSENSE sip:"])).replace(b"application/sdp", b"text/plain")
        elif kind == 8:
            yield b"SIP/2.0 200 OK\r\n" + text.split(b"\r\n", 1)[1]
        else:
            yield (b"\r\n" * chance.randrange(1, 50)) + b"Via: " * chance.randrange(0, 200)
