"""Two at once, and those who never finish what they began."""

import socket
import threading
import time

from agents import broken, ports, rtp
from agents.timeline import now, until


def test_two_retrievers_at_once(scene):
    """F6, R9: exactly one wins with sound both ways; the other is told within a second."""
    unit = scene.start_unit()
    caller, parker, one, other = scene.phones("pppp", "ABCD")
    orbit, _ = scene.parked(caller, parker)
    calls, at = {}, now()
    threads = [threading.Thread(target=lambda phone=phone: calls.update({phone.name: phone.call(unit.uri(orbit))})) for phone in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    def told():
        return [(phone, gone) for phone in (one, other) for gone in phone.timeline.all("state", state="DISCONNECTED") if gone["call"] == calls[phone.name]]
    loser, gone = until(told, 3, "one of two is told")[0]
    winner = other if loser is one else one
    assert gone["at"] - at < 1.0 and gone["code"] // 100 in (4, 6), gone
    winner.talking(calls[winner.name])
    scene.both_ways(caller, winner, since=at)
    time.sleep(0.5)
    assert len(told()) == 1
    assert caller.ear().between(at).part(loser.name) == 0, "the loser was heard"
    assert loser.ear().between(at).part("A") == 0, "the loser has heard the caller"


def test_retriever_that_never_acknowledges(scene):
    """F6: no ACK for the 200; A keeps the music all the while, and C has A afterwards."""
    unit = scene.start_unit(ringback_after="110s")
    caller, parker, retriever = scene.phones("ppp")
    orbit, _ = scene.parked(caller, parker)
    at = now()
    silent = scene.sipp("retrieve-without-ack", orbit, seconds=45)
    until(lambda: any("200" in line for line in silent.answers()), 3, "the silent retriever is answered")
    silent.wait()
    waited = now() - at
    assert 25 < waited < 40, f"BYE after {waited:.0f} s"
    assert orbit in unit.occupied(), "the caller is no longer parked"
    heard = caller.ear().between(at)
    assert heard.part("sound") > 0.99, f"the music did not go on:\n{heard.report()}"
    moment = now()
    call = retriever.call(unit.uri(orbit))
    retriever.talking(call)
    scene.both_ways(caller, retriever, since=moment)


def test_retriever_that_gives_up_at_once(scene):
    """R6: C dials and hangs up again; A is still parked with music, or was joined and is then ended: never left in silence."""
    unit = scene.start_unit()
    caller, parker, retriever, other = scene.phones("pppp", "ABCD")
    orbit, _ = scene.parked(caller, parker)
    quick = scene.raw("E")
    quick.media.sending = False
    quick.acks = False
    quick.call(unit.uri(orbit))
    assert quick.final()["code"] == 200
    quick.acks = True
    quick.hangup()
    at = now()
    scene.hears_music(caller, since=at)
    assert orbit in unit.occupied()
    call = other.call(unit.uri(orbit))
    other.talking(call)
    scene.both_ways(caller, other, since=at)


def test_retriever_that_sends_no_sound(scene):
    """R6: a phone that is silent after its ACK is connected all the same, when the time for its first packet is over."""
    unit = scene.start_unit()
    caller = scene.raw("A")
    caller.call(unit.uri("70"), {"Referred-By": "<sip:102@127.0.0.1>"})
    assert caller.final()["code"] == 200
    scene.hears_music(caller)
    retriever = scene.raw("C")
    retriever.media.sending = False
    at = now()
    retriever.call(unit.uri(unit.occupied()[0]))
    assert retriever.final()["code"] == 200
    assert 1.5 < scene.hears(retriever, "A", since=at) - at < 3.0


def test_caller_hangs_up_while_being_retrieved(scene):
    """F15: whichever is first, the retriever's call is ended too and the orbit is free."""
    unit = scene.start_unit(cool_down="0s")
    for attempt in range(6):
        caller, retriever = scene.raw(f"A{attempt}"), scene.raw(f"C{attempt}")
        caller.call(unit.uri("70"), {"Referred-By": "<sip:102@127.0.0.1>"})
        assert caller.final()["code"] == 200
        orbit = until(unit.occupied, 2, "the call is parked")[0]
        retriever.call(unit.uri(orbit))
        if attempt % 2:
            retriever.final()
        caller.hangup()
        if retriever.final()["code"] == 200:
            retriever.timeline.wait("request", 2, method="BYE")
        scene.free(orbit)


def test_malformed_datagrams_do_not_stop_service(scene):
    """Q5: hundreds of broken messages; the parked caller's packets stay whole, OPTIONS is answered, C has A."""
    unit = scene.start_unit()
    parked = scene.raw("A")
    parked.call(unit.uri("70"), {"Referred-By": "<sip:102@127.0.0.1>"})
    assert parked.final()["code"] == 200
    scene.hears_music(parked)
    retriever = scene.phone("C")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for count, datagram in enumerate(broken.datagrams(unit.address, 400)):
            stranger.sendto(datagram, (ports.LOOPBACK, unit.port))
            if count % 10 == 9:
                time.sleep(0.02)
    assert unit.alive()
    asking = scene.raw("E")
    asking.options(unit.uri("70"))
    assert asking.timeline.wait("response", method="OPTIONS")["code"] == 200
    orbit = unit.occupied()[0]
    assert rtp.faults(parked.media.packets) == []
    call = retriever.call(unit.uri(orbit))
    retriever.talking(call)
    scene.both_ways(parked, retriever)
