"""A phone's lamp: subscribes to an orbit and keeps what it is told (RFC 4235)."""

import random
import re
import socket
import threading
import xml.etree.ElementTree as Tree

from . import ports
from .raw_phone import parse
from .timeline import now, until

SPACE = "{urn:ietf:params:xml:ns:dialog-info}"


class Watcher:
    """One subscription over UDP. `told` is a list of (moment, version, state of the first dialog or None, document)."""

    def __init__(self, unit, orbit, number, user_agent="Lamp"):
        self.unit, self.orbit, self.number, self.user_agent = unit, orbit, number, user_agent
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ports.LOOPBACK, 0))
        self.address = f"{ports.LOOPBACK}:{self.socket.getsockname()[1]}"
        self.told, self.answers, self.ended = [], [], []
        self.call, self.tag, self.their_tag, self.cseq = f"{random.random()}", f"{random.random()}", "", 0
        host, port = unit.address.split(":")
        self.target = (host, int(port))
        threading.Thread(target=self._listen, daemon=True).start()
        self.subscribe(600)

    def subscribe(self, expires):
        """Asks, refreshes, or ends with 0; waits for the answer."""
        self.cseq += 1
        to = f";tag={self.their_tag}" if self.their_tag else ""
        text = (
            f"SUBSCRIBE sip:{self.orbit}@{self.unit.address} SIP/2.0\r\nVia: SIP/2.0/UDP {self.address};branch=z9hG4bK{random.random()};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{self.number}@{self.unit.address}>;tag={self.tag}\r\nTo: <sip:{self.orbit}@{self.unit.address}>{to}\r\n"
            f"Call-ID: {self.call}\r\nCSeq: {self.cseq} SUBSCRIBE\r\nContact: <sip:{self.number}@{self.address}>\r\nEvent: dialog\r\n"
            f"Accept: application/dialog-info+xml\r\nUser-Agent: {self.user_agent}\r\nExpires: {expires}\r\nContent-Length: 0\r\n\r\n")
        count = len(self.answers)
        self.socket.sendto(text.encode(), self.target)
        until(lambda: len(self.answers) > count, 3, "an answer to SUBSCRIBE")
        return self.answers[-1]

    def _listen(self):
        while True:
            try:
                data, source = self.socket.recvfrom(65536)
            except OSError:
                return
            first, headers, body = parse(data)
            if first.startswith("SIP/2.0 "):
                found = re.search(r"tag=([^;]+)", headers["to"][0])
                self.their_tag = found.group(1) if found else self.their_tag
                self.answers.append(int(first.split()[1]))
            elif first.startswith("NOTIFY "):
                self._notified(headers, body)
                lines = [f"{name.title()}: {value}" for name in ("via", "from", "to", "call-id", "cseq") for value in headers[name]]
                self.socket.sendto(("SIP/2.0 200 OK\r\n" + "\r\n".join(lines) + "\r\nContent-Length: 0\r\n\r\n").encode(), source)

    def _notified(self, headers, body):
        if headers["subscription-state"][0].startswith("terminated"):
            self.ended.append(headers["subscription-state"][0])
        if not body:
            return
        document = Tree.fromstring(body)
        dialogs = [(one.findtext(f"{SPACE}state"), one) for one in document.findall(f"{SPACE}dialog")]
        live = [state for state, _ in dialogs if state != "terminated"]
        self.told.append((now(), int(document.get("version")), live[0] if live else None, document))

    def shows(self, state, within=3.0):
        """Waits until the lamp shows `confirmed`, `early` or None (dark); returns the moment it was told."""
        until(lambda: self.told and self.told[-1][2] == state, within, f"lamp {self.orbit} shows {state}, told: {[one[1:3] for one in self.told]}")
        return self.told[-1][0]

    def versions(self):
        """The versions of all documents so far."""
        return [one[1] for one in self.told]

    def stop(self):
        """Lets go."""
        self.socket.close()
