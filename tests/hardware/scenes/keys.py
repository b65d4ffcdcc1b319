"""Keys at lines of the GPIO chip, and of an input device."""

import time

from rig.report import until

from .scene import FUNCTION, PARK, PRESS, RETRIEVE

KEYBOARD = "QEMU QEMU USB Keyboard"
# Edges of a contact that closes, and the time between them: less than what a level has to last.
BOUNCES = 10
BOUNCE = 0.001
# Longer than what makes a press a hold.
HOLD = 1.5


def held_at_start(scene):
    """Function was held at power on: five seconds later every lamp and digit is tested."""
    lit = until(lambda: scene.shows("8888") and all(scene.lamp(str(orbit)) for orbit in range(71, 79)), 40)
    scene.report.saw("a key that was held at power on is felt: Function lights every lamp and digit", lit)
    scene.machine.pins.release(FUNCTION)
    scene.report.saw("let go, and the test is over", until(lambda: not scene.shows("8888"), 20))


def play(scene):
    """A key of a keyboard takes a call, so does one at a line, and one that bounces."""
    report, said = scene.report, scene.machine.said()
    for keys in (f"{PARK} (park)", f"{RETRIEVE} (retrieve)", f"{KEYBOARD} (KEY_2"):
        found = [line for line in said.splitlines() if keys in line]
        report.saw(f"`orbitbox board` reads {keys.split(' (')[0]}", found and "can be read" in found[0], found or "it does not name it")
    orbit = scene.park()
    report.saw(f"the Park key at a line parks the call again, on {orbit}", orbit, "it does not")
    scene.silence()
    strike(scene.machine, "2")
    report.saw(f"a key of a USB keyboard brings the call on {orbit}{after(scene, orbit)}", scene.talking, "it waits still")
    orbit = scene.park()
    scene.silence()
    scene.press(RETRIEVE)
    report.saw(f"the Retrieve key at a line brings the call on {orbit}{after(scene, orbit)}", scene.talking, "it waits still")
    bounce(scene)


def after(scene, orbit):
    """Waits until a call has been taken; the time that took, in words."""
    took = scene.taken(orbit)
    return "" if took is None else f" ({took:.1f} s)"


def strike(machine, key):
    """A key of the keyboard goes down and up."""
    for down in (True, False):
        machine.order("input-send-event", events=[{"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": key}}}])
        time.sleep(PRESS)


def bounce(scene):
    """The key bounces. Where that were several presses, a key that stays down would have been tapped before."""
    orbit = scene.park()
    scene.silence()
    closes(scene, HOLD)
    time.sleep(2)
    left = scene.page.occupied()
    scene.report.saw(f"a key that bounces ({BOUNCES} edges in {BOUNCES} ms) and stays down is held, and not tapped: {orbit} waits", left == [orbit], f"{left} wait")
    # One press ends the choice that a held Retrieve asks for, and no more; a second one would take the call.
    closes(scene, PRESS)
    time.sleep(2)
    left = scene.page.occupied()
    scene.report.saw("a press that bounces ends the choice it has asked for, and is not two", left == [orbit], f"{left} wait")
    closes(scene, PRESS)
    scene.report.saw(f"a key that bounces and is let go is tapped, and {orbit} taken{after(scene, orbit)}", scene.talking, "it waits still")


def closes(scene, seconds):
    """The contact of Retrieve closes badly, stays closed for so long, and opens."""
    pins = scene.machine.pins
    for edge in range(BOUNCES):
        pins.drive(RETRIEVE, edge % 2 == 1)
        time.sleep(BOUNCE)
    pins.press(RETRIEVE)
    time.sleep(seconds)
    pins.release(RETRIEVE)
