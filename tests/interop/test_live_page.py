"""Live pages: a phone calls a zone and is heard overhead."""

from contextlib import closing

import numpy
import pytest
from agents import ports, rtp
from agents.timeline import now, until

ZONE = '[[zone]]\nextension = "90"\nname = "Yard"\nlongest = "8s"\n'


def chime(unit, since, within=4.0):
    """Waits for a chime of the speaker; returns the moment it began."""
    return until(lambda: next(iter(unit.speaker().between(since).chimes()), None), within, "a chime", every=0.1)


@pytest.mark.parametrize("kind", ["p", "b"])
def test_a_station_speaks_overhead(scene, kind):
    """G3: answered by itself, chime, the voice, end tone; a call that is parked meanwhile is announced afterwards."""
    unit = scene.start_unit(more=ZONE)
    pager, caller, parker = scene.phones(kind + "pp", "CAB")
    begin = now()
    call = pager.call(unit.uri("90"))
    pager.talking(call)
    rung = chime(unit, begin)
    assert rung - begin < 2.5, f"the chime came {rung - begin:.2f} s after the call"
    heard = scene.hears(unit, "C", since=rung + 1.8)
    orbit, parked = scene.parked(caller, parker)
    assert not unit.speaker().between(parked).chimes(), "an announcement into a live page"
    assert unit.speaker().between(heard + 0.2, now() - 0.4).part("C") > 0.9
    over = now()
    pager.hangup(call)
    announced = chime(unit, over)
    assert announced - over < 2.0, f"orbit {orbit} was announced {announced - over:.2f} s after the page"
    after = unit.speaker().between(over + 0.4)
    assert after.part("C") == 0, after.report()


def test_a_page_has_an_end_and_strangers_have_none(scene):
    """Whoever is no station gets a 403; a page of more than its time is hung up on."""
    unit = scene.start_unit(more=ZONE)
    stranger = scene.raw("A", number="333")
    stranger.call(unit.uri("90"))
    assert stranger.final()["code"] == 403
    pager = scene.phone("C")
    begin = now()
    call = pager.call(unit.uri("90"))
    pager.talking(call)
    pager.closed(call, after=begin, within=12)
    assert 7.5 < now() - begin < 11, now() - begin


def test_what_is_said_is_heard_at_once(scene):
    """From the first RTP packet of a word to the speaker: at most 120 ms are wanted; the clock of this test is coarse."""
    unit = scene.start_unit(more=ZONE)
    pager = scene.raw("D")
    begin = now()
    pager.call(unit.uri("90"))
    assert pager.final()["code"] == 200
    rung = chime(unit, begin)
    pager.media.sending = False
    until(lambda: now() > rung + 2.6, 5, "the end of the chime")
    lags = []
    for _ in range(3):
        spoken = now()
        pager.media.sending = True
        scene.hears(unit, "D", since=spoken)
        recording = unit.speaker().between(spoken - 0.1)
        first = numpy.argmax(numpy.abs(recording.samples) > 0.02) / recording.rate + recording.begin
        lags.append(first - spoken)
        pager.media.sending = False
        quiet = now() + 0.7
        until(lambda: now() > quiet, 2, "silence")
    print("RTP to speaker:", ", ".join(f"{lag * 1000:.0f} ms" for lag in lags))
    assert all(0 < lag < 0.25 for lag in lags) and min(lags) <= 0.14, lags


def test_loudspeakers_of_the_network_hear_it_too(scene):
    """G4: an announcement and a live page go to a multicast group as one RTP stream; in silence nothing is sent."""
    port = ports.udp_range(2)
    group = f"239.192.7.1:{port}"
    with closing(rtp.Endpoint(None, group=("239.192.7.1", port))) as loudspeaker:
        unit = scene.start_unit(more=ZONE + f'[page]\nmulticast = "{group}"\n', page_repeats=1)
        caller, parker, pager = scene.phones("ppp", "ABC")
        orbit, parked = scene.parked(caller, parker)
        assert chime(unit, parked) - parked < 1.0
        until(lambda: unit.status()["speaking"] is None and loudspeaker.packets, 12, "the end of the announcement")
        assert loudspeaker.heard().chimes(), loudspeaker.heard().report()
        quiet = now() + 1.0
        until(lambda: now() > quiet, 2, "the last of it")
        before = len(loudspeaker.packets)
        at = now()
        call = pager.call(unit.uri("90"))
        scene.hears(unit, "C", since=at)
        longer = now() + 1.0
        until(lambda: now() > longer, 2, "some of it")
        assert loudspeaker.heard(before).carries("C") > 0.2, loudspeaker.heard(before).report()
        pager.hangup(call)
        assert not rtp.faults(loudspeaker.packets), rtp.faults(loudspeaker.packets)
        assert len({packet.ssrc for packet in loudspeaker.packets}) == 1
        gap = max(later.at - earlier.at for earlier, later in zip(loudspeaker.packets[:before], loudspeaker.packets[1:before + 1]))
        assert gap > 0.5, f"the longest silence was {gap:.2f} s"
        assert orbit in unit.occupied()


def test_a_night_ringer_rings_until_it_is_answered_elsewhere(scene):
    """G7: the caller hears that it rings, the speaker rings; an announcement comes between; it ends with the call."""
    unit = scene.start_unit(more='[[ringer]]\nextension = "95"\n', page_repeats=1)
    caller, parker, ringing = scene.phones("ppp", "ABC")
    begin = now()
    call = ringing.call(unit.uri("95"))
    ringing.rings(call, after=begin)
    rung = scene.hears(unit, "sound", since=begin, at_least=1.5)
    assert rung - begin < 1.0, f"it rang {rung - begin:.2f} s after the call"
    _, parked = scene.parked(caller, parker)
    announced = chime(unit, parked)
    assert announced - parked < 1.0
    until(lambda: unit.status()["speaking"] is None, 12, "the end of the announcement")
    again = now()
    scene.hears(unit, "sound", since=again, at_least=1.5)
    over = now()
    ringing.hangup(call)
    ringing.closed(call, after=over)
    after = now() + 6.5
    until(lambda: now() > after, 8, "another ring")
    assert unit.speaker().between(over + 0.4).part("silence") == 1.0, unit.speaker().between(over).report()
