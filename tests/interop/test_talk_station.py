"""The unit's own handset: its hook, its keys."""

import time

import pytest
from agents import sound
from agents.timeline import now, until


class Handset:
    """What the talk station plays, as a party that hears."""

    name = "the handset"

    def __init__(self, folder):
        self.path = folder / "handset.wav"

    def ear(self):
        """All that it has played."""
        samples, rate = sound.read_wav(self.path)
        # The file grows at the pace of a sound card, so its last sample is as old as the file's last change.
        end = now() - (time.time() - self.path.stat().st_mtime)
        return sound.Recording(samples, rate, end - len(samples) / rate)


def talk(scene, hook=False):
    """A handset that says C's tone, for the configuration."""
    said = scene.folder / "said.wav"
    sound.write_wav(said, sound.sine(sound.TONES["C"], 10, 48000), 48000)
    return f'[talk]\nkind = "handset"\nplayback = "wav:{scene.folder / "handset.wav"}"\ncapture = "wav:{said}"\nhook = {str(hook).lower()}\n'


def registered(unit):
    """Waits until the talk station can be called."""
    until(lambda: "Station 106 has registered" in str(unit.status()["recent"]), 5, "the talk station registers")


def test_a_call_rings_until_the_handset_is_lifted_and_ends_when_it_is_put_back(scene):
    """R4, B1: the key brings the call, lifting answers it, putting back ends it and parks nothing."""
    unit = scene.start_unit(more=talk(scene, hook=True), page_repeats=0)
    registered(unit)
    handset = Handset(scene.folder)
    caller, parker = scene.phones("pp", "AB")
    orbit, _ = scene.parked(caller, parker)
    pressed = now()
    unit.press(f"orbit-{orbit}")
    until(lambda: now() > pressed + 1.5, 3, "it rings")
    assert handset.ear().between(pressed).carries("A") == 0, "a handset on its hook has answered"
    scene.hears_music(caller, since=pressed)
    lifted = now()
    unit.edge("hook", True)
    scene.hears(caller, "C", since=lifted)
    scene.hears(handset, "A", since=lifted)
    back = now()
    unit.edge("hook", False)
    caller.closed(after=back)
    scene.free(orbit)
    assert unit.occupied() == []


def test_a_lifted_handset_is_connected_at_once(scene):
    """Lifted first, then the key: the call is there; after the call the next one is, too, until it is put back."""
    unit = scene.start_unit(more=talk(scene, hook=True), page_repeats=0)
    registered(unit)
    unit.edge("hook", True)
    caller, parker = scene.phones("pp", "AB")
    orbit, _ = scene.parked(caller, parker)
    pressed = now()
    unit.press(f"orbit-{orbit}")
    heard = scene.hears(caller, "C", since=pressed)
    assert heard - pressed < 1.5, f"{heard - pressed:.2f} s"


def test_who_gives_up_ringing_is_in_the_orbit_still(scene):
    """Function stops the ringing; the caller waits on as before, and is brought by the next press."""
    unit = scene.start_unit(more=talk(scene, hook=True), page_repeats=0)
    registered(unit)
    caller, parker = scene.phones("pp", "AB")
    orbit, _ = scene.parked(caller, parker)
    unit.press(f"orbit-{orbit}")
    until(lambda: "Calling" in str(unit.status()["recent"]), 2, "it rings")
    stopped = now()
    unit.press("function")
    scene.hears_music(caller, since=stopped)
    unit.edge("hook", True)
    until(lambda: now() > stopped + 1.0, 2, "nothing")
    assert unit.occupied() == [orbit], "lifting answered a call that nobody brought"
    pressed = now()
    unit.press(f"orbit-{orbit}")
    scene.hears(caller, "C", since=pressed)


@pytest.mark.parametrize("hook", [False, True])
def test_function_hangs_up(scene, hook):
    """A set without a hook needs a key that ends its call."""
    unit = scene.start_unit(more=talk(scene, hook=hook), page_repeats=0)
    registered(unit)
    if hook:
        unit.edge("hook", True)
    caller, parker = scene.phones("pp", "AB")
    orbit, _ = scene.parked(caller, parker)
    unit.press(f"orbit-{orbit}")
    scene.hears(caller, "C")
    over = now()
    unit.press("function")
    caller.closed(after=over)
    scene.free(orbit)
