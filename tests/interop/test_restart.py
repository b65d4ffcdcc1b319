"""F23: the program is killed with callers parked, and started again. Nobody is told anything before."""

import os
import random

import pytest
from agents import rtp, track
from agents.timeline import now, until
from agents.unit import PILOT
from agents.watcher import Watcher

# Moments at which the power is cut, each in one life of the unit.
CUTS = int(os.environ.get("ORBITBOX_CUTS", "12"))
MANY = "71-90"


def waiting(unit):
    """By orbit: who waits, and for how long."""
    found = [orbit for lot in unit.status()["lots"] for orbit in lot["orbits"] if orbit.get("caller")]
    return {orbit["number"]: (orbit["caller"], orbit["waited_s"]) for orbit in found}


def park(scene, name, target=PILOT):
    """A user agent of our own parks itself."""
    caller = scene.raw(name)
    caller.call(scene.unit.uri(target), headers={"Referred-By": f"<sip:102@{scene.unit.address}>"})
    assert caller.final()["code"] == 200
    return caller


def music_after(caller, at, within=5.0):
    """The moment from which a raw agent hears a second of the unit's music, at the earliest after `at`."""
    def found():
        packets = [one for one in caller.media.packets if one.at > at]
        # From the first packet of the new source on: what the kernel still held is not heard of the unit that is back.
        heard = rtp.recording(packets)
        return heard if len(heard.samples) > 8000 * 1.2 else None
    heard = until(found, within, f"{caller.name} hears a second of something", every=0.1)
    score = track.likeness(heard.between(heard.begin + 0.1, heard.begin + 1.1))
    assert score > 0.7, f"{caller.name} hears something that is not the music (likeness {score:.2f})"
    return heard.begin


def test_twenty_callers_come_back(scene):
    """20 of 20 hear music within 3 s of the start of the program, each in its orbit with the time that had passed; lamps are right;
    each can be retrieved, with sound both ways."""
    unit = scene.start_unit(orbits=MANY, ringback_after="290s", max_life="300s", page_repeats=0)
    pjsip = [scene.phone(name, number=number) for name, number in (("A", None), ("A2", "202"), ("A3", "203"))]
    for one in pjsip:
        one.talking(one.call(unit.uri(PILOT)))
    raw = [park(scene, f"A{place}") for place in range(10, 27)]
    for one in pjsip:
        scene.hears_music(one)
    before = until(lambda: waiting(unit) if len(waiting(unit)) == 20 else None, 5, "twenty callers are parked")
    lamps = [Watcher(unit, orbit, "103") for orbit in ("71", "90")] + [Watcher(unit, PILOT, "104")]
    for lamp in lamps:
        lamp.shows("confirmed")
    asked = now()
    unit.kill()
    killed = now()
    at = unit.start_again()
    for one in pjsip:
        scene.hears_music(one, since=at)
    heard = [music_after(one, at) - at for one in raw]
    print("music after", ", ".join(f"{one:.2f}" for one in sorted(heard)), "s; the program was dead for", f"{at - killed:.2f} s")
    assert max(heard) < 3.0, heard
    unit.ready()
    after, late = waiting(unit), now() - asked
    assert {orbit: who for orbit, (who, _) in after.items()} == {orbit: who for orbit, (who, _) in before.items()}
    for orbit, (_, waited) in after.items():
        assert abs(waited - before[orbit][1] - late) < 2.0, (orbit, before[orbit], after[orbit], late)
    for lamp in lamps:
        until(lambda: lamp.told[-1][0] > at, 3, "the lamp is told again")
        assert lamp.told[-1][2] == "confirmed" and lamp.versions() == sorted(lamp.versions()), lamp.versions()
    # Everybody has been asked, in the same dialog, with a greater number than ever before.
    for one in raw:
        asked_again = one.timeline.wait("request", 3, method="INVITE")
        assert asked_again["headers"]["call-id"][0] == one.call_id
        assert asked_again["headers"]["cseq"][0].endswith("INVITE")
    retriever = scene.phone("C")
    everyone = {one.name: one for one in [*raw, *pjsip]}
    assert set(everyone) == {who for who, _ in after.values()}
    for orbit, (who, _) in sorted(after.items()):
        caller = everyone[who]
        since = now()
        call = retriever.call(unit.uri(orbit))
        retriever.talking(call)
        scene.hears(retriever, "A", since=since)
        hears = (lambda: caller.ear().between(since).first("C", 0.4)) if caller in pjsip else (lambda: _hears_tone(caller, since))
        until(hears, 5, f"{who} hears C")
        retriever.hangup(call)
        scene.free(orbit)
    assert not unit.occupied()


def _hears_tone(caller, since):
    packets = [one for one in caller.media.packets if one.at > since]
    return bool(packets) and rtp.recording(packets).first("C", 0.4)


def test_a_talk_goes_on(scene):
    """Two who were talking are joined again."""
    unit = scene.start_unit()
    caller, parker, retriever = scene.phones("ppp")
    orbit, _ = scene.parked(caller, parker)
    retriever.talking(retriever.call(unit.uri(orbit)))
    scene.both_ways(caller, retriever)
    unit.kill()
    at = unit.start_again()
    joined = scene.both_ways(caller, retriever, since=at + 0.2, within=6)
    print(f"both hear each other {joined - at:.2f} s after the start")
    assert not unit.ready().occupied()


def test_who_has_gone_meanwhile_frees_the_orbit(scene):
    """A caller that knows nothing of the call any more is not kept."""
    unit = scene.start_unit(page_repeats=0)
    gone, stays = park(scene, "A"), park(scene, "A2")
    unit.kill()
    gone.forgets = True
    at = unit.start_again()
    music_after(stays, at)
    unit.ready()
    until(lambda: len(waiting(unit)) == 1, 3, "one orbit is free")
    assert waiting(unit)["72"][0].startswith("A2")


@pytest.mark.parametrize("seed", range(CUTS))
def test_the_power_goes_at_any_moment(scene, seed):
    """While somebody parks, retrieves, is rung back or hangs up: who waited before still waits, nobody is joined with a stranger, and no
    orbit is left to nobody."""
    draw = random.Random(seed)
    what = ("park", "retrieve", "ringback", "bye")[seed % 4]
    unit = scene.start_unit(page_repeats=0, ringback_after="2s" if what == "ringback" else "110s", cool_down="0s")
    bystander = park(scene, "A")
    parker = scene.raw("B")
    other = park(scene, "A2") if what in ("retrieve", "bye") else None
    retriever = scene.raw("C")
    moment = draw.uniform(0, 0.12)
    if what == "park":
        other = scene.raw("A2")
        other.call(unit.uri(PILOT))
    elif what == "retrieve":
        retriever.call(unit.uri("72"))
    elif what == "bye":
        # A phone that has hung up knows nothing of the call, whether or not the unit has heard of it.
        other.forgets = True
        other.in_dialog("BYE")
    else:
        del parker
        until(lambda: unit.status()["lots"][0]["orbits"][0]["ringbacks"], 5, "the ringback begins", every=0.01)
    until(lambda at=now(): now() >= at + moment, 1, "the moment of the cut", every=0.001)
    unit.kill()
    at = unit.start_again()
    music_after(bystander, at)
    unit.ready()
    # Everybody is asked at the same moment, and the bystander's answer has been acknowledged.
    bystander.timeline.wait("request", 5, method="ACK")
    if what == "bye":
        until(lambda: set(waiting(unit)) == {"71"}, 3, "a caller who has hung up is let go")
    left = waiting(unit)
    assert left["71"][0].startswith("A"), left
    # Whoever is in the other orbit is there, and hears music.
    others = {orbit: who for orbit, (who, _) in left.items() if orbit != "71"}
    assert set(others) <= {"72", "73"} and len(others) <= 1, others
    if what == "retrieve":
        # Parked again, or joined with the retriever; never lost.
        joined = any(one.at > at for one in retriever.media.packets)
        assert others or joined, "the caller was lost"
        if others:
            music_after(other, at)
    print(f"{what} cut after {moment * 1000:.0f} ms: {left}")
