"""The line that wakes the amplifier, as it is seen from outside."""

from rig import sound
from rig.report import until

from .scene import AMPLIFIER, PARK, PRESS, RETRIEVE

# Bytes of a recording that are a millisecond: 48 kHz, two channels, 16 bits. What precedes the sound is its header.
MILLISECOND = 192
HEADER = 44


def play(scene):
    """It is asleep, wakes for a page, and sleeps again."""
    report, pins = scene.report, scene.machine.pins
    report.saw("the amplifier sleeps while nothing is said", until(lambda: not pins.is_high(AMPLIFIER), 60))
    # Looked at from the moment the key goes down: the first answer that is high tells where the recording was.
    high = lambda: pins.is_high(AMPLIFIER)
    pins.press(PARK)
    woken = until(high, PRESS)
    pins.release(PARK)
    woken = woken or until(high, 15)
    scene.woken_at = scene.machine.sounds[0].stat().st_size
    report.saw("its line goes high for a page", woken)
    scene.silence()
    report.saw("and low when nothing more is said", until(lambda: not pins.is_high(AMPLIFIER), 60))
    scene.press(RETRIEVE)
    for orbit in scene.page.occupied():
        scene.taken(orbit)


def heard(scene):
    """Whether the chime came after the line was high; what is in the recording then was played before."""
    if scene.woken_at is None:
        return
    samples, rate = sound.recording(scene.machine.sounds[0])
    before = (scene.woken_at - HEADER) // MILLISECOND * rate // 1000
    later = next((place for place, sample in enumerate(samples[before:]) if abs(sample) > 300), None)
    took = "" if later is None else f", {later * 1000 // rate} ms later"
    scene.report.saw(f"the chime begins when the amplifier is awake{took}", later is not None and later > 0)
