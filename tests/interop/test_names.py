"""Hosts that are given by name: SRV, the next server when one is dead, and a name server that goes away and comes back."""

from agents.name_server import SRV, NameServer, address, service
from agents.timeline import until

DEAD = 9


def server(fallback, at=None):
    """A name server by which the PBX's second server is that phone; the first one does not answer."""
    return NameServer({
        "_sip._udp.pbx.test": [service(10, DEAD, "one.pbx.test"), service(20, fallback.port, "two.pbx.test")],
        "one.pbx.test": [address("127.0.0.1")], "two.pbx.test": [address("127.0.0.1")], "pbx.test": [],
    }, at)


def nobody_comes(scene, caller, parker, fallbacks):
    """The caller is parked, the parker does not answer, one of the fallbacks does. Returns that one."""
    parker.answers("auto")
    _, at = scene.parked(caller, parker)
    parker.answers("ring")

    def rung():
        return next((one for one in fallbacks if one.timeline.all("incoming", at=lambda when: when >= at)), None)
    fallback = until(rung, 25, "a fallback rings")
    incoming = fallback.incoming(after=at)
    scene.both_ways(caller, fallback, since=incoming["at"])
    fallback.hangup(incoming["call"])
    caller.closed(after=incoming["at"])
    return fallback


def test_the_fallback_is_found_by_name_and_survives_an_outage(scene):
    """T3 with a PBX: its first server does not answer, its second one does; then nobody answers for names; then a name server
    does again, by which the PBX has moved: it is asked within half a minute."""
    fallback, moved = scene.phone("E", number="900"), scene.phone("D", number="900")
    names = server(fallback)
    scene.start_unit(ringback_after="5s", ring_for="1s", attempts=1, fallback="sip:900@pbx.test", fallback_ring_for="10s",
                     name_server=names.address)
    caller, parker = scene.phones("pp", "AB")
    assert nobody_comes(scene, caller, parker, [fallback, moved]) is fallback
    assert ("_sip._udp.pbx.test", SRV) in names.asked
    names.stop()
    assert nobody_comes(scene, caller, parker, [fallback, moved]) is fallback
    names = server(moved, names.address)
    rung = [nobody_comes(scene, caller, parker, [fallback, moved])]
    while rung[-1] is fallback and len(rung) < 5:
        rung.append(nobody_comes(scene, caller, parker, [fallback, moved]))
    names.stop()
    assert rung[-1] is moved and names.asked
