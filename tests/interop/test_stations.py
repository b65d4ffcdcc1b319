"""A shop with three phones and nothing else: calls through the unit, held, transferred and parked."""

import time

import pytest
from agents.timeline import now, until


def connected(scene, caller, called):
    """A station calls another one; both hear each other. Returns both names of the call."""
    at = now()
    calling = caller.call(scene.unit.uri(called.number))
    answered = called.talking(after=at)["call"]
    caller.talking(calling)
    scene.both_ways(caller, called)
    return calling, answered


def three(scene, kinds="ppp"):
    scene.start_unit()
    return scene.phones(kinds, "BCD")


@pytest.mark.parametrize("kinds", ["ppp", "pbp", "bpb"])
def test_stations_call_each_other(scene, kinds):
    """By number, with the name shown, and hung up from either side."""
    one, other, third = three(scene, kinds)
    calling, _ = connected(scene, one, other)
    if other.kind == "pjsip":
        assert "Bay 102" in other.incoming()["headers"]["from"]
    one.hangup(calling)
    other.closed()
    _, answered = connected(scene, third, one)
    one.hangup(answered)
    third.closed()


def test_busy_gone_and_given_up(scene):
    """What the called phone says is what the caller is told."""
    one, other, third = three(scene)
    other.answers("busy")
    assert one.closed(one.call(scene.unit.uri(other.number)))["code"] == 486
    assert one.closed(one.call(scene.unit.uri("105")))["code"] == 480
    third.answers("ring")
    at = now()
    calling = one.call(scene.unit.uri(third.number))
    third.incoming(after=at)
    one.timeline.wait("state", 5, call=calling, code=180)
    one.hangup(calling)
    assert one.closed(calling)["code"] == 487
    third.closed(after=at)


def test_hold_and_resume_twenty_times(scene):
    """Music for who is held; sound both ways after the twentieth time as after the first."""
    one, other, _ = three(scene)
    calling, _ = connected(scene, one, other)
    for count in range(20):
        one.hold(calling)
        if count in (0, 19):
            scene.hears_music(other, since=now())
        else:
            time.sleep(0.15)
        one.unhold(calling)
        time.sleep(0.15)
    scene.both_ways(one, other, since=now())


@pytest.mark.parametrize("kinds", ["ppp", "bpp", "pbb"])
def test_blind_transfer_between_stations(scene, kinds):
    """B calls C, and sends the call on to D: the transferred phone gets no new call, and hears the third."""
    one, other, third = three(scene, kinds)
    calling, _ = connected(scene, one, other)
    at = now()
    one.transfer(calling, scene.unit.uri(third.number))
    third.talking(within=8, after=at)
    scene.both_ways(other, third, within=8, since=at)
    one.closed(calling)
    third.hangup()
    other.closed()


def test_attended_transfer_between_stations(scene):
    """B talks to C, asks D, and joins the two."""
    one, other, third = three(scene)
    calling, _ = connected(scene, one, other)
    one.hold(calling)
    scene.hears_music(other, since=now())
    asking = one.call(scene.unit.uri(third.number))
    one.talking(asking)
    third.talking()
    at = now()
    one.transfer_attended(calling, asking)
    scene.both_ways(other, third, within=8, since=at)
    one.closed(calling)
    one.closed(asking)


@pytest.mark.parametrize("kinds", ["ppp", "bpp"])
def test_park_by_transfer_to_pilot_and_orbit(scene, kinds):
    """The other side of a call through the unit is parked, and fetched by a third."""
    one, other, third = three(scene, kinds)
    for target in ("70", "75"):
        calling, _ = connected(scene, one, other)
        at = now()
        one.transfer(calling, scene.unit.uri(target))
        scene.hears_music(other, since=at)
        one.closed(calling, within=8)
        orbit = until(scene.unit.occupied, 3, "an orbit is occupied")
        orbit = list(orbit)[0]
        assert target == "70" or orbit == "75"
        at = now()
        fetching = third.call(scene.unit.uri(orbit))
        scene.both_ways(third, other, within=8, since=at)
        third.hangup(fetching)
        other.closed(after=at)


def test_park_by_keys(scene):
    """*70 on the phone's keypad: the other side is parked, and the parker hears where."""
    one, other, third = three(scene)
    calling, _ = connected(scene, one, other)
    at = now()
    one.order("keys", call=calling, keys="*70")
    scene.hears_music(other, within=8, since=at)
    one.closed(calling, within=20)
    orbit = list(until(scene.unit.occupied, 3, "an orbit is occupied"))[0]
    fetching = third.call(scene.unit.uri(orbit))
    scene.both_ways(third, other, within=8, since=now())
    third.hangup(fetching)
