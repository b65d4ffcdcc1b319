"""When a page begins and ends, and that an amplifier that has to wake first cuts nothing of it."""

import numpy
import pytest
from agents.timeline import now, until
from agents.unit import PILOT

# The place of the recording on the clock is that of the file's last change, which the kernel notes no finer.
CLOCK = 0.02


def amplifier(folder, settle_ms):
    """A revision with a simulated amplifier that needs so long to be heard, and the file that makes it report a fault."""
    revision, fault = folder / "board.toml", folder / "fault"
    revision.write_text(f'schema = 1\nname = "amplified"\n[amplifier.simulated]\nsettle-ms = {settle_ms}\nfault-file = "{fault}"\n')
    return f'revision = "{revision}"\n', fault


def park(scene, name="A"):
    """Somebody calls the pilot; returns who, and the moment of the park."""
    caller = scene.raw(name)
    at = now()
    caller.call(scene.unit.uri(PILOT))
    assert caller.final()["code"] == 200
    return caller, at


def sounds(recording, level=0.003):
    """The moments of the first and the last sample that can be heard; none in silence."""
    loud = numpy.flatnonzero(numpy.abs(recording.samples) > level)
    return (recording.begin + loud[0] / recording.rate, recording.begin + loud[-1] / recording.rate) if len(loud) else None


def page_begins(unit, since, within=3.0):
    """Waits for the first sound since a moment; returns its moment."""
    return until(lambda: sounds(unit.speaker().between(since)), within, "a page")[0]


@pytest.mark.parametrize("settle_ms", [0, 120])
def test_a_page_begins_at_once_and_ends_with_the_claim(scene, settle_ms):
    """The chime is audible within 500 ms of the park, and nothing is 300 ms after the claim; five times each."""
    panel, _ = amplifier(scene.folder, settle_ms)
    unit = scene.start_unit(panel=panel, cool_down="1s", page_repeats=1)
    begun, ended = [], []
    for name in ("A", "A2", "A3", "A4", "A5"):
        caller, at = park(scene, name)
        begun.append(page_begins(unit, at) - at)
        # Into the middle of the words.
        until(lambda: now() > at + 2.6, 5, "words")
        orbit = unit.occupied()[0]
        retriever = scene.raw("D" + name[1:])
        claimed = now()
        retriever.call(unit.uri(orbit))
        until(lambda: now() > claimed + 1.0, 2, "silence")
        last = sounds(unit.speaker().between(claimed - 0.05, claimed + 1.0))
        assert last, "nothing was being said at the claim"
        ended.append(last[1] - claimed)
        assert retriever.final()["code"] == 200
        retriever.hangup()
        scene.free(orbit)
        # The amplifier falls asleep, so that the next page has to wake it.
        until(lambda: now() > claimed + 7.0, 9, "the amplifier sleeps")
    print(f"settle {settle_ms} ms: begins after", ", ".join(f"{one * 1000:.0f}" for one in begun), "ms; ends",
          ", ".join(f"{one * 1000:.0f}" for one in ended), "ms after the claim")
    assert all(settle_ms / 1000 - CLOCK <= one < 0.5 for one in begun), begun
    assert all(one < 0.3 for one in ended), ended


@pytest.mark.parametrize("settle_ms", [120, 300, 1000])
def test_the_first_word_is_never_cut(scene, settle_ms):
    """The first announcement, for which the amplifier wakes, is the same as its repeat, for which it is awake: sample by sample."""
    panel, _ = amplifier(scene.folder, settle_ms)
    unit = scene.start_unit(panel=panel, page_repeats=2, page_interval="2s")
    caller, at = park(scene)
    first = page_begins(unit, at)
    until(lambda: len(unit.speaker().between(at).chimes()) == 2, 15, "the repeat")
    until(lambda: unit.status()["speaking"] is None, 10, "its end")
    recording = unit.speaker().between(at)
    loud = numpy.flatnonzero(recording.samples != 0)
    # Where nothing is heard for 1.5 s, one page ends and the next begins.
    breaks = numpy.flatnonzero(numpy.diff(loud) > 1.5 * recording.rate)
    assert len(breaks) >= 1, "one page"
    one = recording.samples[loud[0]:loud[breaks[0]] + 1]
    other = recording.samples[loud[breaks[0] + 1]:][:len(one)]
    assert len(one) > 3 * recording.rate and numpy.array_equal(one, other), "the first page is not the same as the second"
    print(f"settle {settle_ms} ms: begins {1000 * (first - at):.0f} ms after the park, {len(one) / recording.rate:.2f} s, whole")
    assert settle_ms / 1000 - CLOCK <= first - at < 0.5 + settle_ms / 1000, first - at
    caller.hangup()


def test_a_fault_of_the_amplifier_is_told_once_and_pages_go_on(scene):
    """Log, page and digits tell it, and that it is gone."""
    panel, fault = amplifier(scene.folder, 120)
    unit = scene.start_unit(panel=panel, page_repeats=1)

    def told():
        return [alert for alert in unit.status()["alerts"] if "amplifier" in alert]
    assert not told()
    fault.write_text("")
    until(told, 2, "the fault")
    _, at = park(scene)
    assert page_begins(unit, at) - at < 0.5
    until(lambda: unit.status()["speaking"] is None, 10, "its end")
    assert unit.log().count("the amplifier has a fault") == 1
    fault.unlink()
    until(lambda: not told(), 2, "the end of the fault")
    said = [line["text"] for line in unit.status()["recent"]]
    assert any("amplifier has a fault" in line for line in said) and any("well again" in line for line in said), said
