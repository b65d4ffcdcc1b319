"""The harness against itself: what the other tests rest on."""

import numpy
import pytest
from agents import g711, rtp, sound, track
from agents.timeline import now


def test_tones_silence_and_music_are_told_apart():
    """Each stretch of a made-up recording gets its label, also through G.711."""
    pieces = [numpy.zeros(4000)]
    for hertz in sound.TONES.values():
        pieces += [sound.sine(hertz, 0.5), numpy.zeros(4000)]
    pieces.append(track.whole().samples[:8000])
    samples = numpy.concatenate(pieces)
    for payload_type in g711.DECODE:
        heard = sound.Recording(g711.decode(payload_type, g711.encode(payload_type, samples)), 8000)
        labels = [one.label for one in heard.stretches() if one.length > 0.25]
        assert labels == ["silence", "A", "silence", "B", "silence", "C", "silence", "D", "silence", "E", "silence", "sound"]


def test_music_has_no_partys_tone_in_it():
    """The unit's music never passes for a tone, nor for silence."""
    assert {label for _, label in track.whole().labels()} == {"sound"}


def test_a_second_of_music_has_one_place():
    """A place in the track is found again within a millisecond, in either codec; other sound has none."""
    for begin in (0.5, 33.3, 70.0):
        samples = track.whole().samples[int(begin * 8000):int(begin * 8000) + 8000]
        score, place = track.place(sound.Recording(g711.decode(0, g711.encode(0, samples * 0.7)), 8000))
        assert score > 0.95 and abs(place - begin) < 0.001
        slipped = numpy.concatenate([samples[:2900], samples[3060:]])
        assert track.likeness(sound.Recording(slipped, 8000)) > 0.9
    assert track.likeness(sound.Recording(sound.sine(427, 1.0), 8000)) < 0.5


def test_a_chime_is_found():
    """Three falling notes, at any rate."""
    rate = 48000
    notes = [sound.sine(hertz, 0.35, rate) for hertz in sound.CHIME]
    samples = numpy.concatenate([numpy.zeros(rate), *notes, numpy.zeros(rate), *notes, numpy.zeros(rate)])
    assert len(sound.Recording(samples, rate).chimes()) == 2
    assert not sound.Recording(numpy.concatenate(notes[::-1]), rate).chimes()


def test_faults_of_a_stream_are_named():
    """A lost packet, a stuck timestamp, another source."""
    def packets(*numbers):
        return [rtp.Packet(0.0, *number, False, 0, b"") for number in numbers]
    assert rtp.faults(packets((65535, 0, 7), (0, 160, 7), (1, 320, 7))) == []
    assert len(rtp.faults(packets((1, 0, 7), (3, 320, 7)))) == 1
    assert len(rtp.faults(packets((1, 0, 7), (2, 0, 7)))) == 1
    assert len(rtp.faults(packets((1, 0, 7), (2, 160, 8)))) == 1


@pytest.mark.parametrize("kinds", ["pbp", "bpb"])
def test_phones_transfer_among_themselves(scene, kinds):
    """Blind, without any unit: every phone's tone arrives where it should, and only there."""
    caller, called, third = scene.phones(kinds)
    _, answered = scene.call_directly(caller, called)
    at = now()
    called.transfer(answered, third.uri)
    scene.both_ways(caller, third, since=at)
    called.closed(answered)
    assert called.ear().between(at + 1.0).part("A") == 0
    third.hangup()
    caller.closed(after=now() - 0.1)


def test_phones_transfer_after_asking(scene):
    """Attended, without any unit: baresip's hand-made Refer-To names the dialog that PJSIP replaces."""
    caller, called, third = scene.phones("pbp")
    _, answered = scene.call_directly(caller, called)
    called.hold(answered)
    asking = called.call(third.uri)
    called.talking(asking)
    scene.both_ways(called, third)
    called.transfer_attended(answered, asking)
    scene.both_ways(caller, third)
