"""Pages over the network: heard from multicast groups and from Poly phones, and sent to these."""

import json
from contextlib import closing

import numpy
import pytest
from agents import network_page, ports
from agents.network_page import ALERT, END, TRANSMIT, Flood, PolyPage, PolyPhone, RtpPage
from agents.sound import TONES
from agents.timeline import now, until

ADDRESS = "239.192.7.9"
POLY = "224.0.1.116"


def groups(*levels):
    """A free group for each level, and the configuration that hears them."""
    first = ports.udp_range(2 * len(levels))
    found = [(ADDRESS, first + 2 * place) for place in range(len(levels))]
    text = "".join(f'[[multicast]]\ngroup = "{address}:{port}"\nlevel = "{level}"\n' for (address, port), level in zip(found, levels))
    return found, text


def wait(seconds):
    """Until so much later."""
    end = now() + seconds
    until(lambda: now() > end, seconds + 1, "time")


def level_db(recording):
    """Mean level."""
    return 20 * numpy.log10(max(1e-9, numpy.sqrt(numpy.mean(recording.samples ** 2))))


def first_sound(unit, since):
    """When something was heard first."""
    recording = unit.speaker().between(since - 0.05)
    loud = numpy.abs(recording.samples) > 0.02
    return recording.begin + numpy.argmax(loud) / recording.rate if loud.any() else None


@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "G722"])
def test_a_page_is_heard_at_once_and_at_the_loudness_of_pages(scene, codec):
    """G4: the first packet begins it; soft or loud, a page is as loud as any other; 300 ms after the last packet it is over."""
    [group], more = groups("page")
    unit = scene.start_unit(more=more)
    lags, levels = [], []
    for level in (0.03, 0.25, 0.8):
        with RtpPage(group, codec, TONES["C"], level=level) as page:
            began = until(lambda: page.began, 5, "the first packet")
            scene.hears(unit, "C", since=began, at_least=1.5)
            lags.append(first_sound(unit, began) - began)
            levels.append(level_db(unit.speaker().between(began + 1.0, began + 1.5)))
            over = page.stop()
        wait(0.8)
        assert unit.speaker().between(over + 0.5).part("silence") == 1.0
    print(f"{codec}: RTP to speaker", ", ".join(f"{lag * 1000:.0f} ms" for lag in lags), "level", ", ".join(f"{one:.1f} dB" for one in levels))
    assert all(0 < lag < 0.25 for lag in lags) and min(lags) <= 0.14, lags
    assert max(levels) - min(levels) < 3 and all(-22 < one < -10 for one in levels), levels


def test_a_second_talker_is_heard_when_the_first_has_stopped(scene):
    """One SSRC at a time; a flood of garbage into another group changes nothing."""
    (group, flooded), more = groups("page", "emergency")
    unit = scene.start_unit(more=more)
    with RtpPage(group, "PCMU", TONES["A"]) as first:
        begin = scene.hears(unit, "A", since=now())
        with RtpPage(group, "PCMA", TONES["D"]) as second, Flood(flooded) as flood:
            wait(2.0)
            both = unit.speaker().between(begin + 0.3, now() - 0.3)
            assert both.part("A") > 0.9 and both.carries("D") == 0, both.report()
            over = first.stop()
            heard = scene.hears(unit, "D", since=over)
            assert 0.2 < heard - over < 0.8, heard - over
            sent = flood.stop()
            assert sent > 2_000, sent
            second.stop()
    until(lambda: "is not heard (datagrams" in unit.log(), 10, "what was left out is told")


def test_an_emergency_cuts_a_page_which_is_heard_again_and_an_orbit_waits(scene):
    """The one arbiter: emergency before page before announcement; nothing is lost that still comes."""
    (hall, fire), more = groups("page", "emergency")
    unit = scene.start_unit(more=more)
    caller, parker = scene.phones("pp", "AB")
    with RtpPage(hall, "G722", TONES["C"]) as page:
        scene.hears(unit, "C", since=now())
        orbit, parked = scene.parked(caller, parker)
        with RtpPage(fire, "PCMU", TONES["E"]) as emergency:
            began = until(lambda: emergency.began, 2, "the emergency")
            scene.hears(unit, "E", since=began, at_least=0.8)
            recording = unit.speaker().between(began - 0.3)
            over = emergency.stop()
        again = scene.hears(unit, "C", since=over)
        # In steps of 5 ms: when was the page no longer heard, and when the emergency?
        size = recording.rate // 50
        steps = [(recording.begin + at / recording.rate, recording.samples[at:at + size]) for at in range(0, len(recording.samples) - size, size // 4)]
        cut = next(at for at, step in steps if at > began - 0.1 and numpy.sqrt(numpy.mean(step ** 2)) < 0.02) - began
        sounds = next(at for at, step in steps if at > began + cut + 0.01 and numpy.sqrt(numpy.mean(step ** 2)) > 0.03) - began
        print(f"emergency: page cut {cut * 1000:.0f} ms after its first packet, itself heard after {sounds * 1000:.0f} ms; page again after {again - over:.2f} s")
        assert -0.03 < cut < 0.15 and sounds < 0.25, (cut, sounds)
        assert again - over < 0.8
        assert not unit.speaker().between(parked).chimes(), f"orbit {orbit} was announced into a page"
        ended = page.stop()
    announced = until(lambda: next(iter(unit.speaker().between(ended).chimes()), None), 6, "the announcement", every=0.1)
    assert announced - ended < 2.0, announced - ended
    assert unit.speaker().between(ended + 0.6).carries("C") == 0


@pytest.mark.parametrize("codec", ["PCMU", "G722"])
def test_a_poly_phone_is_heard_though_every_second_packet_is_lost(scene, codec):
    """Each packet repeats the frame before; channels that are not named and old phones are not heard, these with a word of it."""
    group = (POLY, ports.udp_range(2))
    unit = scene.start_unit(more=f'[poly]\ngroup = "{group[0]}:{group[1]}"\nhear = "26"\n')
    with PolyPage(group, 27, codec, TONES["A"]):
        wait(1.6)
    with PolyPage(group, 26, "G726", TONES["A"]):
        wait(1.6)
    assert unit.speaker().part("silence") == 1.0
    assert "Gate house on Poly page group 1 cannot be played: it is sent as G.726" in json.dumps(unit.status())
    with PolyPage(group, 26, codec, TONES["D"], lost=lambda number: number % 2 == 1) as page:
        began = until(lambda: page.began, 5, "the first sound")
        heard = scene.hears(unit, "D", since=began, at_least=1.5)
        assert heard - began < 0.4
        over = page.stop()
    whole = unit.speaker().between(heard + 0.2, over - 0.1)
    assert whole.part("D") > 0.95, whole.report()
    wait(0.6)
    assert unit.speaker().between(over + 0.4).part("silence") == 1.0
    assert "Gate house on Poly page group 1" in json.dumps(unit.status())


def test_poly_phones_hear_what_is_heard_overhead(scene):
    """Alerts, sound with each frame twice, ends, as published; and the unit does not hear itself."""
    group = (POLY, ports.udp_range(2))
    more = f'[poly]\ngroup = "{group[0]}:{group[1]}"\nhear = "26"\nsend = 30\ncaller = "Parking"\n'
    with closing(PolyPhone(group)) as phone:
        unit = scene.start_unit(more=more, page_repeats=1)
        caller, parker = scene.phones("pp", "AB")
        _, parked = scene.parked(caller, parker)
        until(lambda: phone.packets and sum(one.op == END for one in phone.packets) == 12, 20, "the end of the page")
        packets = list(phone.packets)
        assert {(one.channel, one.caller) for one in packets} == {(30, "Parking")} and len({one.serial for one in packets}) == 1
        turns = [op for at, op in enumerate(one.op for one in packets) if at == 0 or packets[at - 1].op != op]
        assert turns == [ALERT, TRANSMIT, END], turns
        alerts = [one.at for one in packets if one.op == ALERT]
        assert len(alerts) == 31 and 0.85 < alerts[-1] - alerts[0] < 0.95, alerts
        sounds = [one for one in packets if one.op == TRANSMIT]
        assert len(sounds[0].frames) == network_page.FRAME
        for before, after in zip(sounds, sounds[1:]):
            assert len(after.frames) == 2 * network_page.FRAME and after.frames[:network_page.FRAME] == before.frames[-network_page.FRAME:]
            assert (after.stamp - before.stamp) & 0xFFFFFFFF == network_page.FRAME
        ours = unit.speaker().between(parked - 0.2)
        assert phone.heard().chimes() and phone.heard(lambda number: number % 2 == 0).chimes(), phone.heard().report()
        lag = phone.heard().chimes()[0] - ours.chimes()[0]
        print(f"Poly phones hear it {lag:.2f} s later")
        assert 0.8 < lag < 1.2, lag
