"""The sound card."""

import time

from rig import sound
from rig.report import until

STATUS = "cat /proc/asound/card0/pcm0p/sub0/status"


def play(scene):
    """The program is kept from its work until the card has run dry; then the card is pulled, and plugged in again."""
    report, machine = scene.report, scene.machine
    # Longer than what lies in the card's buffer.
    _, dry = machine.tell(f"kill -STOP $(pidof orbitbox); sleep 0.3; {STATUS}; kill -CONT $(pidof orbitbox)")
    report.saw("a program that is kept from its work lets the card run dry", "state: XRUN" in dry, dry.strip())
    runs = until(lambda: "state: RUNNING" in machine.tell(STATUS)[1], 10)
    report.saw("it plays on", runs, machine.tell(STATUS)[1])

    said = len(machine.said())
    machine.remove("card0")
    report.saw("a sound card that is pulled is told of", scene.says("the speaker is not heard", said, 10))
    report.saw("calls are parked without it", scene.announced())
    machine.order("device_add", driver="usb-audio", id="card1", audiodev="sound1", bus="usb.0")
    runs = until(lambda: "state: RUNNING" in machine.tell(STATUS)[1], 30)
    report.saw("plugged in again, it is played to", runs, machine.tell("cat /proc/asound/cards; " + STATUS)[1])
    report.saw("a call is announced on it", scene.announced())


def heard(scene):
    """What the cards have recorded, once the machine is off."""
    for what, path in zip(("before it was pulled", "after it came back"), scene.machine.sounds, strict=True):
        samples, rate = sound.recording(path)
        found = sound.notes(samples, rate)
        scene.report.saw(f"the sound card's recording {what} holds the chime, note by note ({found.count('012')} times)", "012" in found, f"its notes are {found}")
