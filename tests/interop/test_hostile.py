"""Messages that are wrong in every known way: the unit goes on answering, and forgets them."""

import re
import socket
import time
from pathlib import Path

import pytest
from agents import mutations, ports
from agents.timeline import until

COUNT = 2000
# One address may send so much and no more: the attacker has one of its own, and stays below that, so that all is read.
ATTACKER = "127.0.0.9"
BYTES_A_SECOND = 1_500_000


def memory(unit):
    """Resident memory of the unit in bytes."""
    status = Path(f"/proc/{unit._child.pid}/status").read_text()
    return 1024 * int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


class Line:
    """A way to the unit that is made anew whenever the unit closes it."""

    def __init__(self, unit, transport):
        self.unit, self.transport = unit, transport
        host, port = unit.address.split(":")
        self.target = (host, int(port))
        self.ask = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.ask.bind((ports.LOOPBACK, 0))
        self.ask.settimeout(1.0)
        self.socket = None
        self.open()

    def open(self):
        if self.socket:
            self.socket.close()
        if self.transport == "UDP":
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.bind((ATTACKER, 0))
        else:
            self.socket = socket.create_connection(self.target, 2, (ATTACKER, 0))
        self.address = f"{ATTACKER}:{self.socket.getsockname()[1]}"

    def send(self, message):
        """Sends it, over a new connection if the last one is gone."""
        time.sleep(len(message) / BYTES_A_SECOND)
        if self.transport == "UDP":
            self.socket.sendto(message, self.target)
            return
        self.open()
        self.socket.sendall(message)

    def answered(self, number):
        """An OPTIONS on the side is answered within a second."""
        here = f"{ports.LOOPBACK}:{self.ask.getsockname()[1]}"
        self.ask.sendto((f"OPTIONS sip:{self.unit.address} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bKo{number}\r\nFrom: <sip:o@{here}>;tag=o\r\n"
                         f"To: <sip:{self.unit.address}>\r\nCall-ID: o{number}{self.transport}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n").encode(), self.target)
        return self.ask.recv(65536).startswith(b"SIP/2.0 200")


@pytest.mark.parametrize("transport", ["UDP", "TCP"])
def test_two_thousand_wrong_messages(scene, transport):
    """OPTIONS is answered after every one; the same again leaves memory where it was; calls work as before."""
    unit = scene.start_unit(max_life="10s", ringback_after="0s")
    line = Line(unit, transport)
    messages = mutations.all_of(COUNT, unit.address, line.address, transport)
    after = []
    for turn in range(2):
        for number, message in enumerate(messages):
            line.send(message)
            assert line.answered(turn * COUNT + number), f"message {number} stops the unit: {message[:300]!r}"
        # What was parked in between has ended by its greatest age, and finished transactions are forgotten.
        until(lambda: not unit.occupied(), 40, "no orbit is left occupied")
        time.sleep(1.0)
        after.append(memory(unit))
    assert unit.alive()
    assert after[1] < after[0] + 8_000_000, f"memory grows: {after}"
    assert not [one for one in unit.status()["stations"] if one["registered"] and one["user"] != "101"]
    caller, parker, retriever = scene.phones("ppp")
    orbit, _ = scene.parked(caller, parker)
    call = retriever.call(unit.uri(orbit))
    scene.both_ways(retriever, caller, within=8)
    retriever.hangup(call)
