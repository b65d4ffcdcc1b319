"""Calls come to the station beside the unit by its keys, pressed through the panel's own input path."""

import subprocess

from agents.timeline import now, until
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


WIRES = """
[[relay]]
name = "busy"
follows = "parked"
[[relay]]
name = "strobe"
follows = "page"
[[contact]]
name = "stop"
does = "cancel"
[[contact]]
name = "fire"
does = "emergency"
"""


def relay(unit, name):
    """Whether a relay of the simulated board is on."""
    return {one["name"]: one["on"] for one in unit.status()["relays"]}[name]


def test_a_parked_call_switches_its_relay_and_its_retrieval_switches_it_back(scene):
    """`parked`: off at the start, on while A waits, off again when C has taken the call."""
    unit = scene.start_unit(more=WIRES)
    caller, parker, retriever = scene.phones("ppp", "ABC")
    assert not relay(unit, "busy")
    orbit, _ = scene.parked(caller, parker)
    until(lambda: relay(unit, "busy"), 2, "the relay is on")
    call = retriever.call(unit.uri(orbit))
    retriever.talking(call)
    scene.both_ways(caller, retriever)
    until(lambda: not relay(unit, "busy"), 2, "the relay is off")


def test_a_contact_stops_the_page_and_another_raises_the_alarm(scene):
    """`cancel` and `emergency`: silence on the speaker within a second of the first, the alarm before everything else until the second opens."""
    unit = scene.start_unit(more=WIRES, page_repeats=1)
    caller = scene.raw("D", number="204")
    caller.call(unit.uri("71"), {"Referred-By": "<sip:102@127.0.0.1>"})
    assert caller.final()["code"] == 200
    scene.hears(unit, "sound")
    until(lambda: relay(unit, "strobe"), 1, "the relay is on while the page is heard")
    unit.contact("stop", True)
    stopped = now()
    until(lambda: not relay(unit, "strobe"), 1, "the relay is off")
    scene.hears(unit, "silence", since=stopped, at_least=1.5)
    assert unit.speaker().between(stopped).first("silence", 1.5) < stopped + 1, unit.speaker().between(stopped).report()
    unit.contact("stop", False)
    unit.contact("fire", True)
    begun = now()
    scene.hears(unit, "sound", since=begun, at_least=0.2)
    # Two alarms of 2.5 s with a second between them.
    until(lambda: now() > begun + 7, 9, "two alarms")
    unit.contact("fire", False)
    ended = now()
    assert unit.speaker().between(begun, ended).longest("silence") < 2, unit.speaker().between(begun).report()
    scene.hears(unit, "silence", since=ended, at_least=2)
    until(lambda: not relay(unit, "strobe"), 1, "the relay is off")
    told = [line["text"] for line in unit.status()["recent"]]
    assert "EMERGENCY: the contact fire is closed" in told and "The contact fire is open again: the emergency is over" in told, told


def test_a_relay_the_revision_does_not_have_is_refused(scene):
    """With the line of the configuration, and what may have been meant; the same for a line that is taken."""
    revision, configuration = scene.folder / "board.toml", scene.folder / "unit.toml"
    revision.write_text('schema = 1\nname = "bench"\nextends = "pi4-reference"\n[relay.strobe]\ngpio.line = "GPIO26"\n')
    configuration.write_text(f'[panel]\nrevision = "{revision}"\n[[relay]]\nname = "strob"\nfollows = "page"\n')

    def started():
        return subprocess.run([BINARY, "run", "--config", str(configuration), "--data", str(scene.folder)], capture_output=True, text=True, timeout=10)
    refused = started()
    assert refused.returncode == 1
    assert f"line 4 of the configuration: relay.name: {revision} has no [relay.strob]; was `strobe` meant?" in refused.stderr, refused
    revision.write_text('schema = 1\nname = "bench"\nextends = "pi4-reference"\n[relay.strob]\ngpio.line = "GPIO23"\n')
    refused = started()
    assert "board.toml:5: relay.strob: line GPIO23 is that of amplifier.pin.enable" in refused.stderr, refused
