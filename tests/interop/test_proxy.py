"""The unit behind Kamailio, at which all phones are registered: record-routed, believed by the proxy's address."""

import shutil
from pathlib import Path

import pytest
from agents import ports
from agents.kamailio import ADDRESS, Kamailio
from agents.timeline import now, until

pytestmark = pytest.mark.skipif(not (shutil.which("kamailio") or Path("/usr/sbin/kamailio").exists()), reason="Kamailio is not installed")


@pytest.fixture
def behind(scene):
    """A unit that believes the proxy, the proxy, and a way to start phones there."""
    here = f"{ADDRESS}:{ports.udp()}"
    trunk = f'[[trunk]]\nname = "Kamailio"\nnetworks = "{ADDRESS}"\nproxy = "sip:{here}"\n'
    scene.start_unit(ringback_after="4s", ring_for="5s", more=trunk)
    proxy = Kamailio(scene.folder, scene.unit.address, here).ready()

    def phones(kinds, names="ABC"):
        numbers = {"A": "201", "B": "102", "C": "103"}
        return [scene.phone(name, kind, number=numbers[name], registrar=proxy.address) for kind, name in zip(kinds, names)]
    yield scene, proxy, phones
    proxy.stop()


def talking(scene, proxy, caller, called):
    at = now()
    calling = caller.call(proxy.uri(called.number))
    answered = called.talking(after=at)["call"]
    caller.talking(calling)
    scene.both_ways(caller, called)
    return calling, answered


@pytest.mark.parametrize("kinds", ["ppp", "bpp", "pbp"])
def test_park_and_retrieve_through_a_proxy(behind, kinds):
    """Blind transfer to the pilot, retrieved by number, both through the proxy; held and resumed; hung up."""
    scene, proxy, phones = behind
    caller, parker, retriever = phones(kinds)
    _, answered = talking(scene, proxy, caller, parker)
    at = now()
    parker.transfer(answered, proxy.uri("70"))
    scene.hears_music(caller, within=8, since=at)
    orbit = list(until(scene.unit.occupied, 3, "an orbit is occupied"))[0]
    at = now()
    call = retriever.call(proxy.uri(orbit))
    scene.both_ways(retriever, caller, within=8, since=at)
    for _ in range(5):
        at = now()
        retriever.hold(call)
        scene.hears_music(caller, since=at)
        at = now()
        retriever.unhold(call)
        scene.both_ways(retriever, caller, since=at)
    retriever.hangup(call)
    until(lambda: not scene.unit.occupied(), 3, "the orbit is free")


def test_the_parker_is_rung_back_through_the_proxy(behind):
    """The unit calls the parker where the proxy knows them."""
    scene, proxy, phones = behind
    caller, parker, _ = phones("ppp")
    _, answered = talking(scene, proxy, caller, parker)
    at = now()
    parker.transfer(answered, proxy.uri("71"))
    scene.hears_music(caller, within=8, since=at)
    parker.closed(answered, within=8)
    at = now()
    ringing = parker.incoming(9, after=at)
    assert "P71" in ringing["headers"]["from"]
    scene.both_ways(caller, parker, within=8, since=at)


def test_attended_transfer_through_a_proxy(behind):
    """The parker asks for an orbit, hears it, and completes."""
    scene, proxy, phones = behind
    caller, parker, retriever = phones("ppp")
    _, answered = talking(scene, proxy, caller, parker)
    parker.hold(answered)
    asking = parker.call(proxy.uri("70"))
    parker.talking(asking)
    scene.hears(parker, "sound", at_least=0.3)
    at = now()
    parker.transfer_attended(answered, asking)
    scene.hears_music(caller, within=8, since=at)
    orbit = list(until(scene.unit.occupied, 3, "an orbit is occupied"))[0]
    call = retriever.call(proxy.uri(orbit))
    scene.both_ways(retriever, caller, within=8, since=now())
    retriever.hangup(call)
    until(lambda: not scene.unit.occupied(), 3, "the orbit is free")
