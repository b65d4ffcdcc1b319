"""A tiny SIP user agent of our own, for what real phones cannot be made to do: exact re-INVITEs, no offer, one codec, every RTP packet kept."""

import random
import re
import socket
import threading
from pathlib import Path

from . import ports, rtp, sound
from .timeline import Timeline, now

# What it says is enough for the last two: they are kept as they come, and it sends nothing then.
NAMES = {0: "PCMU/8000", 8: "PCMA/8000", 9: "G722/8000", 96: "opus/48000/2"}


def parse(data):
    """First line, headers by lower-case name, body."""
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    lines = head.split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), []).append(value.strip())
    return lines[0], headers, body


def media_target(body):
    """Where an SDP wants its RTP."""
    address = re.search(r"^c=IN IP4 (\S+)", body, re.M)
    port = re.search(r"^m=audio (\d+)", body, re.M)
    return (address.group(1), int(port.group(1))) if address and port and int(port.group(1)) else None


class RawPhone:
    """One call at a time. Answers every request it gets with 200, sends ACKs (unless `acks` is off)."""

    kind = "raw"

    def __init__(self, folder, name, tone, number, codec=0):
        self.name, self.number, self.codec = name, number, codec
        self.folder = Path(folder)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ports.LOOPBACK, ports.udp()))
        self.port = self.socket.getsockname()[1]
        self.address = f"{ports.LOOPBACK}:{self.port}"
        self.uri = f"sip:{number}@{self.address}"
        self.timeline = Timeline(name)
        self.media = rtp.Endpoint(tone, codec)
        self.acks = True
        # It knows nothing of its call any more.
        self.forgets = False
        self.call_id = None
        self._log = open(self.folder / f"{name}.log", "w")
        self._version = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _send(self, text, to):
        self._log.write(f"--- {now():.3f} to {to}\n{text}\n")
        self.socket.sendto(text.encode(), to)

    def _listen(self):
        while True:
            try:
                data, source = self.socket.recvfrom(65536)
                if data.strip():
                    self._heard(data, source)
            except OSError:
                return
            except ValueError:
                # The log is closed: the phone has been stopped.
                return

    def _heard(self, data, source):
        self._log.write(f"--- {now():.3f} from {source}\n{data.decode('utf-8', 'replace')}\n")
        first, headers, body = parse(data)
        if first.startswith("SIP/2.0 "):
            self._response(first, headers, body, source)
        else:
            self._request(first, headers, source)

    def _request(self, first, headers, source):
        method = first.split()[0]
        self.timeline.add({"event": "request", "method": method, "headers": headers})
        if method == "ACK":
            return
        status = "481 Call Does Not Exist" if self.forgets else "200 OK"
        lines = [f"SIP/2.0 {status}"] + [f"Via: {via}" for via in headers["via"]]
        lines += [f"{name}: {headers[name.lower()][0]}" for name in ("From", "To", "Call-ID", "CSeq")]
        body = ""
        if method in ("INVITE", "UPDATE") and not self.forgets:
            body = self._sdp("sendrecv")
            lines += [f"Contact: <{self.uri}>", "Content-Type: application/sdp"]
        self._send("\r\n".join(lines + [f"Content-Length: {len(body)}", "", body]), source)

    def _response(self, first, headers, body, source):
        code = int(first.split()[1])
        number, method = headers["cseq"][0].split()
        if headers["call-id"][0] == self.call_id and method == "INVITE" and code >= 200:
            self.remote_tag = (re.search(r"tag=([^;>\s]+)", headers["to"][0]) or [None, ""])[1]
            if code < 300:
                self.target = re.search(r"<([^>]+)>", headers["contact"][0]).group(1)
                if media_target(body):
                    self.media.target = media_target(body)
            if self.acks:
                self._ack(int(number), code, headers)
        self.timeline.add({"event": "response", "code": code, "method": method, "cseq": int(number), "reason": first,
                           "headers": headers, "body": body})

    def _ack(self, number, code, headers):
        if code >= 300:
            lines = [f"ACK {self._request_uri} SIP/2.0", f"Via: {headers['via'][0]}"]
        else:
            lines = [f"ACK {self.target} SIP/2.0", self._via()]
        lines += [f"From: {self._from}", f"To: {headers['to'][0]}", f"Call-ID: {self.call_id}", f"CSeq: {number} ACK", "Max-Forwards: 70"]
        body = ""
        if code < 300 and self._offerless:
            body = self._sdp("sendrecv")
            lines.append("Content-Type: application/sdp")
        self._send("\r\n".join(lines + [f"Content-Length: {len(body)}", "", body]), self._peer)

    def _via(self):
        return f"Via: SIP/2.0/UDP {self.address};branch=z9hG4bK{random.getrandbits(64):016x};rport"

    def _sdp(self, direction):
        self._version += 1
        return "\r\n".join([
            "v=0", f"o=- 42 {self._version} IN IP4 {ports.LOOPBACK}", "s=-", f"c=IN IP4 {ports.LOOPBACK}", "t=0 0",
            f"m=audio {self.media.port} RTP/AVP {self.codec}", f"a=rtpmap:{self.codec} {NAMES[self.codec]}", f"a={direction}", ""])

    def _invite(self, direction, offer, headers):
        self.cseq += 1
        self._offerless = not offer
        body = self._sdp(direction) if offer else ""
        to = f"<{self._request_uri}>" + (f";tag={self.remote_tag}" if self.remote_tag else "")
        target = self.target or self._request_uri
        lines = [f"INVITE {target} SIP/2.0", self._via(), f"From: {self._from}", f"To: {to}", f"Call-ID: {self.call_id}",
                 f"CSeq: {self.cseq} INVITE", f"Contact: <{self.uri}>", "Max-Forwards: 70"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if body:
            lines.append("Content-Type: application/sdp")
        self._send("\r\n".join(lines + [f"Content-Length: {len(body)}", "", body]), self._peer)
        return self.cseq

    def call(self, uri, headers=None, offer=True):
        """Calls. The answer comes as a happening `response`."""
        self.call_id = f"{random.getrandbits(64):016x}"
        self._from = f'"{self.name}" <sip:{self.number}@{self.address}>;tag={random.getrandbits(64):016x}'
        self._request_uri, self.remote_tag, self.target = uri, "", None
        host, port = re.search(r"@([\d.]+):(\d+)", uri).groups()
        self._peer = (host, int(port))
        self.cseq = random.randrange(1, 1000)
        return self._invite("sendrecv", offer, headers or {})

    def reinvite(self, direction="sendrecv", offer=True):
        """A re-INVITE; returns its CSeq."""
        return self._invite(direction, offer, {})

    def in_dialog(self, method, headers=None, body=""):
        """Another request of the dialog; returns its CSeq."""
        self.cseq += 1
        lines = [f"{method} {self.target} SIP/2.0", self._via(), f"From: {self._from}", f"To: <{self._request_uri}>;tag={self.remote_tag}",
                 f"Call-ID: {self.call_id}", f"CSeq: {self.cseq} {method}", "Max-Forwards: 70"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self._send("\r\n".join(lines + [f"Content-Length: {len(body)}", "", body]), self._peer)
        return self.cseq

    def options(self, uri):
        """OPTIONS, outside any call."""
        host, port = re.search(r"@([\d.]+):(\d+)", uri).groups()
        lines = [f"OPTIONS {uri} SIP/2.0", self._via(), f"From: <sip:{self.number}@{self.address}>;tag={random.getrandbits(64):016x}",
                 f"To: <{uri}>", f"Call-ID: {random.getrandbits(64):016x}", "CSeq: 1 OPTIONS", "Max-Forwards: 70", "Content-Length: 0", "", ""]
        self._send("\r\n".join(lines), (host, int(port)))

    def final(self, cseq=None, within=5.0, since=0):
        """Waits for the final answer of an INVITE."""
        fields = {"method": "INVITE", "code": lambda code: code >= 200}
        if cseq is not None:
            fields["cseq"] = cseq
        return self.timeline.wait("response", within, since, **fields)

    def hangup(self):
        """BYE."""
        number = self.in_dialog("BYE")
        self.timeline.wait("response", 3, method="BYE", cseq=number)

    def ear(self):
        """All that came by RTP."""
        return self.media.heard()

    def stop(self):
        """Ends it; its recording stays in the folder."""
        if self.media.packets:
            sound.write_wav(self.folder / f"{self.name}.wav", self.ear().samples)
        self.media.close()
        self.socket.close()
        self._log.close()
