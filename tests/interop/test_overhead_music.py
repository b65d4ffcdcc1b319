"""Music overhead: its level, how it makes room for a page, that the network hears nothing of it, and that quiet hours do not either."""

from contextlib import closing

import numpy
from agents import music_files, ports, rtp, sound
from agents.music_library import Music, MusicPage
from agents.timeline import now, until
from agents.unit import PILOT
from test_overhead_timing import amplifier

# No harmonic of a note of the chime.
TONE = 3000
FED = -20.0
# A track at -24 LUFS is to be 18 dB below a live page, which is at -16.
LOWERED = -10.0
FLAT = 'equalizer = "flat"\n'
WINDOW = 0.02
# The simulated socket gives a tone of this peak, dB above its mean level.
PEAK = 3


def track(folder):
    """A tone in the library of a unit that is to be started."""
    file = music_files.wav(folder / "tone.wav", sound.sine(TONE, 20, 44_100, level=10 ** (FED / 20) * 2 ** 0.5)[:, None])
    assert Music(folder / "data").run("import", file).code == 0


def envelope(recording, hertz=TONE):
    """The level of a tone around each moment, 5 ms apart: moments and dB."""
    size, step = int(WINDOW * recording.rate), int(0.005 * recording.rate)
    weights = numpy.hanning(size) * numpy.exp(-2j * numpy.pi * hertz * numpy.arange(size) / recording.rate)
    places = numpy.arange(0, len(recording.samples) - size, step)
    parts = [abs(numpy.dot(recording.samples[place:place + size], weights)) for place in places]
    amplitude = 2 * numpy.array(parts) / numpy.hanning(size).sum()
    return recording.begin + (places + size / 2) / recording.rate, 20 * numpy.log10(numpy.maximum(amplitude, 1e-9) / 2 ** 0.5)


def plays(unit, seconds, within=45):
    """Waits until music has been heard for so long; returns when it began."""
    def begun():
        recording = unit.speaker()
        loud = numpy.flatnonzero(numpy.abs(recording.samples) > 0.005)
        begin = recording.begin + loud[0] / recording.rate if len(loud) else None
        return begin if begin and recording.end > begin + seconds else None
    return until(begun, within + seconds, "music", every=0.2)


def wait(moment):
    """Until then."""
    until(lambda: now() > moment, moment - now() + 1, "time")


def test_music_makes_room_for_a_page_and_stays_at_home(scene, folder):
    """At its level before a park, 18 dB lower from 80 ms after the chime's beginning to 2 s after the page, and back; nothing of it in the multicast group."""
    track(folder)
    port = ports.udp_range(2)
    with closing(rtp.Endpoint(None, group=("239.192.7.2", port))) as loudspeaker:
        unit = scene.start_unit(more=f'[page]\nmusic = "everything"\nmulticast = "239.192.7.2:{port}"\n', speaker=FLAT, page_repeats=1)
        begun = plays(unit, 2.0)
        wanted = FED + MusicPage(unit).tracks()[1]["gain_db"] + LOWERED
        _, levels = envelope(unit.speaker().between(begun + 0.5, begun + 2.0))
        before = float(numpy.median(levels))
        assert abs(before - wanted) < 1 and levels.max() - levels.min() < 1, (before, wanted, levels.min(), levels.max())
        assert not loudspeaker.packets, "music in the group"

        caller, parked = scene.raw("A"), now()
        caller.call(unit.uri(PILOT))
        assert caller.final()["code"] == 200
        wait(parked + 12)
        heard = unit.speaker().between(parked)
        assert numpy.abs(heard.samples).max() > 0.06, f"no page in {heard.end - heard.begin:.1f} s after the park: {heard.report()}"
        chime = heard.begin + numpy.argmax(numpy.abs(heard.samples) > 0.06) / heard.rate
        assert 0 < chime - parked < 0.5, "the page begins as it does without music"
        # What is ducked is below this level, the softest word above it.
        loud = numpy.flatnonzero(numpy.abs(heard.between(chime).samples) > 0.008) / heard.rate + chime
        end = next(one for one, next_one in zip(loud, loud[1:]) if next_one - one > 1.0)

        at, level = envelope(heard)
        level = level - before
        fallen = at[numpy.argmax((at > chime - 0.05) & (level < -17))] - chime
        rises = next(moment for moment, one in zip(at, level) if moment > end + 0.3 and one > -17) - end
        whole = next(moment for moment, one in zip(at, level) if moment > end + 0.3 and one > -0.3) - end
        held = level[(at > end + 0.2) & (at < end + 1.8)]
        report = (f"level {before:.1f} dB (wanted {wanted:.1f}); {fallen * 1000:.0f} ms after the chime's first sample 17 dB lower; "
                  f"after the page {held.mean():.1f} dB ({held.min():.1f} to {held.max():.1f}), rises {rises:.2f} s after the last word, whole after {whole:.2f} s")
        print(report)
        (folder / "report.txt").write_text(report + "\n")
        assert 0 < fallen <= 0.08 + WINDOW / 2, report
        assert -18.7 < held.min() and held.max() < -17.3, report
        assert 1.9 < rises < 2.5 and whole - rises < 0.9, report
        after = level[(at > end + whole + 0.1) & (at < heard.end - 0.1)]
        assert len(after) > 100 and numpy.abs(after).max() < 0.7, report

        group = loudspeaker.heard()
        assert group.chimes() and parked < loudspeaker.packets[0].at < parked + 0.5, group.report()
        assert loudspeaker.packets[-1].at < end + 0.5, "nothing after the page"
        # What follows the last word is silence, and in the pauses there is no tone.
        assert numpy.abs(group.samples[-800:]).max() < 0.001
        tone = envelope(group)[1]
        assert numpy.percentile(tone, 10) < before - 18 - 12, numpy.percentile(tone, [5, 10, 25])


def test_quiet_hours_are_silent(scene, folder):
    """Music is not heard in them, either."""
    track(folder)
    unit = scene.start_unit(more='[page]\nmusic = "everything"\nquiet = "00:00-24:00"\n', speaker=FLAT)

    def caller_hears_it():
        caller = scene.raw("A")
        caller.call(unit.uri(PILOT))
        assert caller.final()["code"] == 200
        until(lambda: len(caller.media.packets) > 60, 5, "the caller hears a second")
        level = numpy.median(envelope(caller.ear())[1])
        caller.hangup()
        return level > -40
    # By then the speaker would play it too.
    until(caller_hears_it, 45, "the track")
    heard = now()
    until(lambda: unit.speaker().end > heard + 3, 5, "three seconds")
    assert numpy.abs(unit.speaker().samples).max() == 0


def test_live_music_keeps_an_amplifier_awake(scene, folder):
    """Line-in overhead, through an amplifier that sleeps after two seconds of silence: one level for ten seconds, no gap."""
    panel, _ = amplifier(folder, 300)
    unit = scene.start_unit(panel=panel, speaker=FLAT + 'sleep-after = "2 s"\n',
                            more='[page]\nmusic = "line-in"\nmusic-level-db = -24\n[music]\nline-in = "tone:600"\n')
    begun = plays(unit, 10)
    _, levels = envelope(unit.speaker().between(begun + 0.1, begun + 10), 600)
    report = f"{levels.min():.2f} to {levels.max():.2f} dB"
    print(report)
    assert abs(numpy.median(levels) - (-18 + LOWERED - 6 - PEAK)) < 1 and levels.max() - levels.min() < 1, report
