"""B parks A: blind and attended, on the pilot and on a named orbit; C retrieves A."""

import time

import pytest
from agents import sound
from agents.timeline import now, until


def loudest(recording, seconds):
    """The loudest stretch of that length."""
    power = (recording.samples ** 2).cumsum()
    size = int(seconds * recording.rate)
    best = int((power[size:] - power[:-size]).argmax())
    return sound.Recording(recording.samples[best:best + size], recording.rate, recording.begin + best / recording.rate)


@pytest.mark.parametrize("kinds", ["ppp", "bpb", "pbp", "bbb"])
def test_blind_transfer_to_the_pilot(scene, kinds):
    """F1, F6, F15, G1: A hears music, the page is spoken until C has A, both hear each other, BYE ends both."""
    unit = scene.start_unit(page_interval="1s")
    caller, parker, retriever = scene.phones(kinds)
    orbit, at = scene.parked(caller, parker)
    assert orbit == "71"

    chime = until(lambda: unit.speaker().between(at).chimes(), 8, "the chime of the page")[0]
    until(lambda: now() > chime + 2.2, 3, "the words of the page")
    words = unit.speaker().between(chime + 1.5, chime + 2.1)
    assert words.part("silence") < 0.8, "the page is only a chime"

    call = retriever.call(unit.uri(orbit))
    claimed = retriever.talking(call)["at"]
    joined = scene.both_ways(caller, retriever, since=claimed)
    time.sleep(2.0)
    for ear, name in ((caller.ear(), "C"), (retriever.ear(), "A")):
        assert ear.between(joined + 0.2, joined + 1.7).part(name) >= 0.9, ear.report()
    assert unit.speaker().between(claimed + 0.6).part("silence") == 1.0, "the page goes on after the claim"

    whole = caller.ear()
    assert whole.between(at + 0.7).part("B") == 0, "B is still heard"
    assert whole.between(at, joined).longest("silence") <= 0.4, f"a gap before or in the music:\n{whole.report()}"

    ended = now()
    retriever.hangup(call)
    caller.closed(after=ended)
    scene.free(orbit)


@pytest.mark.parametrize("kinds", ["ppp", "bpp", "pbp", "bbb"])
def test_attended_transfer_to_the_pilot(scene, kinds):
    """F2, P3: B hears the orbit spoken, A never does; REFER with Replaces parks A in the orbit that B heard."""
    unit = scene.start_unit()
    caller, parker, retriever = scene.phones(kinds)
    _, answered = scene.call_directly(caller, parker)
    parker.hold(answered)
    at = now()
    asking = parker.call(unit.uri("70"))
    parker.talking(asking)
    begin = scene.hears(parker, "sound", since=at, at_least=0.3)
    time.sleep(1.5)
    spoken = loudest(parker.ear().between(begin, begin + 2.0), 0.5)

    moment = now()
    parker.transfer_attended(answered, asking)
    assert "Replaces" in caller.timeline.wait("asked_to_transfer")["to"]
    scene.hears_music(caller, since=moment)
    parker.closed(answered)
    parker.closed(asking)
    orbits = unit.occupied()
    assert len(orbits) == 1

    time.sleep(1.0)
    likeness, _ = sound.likeness(caller.ear().between(at), spoken)
    assert likeness < 0.6, f"A has heard the announcement (likeness {likeness:.2f})"

    call = retriever.call(unit.uri(orbits[0]))
    retriever.talking(call)
    scene.both_ways(caller, retriever)
    caller.hangup()
    retriever.closed(call)
    scene.free(orbits[0])


def test_orbit_is_spoken_twice(scene):
    """P3: the same words again, so that B can write them down; another orbit sounds otherwise."""
    unit = scene.start_unit(reservation_grace="30s", cool_down="30s")
    spoken = {}
    for name, orbit in (("B", "71"), ("C", "72")):
        phone = scene.phone(name)
        call = phone.call(unit.uri("70"))
        phone.talking(call)
        begin = scene.hears(phone, "sound", at_least=0.3)
        time.sleep(5.4)
        assert unit.orbits()[orbit] == "reserved"
        heard = phone.ear().between(begin, begin + 5.2)
        # The end of it tells one orbit from another.
        pause = next(one for one in heard.stretches() if one.label == "silence" and one.length >= 0.4)
        spoken[orbit] = heard.between(pause.begin - 0.4, pause.begin)
        likeness, _ = sound.likeness(heard.between(pause.end), spoken[orbit])
        assert likeness > 0.8, f"the second reading is another (likeness {likeness:.2f}):\n{heard.report()}"
        phone.hangup(call)
    likeness, _ = sound.likeness(spoken["71"], sound.Recording(spoken["72"].samples[400:-400], 8000))
    assert likeness < 0.8, "71 and 72 sound the same"


def test_attended_transfer_given_up(scene):
    """F2: B hangs up after the announcement without transferring; A comes back to B, the orbit is free after the grace time."""
    unit = scene.start_unit(reservation_grace="1s", cool_down="0s")
    caller, parker = scene.phones("pp", "AB")
    _, answered = scene.call_directly(caller, parker)
    parker.hold(answered)
    asking = parker.call(unit.uri("70"))
    parker.talking(asking)
    scene.hears(parker, "sound", at_least=0.3)
    parker.hangup(asking)
    parker.closed(asking)
    parker.unhold(answered)
    scene.both_ways(caller, parker)
    until(lambda: not unit.occupied(), 3, "no orbit is occupied")
    assert not unit.speaker().chimes(), "a reservation was paged"


def test_transfer_to_a_free_named_orbit(scene):
    """F4, P2: exactly that orbit. (baresip 1.0 sends no Referred-By, so its transfer to an orbit is a call to it.)"""
    scene.start_unit()
    caller, parker = scene.phones("pp", "AB")
    orbit, _ = scene.parked(caller, parker, "75")
    assert orbit == "75"


def test_transfer_to_a_taken_orbit_is_refused(scene):
    """F4, P2: 486 before the caller is touched; D and B still hear each other; A is not disturbed, nobody is joined."""
    unit = scene.start_unit()
    other, parker, caller = scene.phones("ppp", "DBA", D={"number": "204"})
    orbit, at = scene.parked(caller, parker, "73")
    begin = now()
    calling = other.call(parker.uri)
    answered = parker.talking(after=begin)["call"]
    other.talking(calling)
    scene.both_ways(other, parker)
    moment = now()
    parker.transfer(answered, unit.uri("73"))
    refused = parker.timeline.wait("transfer", final=True, at=lambda then: then >= moment)
    assert refused["code"] == 486, refused
    scene.both_ways(other, parker, since=now())
    time.sleep(0.5)
    assert unit.occupied() == [orbit]
    heard = caller.ear().between(moment)
    assert heard.part("sound") == 1.0, f"A was disturbed:\n{heard.report()}"
    assert other.ear().between(moment).longest("sound") < 0.3, "D has heard the lot's music"


def test_full_lot_refuses_before_the_caller_moves(scene):
    """P12: every orbit is taken; the transfer is refused, A and B still hear each other and A has never left B."""
    unit = scene.start_unit(orbits="71-72")
    caller, parker = scene.phones("pp", "AB")
    filling = scene.sipp("park-and-stay", "70", calls=2)
    until(lambda: len(unit.occupied()) == 2, 4, "two orbits are taken")
    _, answered = scene.call_directly(caller, parker)
    at = now()
    parker.transfer(answered, unit.uri("70"))
    refused = parker.timeline.wait("transfer", final=True)
    assert refused["code"] in (480, 486, 503, 600, 603), refused
    time.sleep(1.0)
    assert caller.ear().between(at).part("B") == 1.0, "A has left B"
    assert parker.ear().between(at).part("A") == 1.0
    filling.wait()
    until(lambda: not unit.occupied(), 3, "the lot is empty again")


def test_nobody_from_outside_rings_a_station(scene):
    """Stations call stations; a stranger who tries numbers is told off."""
    unit = scene.start_unit()
    stranger, called = scene.phones("pp", "AB")
    assert stranger.closed(stranger.call(unit.uri(called.number)))["code"] == 403


def test_an_empty_orbit_is_not_there(scene):
    """F6: 404 for a phone that dials an orbit without a call."""
    unit = scene.start_unit()
    phone = scene.phone("C")
    assert phone.closed(phone.call(unit.uri("74")))["code"] == 404
