"""SIP over TCP and TLS, and passwords."""

import socket
import time

import pytest
from agents import ports
from agents.timeline import now, until


@pytest.mark.parametrize("transport,kinds", [("tcp", "ppp"), ("tls", "ppp"), ("tcp", "ppb"), ("tls", "ppb")])
def test_park_over_streams(scene, transport, kinds):
    """Everybody on a connection of their own; the parker is rung back over the one it registered on, and somebody comes."""
    unit = scene.start_unit(ringback_after="3s", tls=transport == "tls")
    options = {"transport": transport}
    caller, parker, retriever = scene.phones(kinds, "CBD", C=options, B=options, D=options)

    def park():
        at = now()
        caller.call(unit.stream_uri("102", transport))
        answered = parker.talking(after=at)["call"]
        scene.both_ways(caller, parker, since=at)
        at = now()
        parker.transfer(answered, unit.stream_uri("70", transport))
        scene.hears_music(caller, within=8, since=at)
        parker.closed(answered, within=8)

    park()
    at = now()
    ringing = parker.incoming(8, after=at)
    assert ringing["headers"]["via"].startswith(f"SIP/2.0/{transport.upper()}")
    scene.both_ways(caller, parker, within=8, since=at)
    parker.hangup()
    caller.closed(after=at)
    park()
    orbit = list(until(unit.occupied, 3, "an orbit is occupied"))[0]
    at = now()
    call = retriever.call(unit.stream_uri(orbit, transport))
    scene.both_ways(retriever, caller, within=8, since=at)
    retriever.hangup(call)


def test_sipp_over_tcp(scene):
    """Calls of another maker over one connection. (Debian's sipp is built without TLS.)"""
    unit = scene.start_unit()
    sipp = scene.sipp("park-and-stay", "70", calls=4, transport="t1")
    until(lambda: len(unit.occupied()) == 4, 10, "four calls are parked")
    sipp.wait()


@pytest.mark.parametrize("transport", ["u1", "t1"])
def test_callers_over_ipv6_are_retrieved_over_ipv4(scene, transport):
    """One unit, both families: what the one parks the other fetches."""
    unit = scene.start_unit(both_families=True)
    retriever = scene.phone("B")
    sipp = scene.sipp("park-and-stay", "70", target=unit.address_six, host="::1", calls=2, transport=transport)
    until(lambda: len(unit.occupied()) == 2, 10, "two calls are parked")
    orbit = list(unit.occupied())[0]
    call = retriever.call(unit.uri(orbit))
    until(lambda: len(unit.occupied()) == 1, 10, "one of them is retrieved")
    sipp.wait()
    retriever.closed(call)


def test_a_stream_cut_into_pieces_and_joined(scene):
    """Byte by byte, and two in one; then rubbish, which costs only its own connection."""
    unit = scene.start_unit()
    host, port = unit.address.split(":")
    text = (f"OPTIONS sip:{unit.address} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK%s\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:{unit.address}>\r\n"
            "Call-ID: %s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
    with socket.create_connection((host, int(port)), 3) as stream:
        stream.settimeout(3)
        for byte in (text % ("a", "a")).encode():
            stream.sendall(bytes([byte]))
        assert stream.recv(65536).startswith(b"SIP/2.0 200")
        stream.sendall((text % ("b", "b") + text % ("c", "c")).encode())
        got = b""
        while got.count(b"SIP/2.0 200") < 2:
            got += stream.recv(65536)
        stream.sendall(b"\r\n\r\n")
        assert stream.recv(2) == b"\r\n", "a keep-alive is answered"
        stream.sendall(b"INVITE sip:70@x SIP/2.0\r\nContent-Length: nonsense\r\n\r\n")
        assert until(lambda: stream.recv(65536) == b"", 3, "the connection is closed")
    assert unit.alive() and unit.status()


@pytest.mark.parametrize("kind", ["p", "b"])
def test_stations_with_a_password(scene, kind):
    """A phone that knows it registers and parks; one that does not is told so, and cannot call as that station."""
    unit = scene.start_unit(passwords={"102": "open-sesame"})
    caller = scene.phone("A")
    parker = scene.phone("B", kind, password="open-sesame")
    scene.parked(caller, parker)
    asking = parker.call(unit.uri("72"))
    assert parker.closed(asking)["code"] == 404, "known, but nobody waits there"


def test_a_wrong_password(scene):
    """401 for ever; nothing is known of the phone."""
    unit = scene.start_unit(passwords={"102": "open-sesame"})
    phone, _ = scene._start_phone("B", "p", password="wrong")
    phone.timeline.wait("registration", 10, code=lambda code: code in (401, 403))
    time.sleep(0.3)
    assert not [one for one in unit.status()["stations"] if one["user"] == "102" and one["registered"]]
