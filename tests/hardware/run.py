#!/usr/bin/env python3
"""The whole unit on an emulated machine with emulated parts: run.py PACKAGES PROGRAM FOLDER.

PACKAGES is where the packages of `packages.sh` are unpacked. Each line that is printed is one thing that was to be seen: `pass`, `FAIL`, or
`none` with the reason why this machine cannot show it.
"""

import http.client
import json
import math
import socket
import struct
import sys
import time
from pathlib import Path

from rig import guest
from rig.adapter import Adapter
from rig.ht16k33 import Ht16k33
from rig.machine import Machine

# As the built-in revision pi4-reference wires them.
DIGITS = (0, 2, 4, 6)
LAMPS = [(8, bit) for bit in range(8)]
PARK, RETRIEVE = 13, 14
ORBITS = [str(number) for number in range(71, 79)]
CHIME = (784, 659, 523)

CONFIGURATION = """
data-directory = "/tmp/data"
[sip]
listen = "127.0.0.1:5060"
[web]
listen = "0.0.0.0:8080"
[speaker]
alsa = "plughw:CARD=Audio"
[panel]
orbit-keys = "71-78"
station = "102"
revision = "/board.toml"
[[lot]]
name = "Warehouse"
pilot = "70"
orbits = "71-78"
cool-down = "1 s"
page-repeats = 1
[[station]]
user = "101"
[[station]]
user = "102"
"""

REVISION = """
schema = 1
name = "emulated"
extends = "pi4-reference"
[bus.panel]
i2c = { path = "/dev/i2c-0" }
[amplifier.none]
"""


class Report:
    """What was to be seen, and whether it was."""

    def __init__(self):
        self.begun, self.good, self.bad, self.none = time.monotonic(), 0, 0, 0

    def _line(self, verdict, what):
        print(f"{verdict:5} {time.monotonic() - self.begun:6.1f} s  {what}", flush=True)

    def saw(self, what, right, instead=""):
        """Notes one thing."""
        self.good, self.bad = self.good + bool(right), self.bad + (not right)
        self._line("pass" if right else "FAIL", what if right or instead == "" else f"{what}: {instead}")
        return right

    def cannot(self, what, why):
        """Notes what this machine has not."""
        self.none += 1
        self._line("none", f"{what}: {why}")


def until(found, within):
    """Asks again and again; the first answer that is one, or the last."""
    end = time.monotonic() + within
    while True:
        answer = found()
        if answer or time.monotonic() > end:
            return answer
        time.sleep(0.05)


def free_port():
    """A TCP port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def request(port, method, path):
    """A request to the page of the unit; none while it does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request(method, path)
        text = connection.getresponse().read()
        return json.loads(text) if text else {}
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def orbits(port):
    """What each orbit is doing."""
    status = request(port, "GET", "/api/status") or {"lots": []}
    return {orbit["number"]: orbit["state"] for lot in status["lots"] for orbit in lot["orbits"]}


def occupied(port):
    """The orbits that hold a call."""
    return [number for number, state in orbits(port).items() if state not in ("free", "reserved", "cooling-down")]


def recording(path):
    """The left channel of a recording, and its rate. Its header is not to be trusted while it is written."""
    data = Path(path).read_bytes()
    channels, rate = struct.unpack("<HI", data[22:28])
    samples = struct.unpack(f"<{(len(data) - 44) // 2}h", data[44:44 + (len(data) - 44) // 2 * 2])
    return samples[::channels], rate


def share(window, rate, hertz):
    """The part of the power of a stretch that lies at one frequency (Goertzel)."""
    step = 2 * math.pi * hertz / rate
    coefficient, last, before = 2 * math.cos(step), 0.0, 0.0
    for sample in window:
        last, before = sample + coefficient * last - before, last
    power = last * last + before * before - coefficient * last * before
    whole = sum(sample * sample for sample in window)
    return 2 * power / len(window) / whole if whole else 0.0


def notes(samples, rate):
    """Which notes of the chime follow one another."""
    found, size = [], rate // 20
    for start in range(0, len(samples) - size, size):
        window = samples[start:start + size]
        if max(window) < 300:
            continue
        shares = [share(window, rate, hertz) for hertz in CHIME]
        best = max(range(3), key=shares.__getitem__)
        if shares[best] > 0.4 and (not found or found[-1] != best):
            found.append(best)
    return found


def main(tree, program, folder):
    report, port = Report(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*"):
        if old.is_file() or old.is_socket():
            old.unlink()
    chip = Ht16k33()
    adapter = Adapter(folder / "bus", chip)
    adapter.start()
    missing = guest.initramfs(tree, program, {"unit.toml": CONFIGURATION, "board.toml": REVISION}, folder / "guest.cpio.gz")
    report.saw("every driver of the parts is in the kernel", not missing, f"none for {missing}")
    machine = Machine(tree, folder, guest.kernel(tree), folder / "guest.cpio.gz", port, folder / "bus")
    try:
        scenes(report, machine, chip, adapter, port)
    finally:
        machine.end()
    if report.bad == 0 or machine.sound.exists():
        samples, rate = recording(machine.sound)
        heard = notes(samples, rate)
        report.saw("the speaker's sound holds the chime, note by note", "012" in "".join(map(str, heard)), f"its notes are {heard}")
    report.cannot("a key at a pin", "this machine has no GPIO chip; its keys hang on the display chip")
    report.cannot("a stick that is plugged and pulled", "the unit does not mount sticks by itself yet")
    print(f"\n{report.good} passed, {report.bad} failed, {report.none} could not be shown")
    if report.bad:
        print(f"\nThe console:\n{machine.said()[-4000:]}\nThe machine:\n{machine.complaints()[-2000:]}")
    return report.bad == 0


def scenes(report, machine, chip, adapter, port):
    """What happens at the unit."""
    up = until(lambda: not machine.alive() or request(port, "GET", "/api/status"), 120)
    if not report.saw("a stock kernel boots, and the unit's page answers (by software emulation)", up and machine.alive(), "it did not"):
        return
    report.saw("`orbitbox board` finds the front", "HT16K33 at 0x71 on /dev/i2c-0: answers" in machine.said(), "it says otherwise")
    request(port, "POST", "/api/call-in")
    parked = until(lambda: occupied(port), 15)
    if not report.saw("a call is parked", parked, "nobody is"):
        return
    orbit = parked[0]
    place = ORBITS.index(orbit)
    shown = until(lambda: chip.text(DIGITS) == orbit, 8)
    report.saw(f"the display shows {orbit}", shown, f"it shows `{chip.text(DIGITS)}`")
    report.saw("the lamp of the orbit is lit", until(lambda: chip.lamp(*LAMPS[place]), 8))
    spoken = lambda: (request(port, "GET", "/api/status") or {}).get("speaking")
    until(lambda: not spoken(), 20)
    time.sleep(0.5)
    with adapter.lock:
        before = chip.writes
    time.sleep(2)
    writes = chip.writes - before
    report.saw("nothing is written while nothing changes, but for digits that count the time", writes <= 5, f"{writes} writes in 2 s")

    adapter.plugged = False
    told = until(lambda: "keys, lamps and digits do not answer" in machine.said(), 10)
    report.saw("a front that is unplugged is told of", told)
    with adapter.lock:
        chip.ram[:] = bytes(16)
        chip.oscillates = chip.displays = False
        adapter.plugged = True
    report.saw("plugged in again it shows everything anew", until(lambda: chip.lamp(*LAMPS[place]) and chip.text(DIGITS), 10))

    pressed = time.monotonic()
    chip.contacts.add(place)
    # As long as a hand does: an emulated bus is slow, and its machine may be busy.
    time.sleep(0.3)
    chip.contacts.discard(place)
    gone = until(lambda: orbit not in occupied(port), 10)
    report.saw(f"a press of its key brings the call to the station beside the unit ({time.monotonic() - pressed:.1f} s)", gone, "it waits still")
    report.saw("its lamp is dark", until(lambda: not chip.lamp(*LAMPS[place]), 10))
    report.saw("the unit runs on", machine.alive() and request(port, "GET", "/api/status"), machine.said()[-500:])


if __name__ == "__main__":
    sys.exit(0 if main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])) else 1)
