"""What certain phones do to a transfer, and what the unit must survive."""

import re

import pytest
from agents import ports
from agents.timeline import now


def test_baresip_as_transferee_mangles_replaces(scene):
    """baresip 1.0 leaves Replaces in its Request-URI, with `?` where `;` and `=` were escaped: the reservation is found all the same."""
    unit = scene.start_unit()
    caller, parker = scene.phones("bp", "AB")
    _, answered = scene.call_directly(caller, parker)
    asking = parker.call(unit.uri("70"))
    parker.talking(asking)
    at = now()
    parker.transfer_attended(answered, asking)
    scene.hears_music(caller, since=at)
    sent = [one["first"] for one in caller.messages if one["sent"] and one.get("first", "").startswith("INVITE ")][-1]
    assert re.search(r"\?Require=replaces&Replaces=\S+\?to-tag\?", sent), f"this baresip has another quirk: {sent}"
    parker.closed(asking)
    assert unit.occupied() == ["71"], "the call is not in the orbit that the parker heard"


def test_refer_to_without_port(scene):
    """Linphone drops the port of an attended transfer's Refer-To: the unit on the standard port is found, the reservation too."""
    if not ports.is_free(5060):
        pytest.skip("somebody listens on port 5060")
    unit = scene.start_unit(port=5060)
    caller, parker = scene.phones("pb", "AB")
    _, answered = scene.call_directly(caller, parker)
    parker.hold(answered)
    asking = parker.call(unit.uri("70"))
    parker.talking(asking)
    at = now()
    parker.transfer_attended(answered, asking, target=f"sip:70@{ports.LOOPBACK}")
    scene.hears_music(caller, since=at)
    parker.closed(asking)
    assert unit.occupied() == ["71"]


@pytest.mark.parametrize("referred_by", ["<sip:102@127.0.0.1>", "<sip:102@127.0.0.1:5060>;extra=1", '"Bay 2" <sip:102@127.0.0.1:9>'])
def test_parker_is_known_without_a_port(scene, referred_by):
    """PJSIP's Referred-By has no port: the ringback goes to where that station is registered."""
    unit = scene.start_unit(ringback_after="1s")
    parker = scene.phone("B")
    caller = scene.raw("A")
    caller.call(unit.uri("70"), {"Referred-By": referred_by})
    assert caller.final()["code"] == 200
    parker.incoming()
    scene.both_ways(caller, parker)
