"""Two thousand messages that are wrong in known ways: each takes a right one and spoils one thing. The seed is fixed."""

import random
import re

SEED = 20240917
LONG = (64, 255, 1024, 4096, 16384, 60000)
NUMBERS = ("-1", "0", "4294967295", "4294967296", "18446744073709551616", "9" * 400, "0x10", "1e9", "", " ", "NaN", "+5", "٣")
FORMATS = ("%s%s%s%s%n", "%x" * 40, "${jndi:ldap://x}", "$(id)", "`id`", "../../../etc/passwd", "' OR 1=1 --", "<script>", "%00", "%0d%0aX: y")
BYTES = (b"\x00", b"\xff\xfe", b"\xc0\xaf", b"\xf0\x9f\x98\x80", b"\x80", b"\x1b[2J", b"\x7f", b"\r", b"\n", b"\t\t\t")
HOSTS = ("[::1", "[::g]", "256.256.256.256", "1.2.3", "-", "a" * 300, "[fe80::1%25eth0]", "host:99999", "host:-1", "host:", "%41%42", "..", "0", "[" + ":" * 60 + "]")
METHODS = ("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "SUBSCRIBE", "NOTIFY", "REFER", "UPDATE", "INFO", "PRACK", "MESSAGE", "PUBLISH")
FIELDS = {
    "Replaces": ("x", ";;;", "a;to-tag=b", "a;to-tag=b;from-tag=c;early-only=" + "z" * 2000),
    "Refer-To": ("<sip:", "<sip:a@b?Replaces=%3B%3B%3B>", "<sip:a@b>,<sip:c@d>", "tel:", "<>" * 500),
    "Event": ("", ";id=", "dialog;" * 400, "presence", "dialog;sla;ma" + ";x" * 3000),
    "Session-Expires": NUMBERS, "Min-SE": NUMBERS, "Expires": NUMBERS, "Max-Forwards": NUMBERS, "Content-Length": NUMBERS, "RSeq": NUMBERS,
    "Authorization": ("Digest", "Digest " + "a=b," * 3000, 'Digest username="', "Basic AAAA", 'Digest nonce="' + "n" * 5000 + '"'),
    "Diversion": ("<sip:" * 100, ";" * 500, '"' * 9), "History-Info": ("<sip:a>;index=1," * 500, "%" * 300), "Privacy": ("id;" * 900,),
    "P-Asserted-Identity": ('"\\"', "<tel:+" + "1" * 3000 + ">", "sip:"), "Require": ("a" * 4000, "," * 4000, "100rel, timer, replaces, x"),
    "Content-Type": ("", "multipart/mixed;boundary=", "multipart/mixed;boundary=" + "-" * 300, "application/sdp" * 300, "a/b;c=\"" + "d" * 900),
    "Record-Route": ("<sip:x;lr>," * 700, "<", "<sip:x?y=z>"), "Route": ("<sip:y;lr>," * 700,), "Accept": ("*/*," * 900,), "Alert-Info": ("<" * 900,),
}
SDP = ("v=0\r\n" * 900, "v=1\r\n", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 999.1.1.1\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n",
       "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 99999 RTP/AVP 0\r\n", "m=audio\r\n" * 300,
       "v=0\r\no=- " + "9" * 900 + " 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4 RTP/AVP " + "0 " * 3000 + "\r\n",
       "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + "m=audio 4 RTP/AVP 0\r\n" * 400, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4 RTP/AVP 0\r\na=rtpmap:0 " + "P" * 5000)
GOOD_SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"


def right(chance, number, target, source, transport):
    """A message with nothing wrong."""
    method = chance.choice(METHODS)
    user = chance.choice(("70", "71", "101", "park", "*8871", "999", "71;orbit=72"))
    body = GOOD_SDP if method in ("INVITE", "UPDATE") else ""
    kind = "Content-Type: application/sdp\r\n" if body else ""
    return (f"{method} sip:{user}@{target} SIP/2.0\r\nVia: SIP/2.0/{transport} {source};branch=z9hG4bKm{number};rport\r\nMax-Forwards: 70\r\n"
            f"From: \"M\" <sip:m{number}@{source}>;tag=t{number}\r\nTo: <sip:{user}@{target}>\r\nCall-ID: m{number}\r\nCSeq: {number + 1} {method}\r\n"
            f"Contact: <sip:m@{source}>\r\nEvent: dialog\r\nReferred-By: <sip:101@{target}>\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}")


def spoiled(chance, text):
    """The same with one thing wrong."""
    lines = text.split("\r\n")
    last = lines.index("")
    place = chance.randrange(0, last)
    name = lines[place].split(":")[0]
    kind = chance.randrange(18)
    if kind == 0:
        lines[place] += chance.choice("aA%<\";") * chance.choice(LONG)
    elif kind == 1:
        lines[place] = lines[place].replace(":", ": " + chance.choice(FORMATS), 1)
    elif kind == 2:
        lines[place] = re.sub(r"\d+", chance.choice(NUMBERS), lines[place], count=1)
    elif kind == 3:
        del lines[place]
    elif kind == 4:
        lines.insert(place, lines[place])
    elif kind == 5:
        lines[place:place] = [lines[place]] * chance.choice((10, 100, 400))
    elif kind == 6:
        return text.encode().replace(b"m", chance.choice(BYTES), chance.choice((1, 2, 5)))
    elif kind == 7:
        raw = bytearray(text.encode())
        for _ in range(chance.choice((1, 3, 20))):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        return bytes(raw)
    elif kind == 8:
        return text.encode()[:chance.randrange(len(text))]
    elif kind == 9:
        lines[place] = lines[place].replace(" ", chance.choice(("\r\n ", "\r\n\t", "  ", "\t", "\x0b")) * chance.choice((1, 5, 500)), 1)
    elif kind == 10:
        lines[place] = re.sub(r"127\.0\.0\.1(:\d+)?", lambda _: chance.choice(HOSTS), lines[place], count=1)
    elif kind == 11:
        field = chance.choice(list(FIELDS))
        lines.insert(place or 1, f"{field}: {chance.choice(FIELDS[field])}")
    elif kind == 12:
        body = chance.choice(SDP)
        return ("\r\n".join(line for line in lines[:last] if not line.startswith("Content-Length"))
                + f"\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()
    elif kind == 13:
        lines[0] = chance.choice(("SIP/2.0 200 OK", "SIP/2.0 999 Odd", "SIP/3.0 200", "INVITE", "", "INVITE  sip:a  SIP/2.0", "invite sip:70@x SIP/2.0",
                                  "GET / HTTP/1.1", "SIP/2.0 180 " + "r" * 9000, "\x00\x00", "JUGGLE sip:70@x SIP/2.0", "INVITE sip:" + "a" * 9000 + " SIP/2.0"))
    elif kind == 14:
        lines[place] = name + chance.choice((":", " :", ":::", "", ": ,,,,", ": ;;;;", ": <>", ": \"", ": <", ": =", ": @"))
    elif kind == 15:
        return ("\r\n".join(lines[:last]) + "\r\n" + "".join(f"X-{one}: y\r\n" for one in range(chance.choice((300, 3000)))) + "\r\n").encode()
    elif kind == 16:
        lines = [line.replace("To: <", f"To: <sip:70@x>;tag={chance.choice(FORMATS)}, <") for line in lines]
    else:
        return text.replace("\r\n", chance.choice(("\n", "\r", "\n\r", "\r\n\r\n"))).encode("utf-8")
    return "\r\n".join(lines).encode("utf-8", "surrogatepass")


def all_of(count, target, source, transport):
    """As many, always the same ones for the same addresses."""
    chance = random.Random(SEED)
    return [spoiled(chance, right(chance, number, target, source, transport))[:65000] for number in range(count)]
