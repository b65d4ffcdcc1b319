"""Ringback to the parker, fallback, apology; and the caller who gives up."""

import time

import pytest
from agents import track
from agents.timeline import now, until


def identity(incoming):
    """Who an incoming call says is calling."""
    return incoming["headers"].get("from", "") + " " + incoming["headers"].get("p-asserted-identity", "")


@pytest.mark.parametrize("kinds,attended", [("pp", False), ("pb", True), ("bp", True)])
def test_ringback_to_the_parker(scene, kinds, attended):
    """F14, T1, T2: nobody comes, B is called as if by A, A hears music until B answers, then both hear each other.

    With baresip after an attended transfer: it sends no Referred-By, but it is known as the one who heard the orbit.
    """
    unit = scene.start_unit(ringback_after="3s")
    caller, parker = scene.phones(kinds, "AB")
    orbit, at = scene.parked_attended(caller, parker) if attended else scene.parked(caller, parker)
    back = parker.incoming(within=6, after=at)
    assert 2.5 < back["at"] - at < 4.5
    assert "201" in identity(back), identity(back)
    joined = scene.both_ways(caller, parker, since=back["at"])
    assert caller.ear().between(at, joined).longest("silence") <= 0.4
    ended = now()
    parker.hangup(back["call"])
    caller.closed(after=ended)
    scene.free(orbit)


def test_retrieved_while_the_parker_is_rung(scene):
    """T4: B's phone rings, C dials the orbit: C has A, B's phone stops ringing."""
    unit = scene.start_unit(ringback_after="2s")
    caller, parker, retriever = scene.phones("ppp")
    orbit, at = scene.parked(caller, parker)
    parker.answers("ring")
    back = parker.incoming(within=6, after=at)
    call = retriever.call(unit.uri(orbit))
    retriever.talking(call)
    scene.both_ways(caller, retriever, since=back["at"])
    parker.closed(back["call"], after=back["at"])


def test_fallback_when_the_parker_is_silent(scene):
    """T3: two attempts at B, then the fallback is called, and A and it hear each other."""
    unit = scene.start_unit(ringback_after="4s", ring_for="2s", attempts=2, ringback_interval="1s", fallback="105")
    caller, parker, fallback = scene.phones("ppp", "ABE")
    scene.parked(caller, parker)
    parker.answers("ring")
    since = parker.timeline.mark()
    incoming = fallback.incoming(within=16)
    assert "201" in identity(incoming), identity(incoming)
    scene.both_ways(caller, fallback, since=incoming["at"])
    rung = [one for one in parker.timeline.all("incoming", since) if one["at"] < incoming["at"]]
    assert len(rung) in (1, 2) and len(parker.timeline.all("incoming")) == 3, "B was to be rung twice"
    assert unit.alive()


def test_apology_and_disconnect_at_the_end(scene):
    """T3: B is silent and there is no fallback: A hears words that are not the music, then BYE; the orbit is free."""
    unit = scene.start_unit(ringback_after="2s", ring_for="1s", attempts=1)
    caller, parker = scene.phones("pp", "AB")
    parker.answers("ring")
    calling = caller.call(parker.uri)
    parker.answer(parker.incoming()["call"])
    answered = parker.talking()["call"]
    caller.talking(calling)
    parker.transfer(answered, unit.uri("70"))
    begin = scene.hears_music(caller)
    orbit, waiting = unit.occupied()[0], now()
    end = caller.closed(after=waiting, within=15)["at"]
    time.sleep(0.6)
    words = caller.ear().between(end - 1.6, end - 0.6)
    assert words.part("silence") < 0.6, f"silence before the end:\n{caller.ear().between(begin).report()}"
    likeness = track.likeness(words)
    assert likeness < 0.7, f"music to the end, no apology (likeness {likeness:.2f})"
    scene.free(orbit)


@pytest.mark.parametrize("kinds", ["pp", "bb"])
def test_caller_hangs_up_while_parked(scene, kinds):
    """F15: the orbit is free at once, the page stops, nobody is rung back, the orbit is not there any more."""
    unit = scene.start_unit(ringback_after="4s", page_interval="1s")
    caller, parker = scene.phones(kinds, "AB")
    orbit, at = scene.parked(caller, parker)
    until(lambda: unit.speaker().between(at).chimes(), 6, "the chime of the page")
    gone = now()
    caller.hangup()
    scene.free(orbit)
    since = parker.timeline.mark()
    time.sleep(3.5)
    assert unit.speaker().between(gone + 0.6).part("silence") == 1.0, "the page goes on"
    assert not parker.timeline.all("incoming", since), "B was rung back for a caller who has gone"
    assert parker.kind != "pjsip" or parker.closed(parker.call(unit.uri(orbit)))["code"] == 404
