"""Calls come to the station beside the unit by its keys, pressed through the panel's own input path."""

import subprocess

from agents.timeline import now
from agents.unit import BINARY


def asked_to_answer(incoming):
    """Whether a call carries one of the headers by which a phone is told to answer by itself."""
    headers = incoming["headers"]
    return "answer-after=0" in headers.get("call-info", "").lower() or "auto" in headers.get("answer-mode", "").lower() \
        or "auto" in headers.get("alert-info", "").lower()


def test_orbit_key_brings_the_call(scene):
    """R4, R7: the station beside the unit is called with auto-answer and the caller's identity; A and it hear each other."""
    unit = scene.start_unit()
    caller, parker = scene.phones("pp", "AB")
    beside = scene.beside()
    orbit, _ = scene.parked(caller, parker)
    pressed = now()
    unit.press(f"orbit-{orbit}")
    incoming = beside.incoming()
    assert asked_to_answer(incoming), incoming["headers"]
    identity = incoming["headers"].get("from", "") + incoming["headers"].get("p-asserted-identity", "")
    assert "201" in identity, identity
    scene.both_ways(caller, beside, since=pressed)
    assert caller.ear().between(pressed).longest("silence") <= 0.4
    ended = now()
    beside.hangup(incoming["call"])
    caller.closed(after=ended)
    scene.free(orbit)


def test_retrieve_key_brings_the_longest_waiting(scene):
    """R4: the one who has waited longest first, then the other."""
    unit = scene.start_unit()
    first, parker = scene.phones("pp", "AB")
    beside = scene.beside()
    scene.parked(first, parker, "75")
    second = scene.raw("D", number="204")
    second.call(unit.uri("72"), {"Referred-By": f"<sip:{parker.number}@127.0.0.1>"})
    assert second.final()["code"] == 200
    scene.hears_music(second)
    for caller in (first, second):
        at = now()
        unit.press("retrieve")
        incoming = beside.incoming(after=at)
        scene.both_ways(caller, beside, since=at)
        beside.hangup(incoming["call"])
        beside.closed(incoming["call"], after=at)
    assert unit.alive()


def test_station_beside_that_does_not_answer_changes_nothing(scene):
    """R6: the call rings at the station beside the unit, C dials the orbit meanwhile and wins; the ringing stops."""
    unit = scene.start_unit()
    caller, parker, retriever = scene.phones("ppp", "ABC")
    beside = scene.phone("E", number="106", answer="ring")
    orbit, _ = scene.parked(caller, parker)
    unit.press(f"orbit-{orbit}")
    ringing = beside.incoming()
    scene.hears_music(caller, since=now())
    beside.answer(ringing["call"], 486)
    beside.closed(ringing["call"])
    at = now()
    scene.hears_music(caller, since=at)
    call = retriever.call(unit.uri(orbit))
    retriever.talking(call)
    scene.both_ways(caller, retriever, since=at)


def test_a_front_that_does_not_answer_keeps_nobody_waiting(scene):
    """The bus of a revision is not there: it is told, by `orbitbox board` too, and the unit parks and announces all the same."""
    revision = scene.folder / "board.toml"
    bus = scene.folder / "i2c-none"
    revision.write_text(f'schema = 1\nname = "bench"\nextends = "pi4-reference"\n[bus.panel]\ni2c = {{ path = "{bus}" }}\n')
    unit = scene.start_unit(panel=f'revision = "{revision}"\n')
    caller, parker = scene.phones("pp", "AB")
    scene.parked(caller, parker)
    assert "keys, lamps and digits do not answer" in unit.log()
    told = subprocess.run([BINARY, "board", "--config", str(scene.folder / "unit.toml")], capture_output=True, text=True, timeout=10)
    assert f"bench, HT16K33 at 0x71 on {bus}: FAULT" in told.stdout, told
    revision.write_text('schema = 1\nname = "bench"\nextends = "pi4"\n')
    refused = subprocess.run([BINARY, "board", "--config", str(scene.folder / "unit.toml")], capture_output=True, text=True, timeout=10)
    assert "board.toml:3: extends: `pi4` is none of pi4-reference" in refused.stdout, refused
