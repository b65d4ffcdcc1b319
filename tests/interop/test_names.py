"""Hosts that are given by name: SRV, the next server when one is dead, and an outage of the name server."""

from agents.name_server import SRV, NameServer, address, service


def test_the_fallback_is_found_by_name_and_survives_an_outage(scene):
    """T3 with a PBX: its first server does not answer, its second one does; later nobody answers for names."""
    fallback = scene.phone("E", number="900")
    dead = 9
    names = NameServer({
        "_sip._udp.pbx.test": [service(10, dead, "one.pbx.test"), service(20, fallback.port, "two.pbx.test")],
        "one.pbx.test": [address("127.0.0.1")], "two.pbx.test": [address("127.0.0.1")], "pbx.test": [],
    })
    scene.start_unit(ringback_after="5s", ring_for="1s", attempts=1, fallback="sip:900@pbx.test", fallback_ring_for="10s",
                     name_server=names.address)
    caller, parker = scene.phones("pp", "AB")
    for outage in (False, True):
        if outage:
            names.stop()
        parker.answers("auto")
        _, at = scene.parked(caller, parker)
        parker.answers("ring")
        incoming = fallback.incoming(within=25, after=at)
        assert incoming["headers"]["via"], incoming
        scene.both_ways(caller, fallback, since=incoming["at"])
        fallback.hangup(incoming["call"])
        caller.closed(after=incoming["at"])
    assert ("_sip._udp.pbx.test", SRV) in names.asked
