"""Codecs and encryption: whoever is parked hears music, whoever retrieves is heard, whatever either speaks."""

import re
import time

import pytest

from agents import sound
from agents.timeline import now, until

EVERY = ("pcmu", "pcma", "g722")


def retrieved(scene, caller, retriever):
    """C retrieves the call that is parked, and both hear each other's tone. Returns C's name of the call."""
    orbit = scene.unit.occupied()[0]
    at = now()
    call = retriever.call(scene.unit.uri(orbit))
    retriever.talking(call)
    scene.both_ways(caller, retriever, within=8, since=at)
    scene.free(orbit)
    return call


@pytest.mark.parametrize("kinds, codecs", [
    ("ppb", ("pcmu", "g722")), ("bpp", ("g722", "pcma")), ("bbp", ("opus", "pcmu")), ("bbb", ("opus", "g722")),
    ("ppb", ("g722", "opus")), ("bpb", ("pcma", "opus")), ("bbb", ("opus", "opus")), ("ppp", ("g722", "g722")),
], ids=lambda value: value if isinstance(value, str) else "-".join(value))
def test_parked_in_one_codec_retrieved_in_another(scene, kinds, codecs):
    """S3: the caller speaks one codec, the retriever another; music, and tones both ways."""
    scene.start_unit()
    one, other = codecs
    between = [one] if one == "opus" else list(EVERY)
    caller, parker, retriever = scene.phones(kinds, A={"codecs": [one]}, B={"codecs": between}, C={"codecs": [other]})
    scene.parked(caller, parker)
    call = retrieved(scene, caller, retriever)
    time.sleep(1.0)
    for ear, tone in ((caller, "C"), (retriever, "A")):
        heard = ear.ear().between(now() - 0.9, now() - 0.1)
        assert heard.part(tone) >= 0.8, f"{ear.name}:\n{heard.report()}"
    retriever.hangup(call)
    caller.closed(within=8)


@pytest.mark.parametrize("kinds", ["ppp", "bbb", "bpp", "pbb"])
@pytest.mark.parametrize("protected", ["both", "caller", "retriever"])
def test_encrypted_and_plain(scene, kinds, protected):
    """S3: SRTP with keys in the description; one side or both insist on it, and the other may not know it at all."""
    scene.start_unit()
    first = "required" if protected in ("both", "caller") else "off"
    second = "required" if protected in ("both", "retriever") else "off"
    caller, parker, retriever = scene.phones(
        kinds, A={"encryption": first, "codecs": ["pcma"]}, B={"encryption": first, "codecs": ["pcma"]},
        C={"encryption": second, "codecs": ["pcmu"]})
    scene.parked(caller, parker)
    call = retrieved(scene, caller, retriever)
    retriever.hangup(call)
    caller.closed(within=8)


def test_required_of_a_station_means_no_call_without(scene):
    """A station that is to be encrypted gets no call in the plain, and the caller stays parked until it asks for one that is."""
    scene.start_unit(more='[[station]]\nuser = "120"\nencryption = "required"\n')
    caller, parker = scene.phones("pp", names="AB")
    orbit, _ = scene.parked(caller, parker)
    plain = scene.phone("D", number="120", registrar=scene.unit.address)
    call = plain.call(scene.unit.uri(orbit))
    assert plain.closed(call)["code"] == 488
    assert scene.unit.occupied() == [orbit]
    plain.stop()
    able = scene.phone("C", number="120", registrar=scene.unit.address, encryption="required")
    able.talking(able.call(scene.unit.uri(orbit)))
    scene.both_ways(caller, able, within=8)


def test_hold_and_resume_twenty_times_between_codecs(scene):
    """Complaint 18: after the retrieval hold and resume leave sound both ways, here through a transcoder."""
    scene.start_unit()
    caller, parker, retriever = scene.phones("ppp", A={"codecs": ["pcmu"]}, C={"codecs": ["g722"]})
    scene.parked(caller, parker)
    call = retrieved(scene, caller, retriever)
    for _ in range(20):
        retriever.hold(call)
        time.sleep(0.15)
        retriever.unhold(call)
        time.sleep(0.15)
    scene.both_ways(caller, retriever, within=8, since=now())
    retriever.hangup(call)
    caller.closed(within=8)
    for party in ("A: PCMU; ", r"Bay 103 \(103\): G722; "):
        said = f"Sound of {party}\\d+ packets came"
        until(lambda: any(re.match(said, line["text"]) for line in scene.unit.status()["recent"]), 3, said)


def test_keys_through_a_transcoder(scene):
    """RFC 4733: a key that one side presses reaches the other as a key."""
    scene.start_unit()
    caller, parker, retriever = scene.phones("ppb", A={"codecs": ["pcmu"]}, C={"codecs": ["g722"]})
    scene.parked(caller, parker)
    retrieved(scene, caller, retriever)
    talking = caller.timeline.all("state", state="CONFIRMED")[-1]["call"]
    caller.order("keys", call=talking, keys="5")
    assert retriever.timeline.wait("CALL_DTMF_START", within=5)["what"]["param"] == "5"


def test_live_music(scene):
    """M1: who waits hears what comes in at the moment, without a gap; the unit says how it stands with the sound."""
    hertz = sound.TONES["E"]
    scene.start_unit(more=f'[music]\nplays = "line-in"\nline-in = "tone:{hertz}"\n')
    caller, parker = scene.phones("pp", names="AB", A={"codecs": ["g722"]}, B={"codecs": ["g722"]})
    _, answered = scene.call_directly(caller, parker)
    at = now()
    parker.transfer(answered, scene.unit.uri("70"))
    begun = scene.hears(caller, "E", since=at, at_least=2.0)
    orbit = scene.unit.occupied()[0]
    said = until(lambda: re.search("Sound: .*", scene.unit.request("GET", f"/api/explain/{orbit}")[1]), 8, "figures").group()
    assert re.fullmatch(r"Sound: G722; \d+ packets came, 0 lost, jitter \d ms; \d{2,} went.*\.", said), said
    heard = caller.ear().between(begun, begun + 2.0)
    assert heard.part("E") >= 0.95, heard.report()
