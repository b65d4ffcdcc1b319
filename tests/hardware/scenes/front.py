"""Digits, lamps and keys on the display chip."""

import time

from rig.report import until

from .scene import ORBITS, PRESS


def play(scene):
    """A call is parked, shown, announced, and taken by its key; the front is unplugged meanwhile."""
    report, chip, adapter = scene.report, scene.chip, scene.adapter
    report.saw("`orbitbox board` finds the front", "HT16K33 at 0x71 on /dev/i2c-0: answers" in scene.machine.said(), "it says otherwise")
    orbit = scene.park()
    if not report.saw("a call is parked", orbit, "nobody is"):
        return
    report.saw(f"the display shows {orbit}", until(lambda: scene.shows(orbit), 8), "it does not")
    report.saw("the lamp of the orbit is lit", until(lambda: scene.lamp(orbit), 8))
    scene.silence()
    with adapter.lock:
        before = chip.writes
    time.sleep(2)
    writes = chip.writes - before
    report.saw(f"nothing is written while nothing changes, but for digits that count the time ({writes} writes in 2 s)", writes <= 5)

    said = len(scene.machine.said())
    adapter.plugged = False
    report.saw("a front that is unplugged is told of", scene.says("keys, lamps and digits do not answer", said, 10))
    with adapter.lock:
        chip.ram[:] = bytes(16)
        chip.oscillates = chip.displays = False
        adapter.plugged = True
    report.saw("plugged in again it shows everything anew", until(lambda: scene.lamp(orbit) and not scene.shows("    "), 10))

    chip.contacts.add(ORBITS.index(orbit))
    time.sleep(PRESS)
    chip.contacts.discard(ORBITS.index(orbit))
    took = scene.taken(orbit)
    report.saw(f"a press of its key on the chip brings the call to the station beside the unit ({took or 0:.1f} s)", took is not None, "it waits still")
    report.saw("its lamp is dark", until(lambda: not scene.lamp(orbit), 10))
