#!/usr/bin/env python3
"""The whole unit on an emulated machine with emulated parts: run.py EMULATOR GUEST PROGRAM FOLDER.

EMULATOR and GUEST are where `run.sh` unpacks packages, PROGRAM is the unit's, built for 64-bit Arm. Each line that is printed is one
thing that was to be seen: `pass`, `FAIL`, or `none` with the reason why this machine cannot show it.
"""

import re
import subprocess
import sys
import time
from pathlib import Path

from rig import guest
from rig.adapter import Adapter
from rig.ht16k33 import Ht16k33
from rig.machine import Machine
from rig.packages import Packages
from rig.page import Page, free_port
from rig.report import Report, until
from scenes import amplifier, front, keys, speaker, stick
from scenes.scene import Scene

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
[backup]
stick = "/media/orbitbox"
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
[key.orbit-2]
input = { device = "QEMU QEMU USB Keyboard", code = "KEY_2" }
"""


def started(report, scene):
    """The machine is switched on."""
    machine, page = scene.machine, scene.page
    # Held while the unit starts; `keys.held_at_start` looks what comes of it.
    machine.pins.press(keys.FUNCTION)
    machine.switch_on()
    begun = time.monotonic()
    until(lambda: not machine.alive() or page.status(), 60)
    took = time.monotonic() - begun
    if not report.saw(f"a stock kernel boots, and the unit's page answers: {took:.1f} s after power on", machine.alive() and page.status(), "it did not"):
        return False
    steps = re.findall(r"GUEST (kernel|program started)[^\n]*?([0-9.]+) s after power on", machine.said())
    report.line("", "    by the machine's clock: " + ", ".join(f"{what} {seconds} s" for what, seconds in steps))
    return True


def memory(report, scene):
    """What the program needs."""
    _, text = scene.machine.tell("grep -E 'VmRSS|VmHWM' /proc/$(pidof orbitbox)/status")
    used = {name: int(kilobytes) / 1024 for name, kilobytes in re.findall(r"(\w+):\s+(\d+) kB", text)}
    report.saw(f"the program's resident memory: {used.get('VmRSS', 0):.1f} MB, {used.get('VmHWM', 0):.1f} MB at most", len(used) == 2, text)


def main(emulator, tree, program, folder):
    report = Report()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*"):
        if old.is_file() or old.is_socket():
            old.unlink()
    packages, chip, page = Packages(emulator), Ht16k33(), Page(free_port())
    adapter = Adapter(folder / "bus", chip)
    adapter.start()
    missing = guest.initramfs(tree, program, {"unit.toml": CONFIGURATION, "board.toml": REVISION}, folder / "guest.cpio.gz")
    report.saw("every driver of the parts is in the kernel", not missing, f"none for {missing}")
    machine = Machine(packages, folder, guest.kernel(tree), folder / "guest.cpio.gz", page.port, folder / "bus")
    scene = Scene(report, machine, page, chip, adapter, packages)
    try:
        if report.saw("the machine can be built", machine.alive(), machine.complaints()) and started(report, scene):
            keys.held_at_start(scene)
            front.play(scene)
            keys.play(scene)
            amplifier.play(scene)
            speaker.play(scene)
            stick.play(scene)
            memory(report, scene)
            report.saw("the unit runs on", machine.alive() and page.status(), machine.said()[-500:])
    except (OSError, RuntimeError, subprocess.CalledProcessError) as fault:
        report.saw("the machine does what it is told", False, f"{fault} {getattr(fault, 'stderr', b'') or b''}")
    finally:
        machine.end()
    if machine.sounds[0].exists():
        amplifier.heard(scene)
        speaker.heard(scene)
    print(f"\n{report.good} passed, {report.bad} failed, {report.none} could not be shown")
    if report.bad:
        print(f"\nThe console:\n{machine.said()[-4000:]}\nThe machine:\n{machine.complaints()[-2000:]}")
    return report.bad == 0


if __name__ == "__main__":
    sys.exit(0 if main(*map(Path, sys.argv[1:5])) else 1)
