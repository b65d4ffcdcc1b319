"""What a parked caller's packets look like, and calls that come in unusual ways."""

import os
import statistics
import time

from agents import rtp, sound, track
from agents.timeline import now, until

PARKER = {"Referred-By": "<sip:102@127.0.0.1>"}


def test_no_offer_gets_music(scene):
    """F19: INVITE without SDP; the offer comes in the 200, music at once after the ACK."""
    unit = scene.start_unit()
    caller = scene.raw("A", codec=8)
    at = now()
    caller.call(unit.uri("70"), PARKER, offer=False)
    answer = caller.final()
    assert answer["code"] == 200 and "m=audio" in answer["body"]
    scene.hears_music(caller, since=at)
    first = caller.media.packets[0]
    assert first.at - answer["at"] < 0.3 and first.payload_type == 8
    caller.hangup()


def test_offers_with_more_and_with_less(scene):
    """Video is declined beside the sound; a codec that the unit does not speak is refused with 488 before anything is parked."""
    unit = scene.start_unit()
    caller, other = scene.raw("A"), scene.raw("D")
    plain, foreign = caller._sdp, other._sdp
    caller._sdp = lambda direction: plain(direction) + "m=video 5000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    other._sdp = lambda direction: foreign(direction).replace("RTP/AVP 0", "RTP/AVP 18").replace("0 PCMU", "18 G729")
    caller.call(unit.uri("70"), PARKER)
    answer = caller.final()
    assert answer["code"] == 200 and "m=video 0 " in answer["body"]
    other.call(unit.uri("70"), PARKER)
    assert other.final()["code"] == 488
    scene.hears_music(caller)
    assert len(unit.occupied()) == 1


def test_no_offer_from_sipp(scene):
    """F19: the same with sipp's own SIP."""
    unit = scene.start_unit()
    calling = scene.sipp("park-without-offer", "70")
    until(lambda: unit.occupied(), 3, "the call is parked")
    calling.wait()
    until(lambda: not unit.occupied(), 3, "the orbit is free")


def test_two_codecs_hear_each_other(scene):
    """S3: the caller speaks PCMU only, the retriever PCMA only."""
    unit = scene.start_unit()
    caller = scene.raw("A", codec=0)
    caller.call(unit.uri("70"), PARKER)
    assert caller.final()["code"] == 200
    scene.hears_music(caller)
    retriever = scene.phone("C", codecs=["pcma"])
    call = retriever.call(unit.uri(unit.occupied()[0]))
    retriever.talking(call)
    assert retriever.timeline.wait("media")["codec"] == "PCMA"
    joined = scene.both_ways(caller, retriever)
    time.sleep(1.0)
    assert retriever.ear().between(joined + 0.2, joined + 0.9).part("A") >= 0.85
    assert {packet.payload_type for packet in caller.media.packets} == {0}
    assert rtp.faults(caller.media.packets) == []
    caller.hangup()
    retriever.closed(call)


def test_hold_and_unhold_while_parked(scene):
    """F17: re-INVITEs of every direction, and one without an offer: one source, no lost number, the music never from the top."""
    unit = scene.start_unit()
    caller = scene.raw("A")
    caller.call(unit.uri("70"), PARKER)
    assert caller.final()["code"] == 200
    begin = scene.hears_music(caller)
    for direction, expected in (("sendonly", "recvonly"), ("sendrecv", "sendrecv"), ("inactive", "inactive"), ("sendrecv", "sendrecv")):
        answer = caller.final(caller.reinvite(direction))
        assert answer["code"] == 200
        found = [line for line in ("sendonly", "recvonly", "inactive") if f"a={line}" in answer["body"]] or ["sendrecv"]
        assert found == [expected], answer["body"]
        time.sleep(0.4)
        count = len(caller.media.packets)
        time.sleep(0.6)
        came = len(caller.media.packets) - count
        assert came >= 25 if direction == "sendrecv" else came == 0, (direction, came)
    answer = caller.final(caller.reinvite(offer=False))
    assert answer["code"] == 200 and "m=audio" in answer["body"]
    time.sleep(1.2)
    packets = caller.media.packets
    assert len({packet.ssrc for packet in packets}) == 1
    steps = {(after.sequence - before.sequence) & 0xFFFF for before, after in zip(packets, packets[1:])}
    assert steps == {1}, steps
    times = {(after.timestamp - before.timestamp) & 0xFFFFFFFF for before, after in zip(packets, packets[1:])}
    assert all(step % 160 == 0 and 0 < step < 8000 * 5 for step in times), times
    last = rtp.recording(packets[-50:])
    score, place = track.place(last)
    first_place = track.place(rtp.recording(packets[:50]))[1]
    assert score > 0.8
    moved = (place - first_place) % track.length()
    assert moved > 1.5, f"the music began again: it was at {first_place:.1f} s and is at {place:.1f} s"
    assert caller.ear().between(begin).part("B") == 0
    caller.hangup()


def test_hold_and_resume_after_retrieval(scene):
    """The caller is put on hold and taken back five times: music while held, sound both ways and no music after each."""
    unit = scene.start_unit()
    caller, parker, retriever = scene.phones("ppp")
    orbit, _ = scene.parked(caller, parker)
    call = retriever.call(unit.uri(orbit))
    retriever.talking(call)
    scene.both_ways(caller, retriever)
    for _ in range(5):
        held = now()
        retriever.hold(call)
        scene.hears_music(caller, since=held)
        back = now()
        retriever.unhold(call)
        both = scene.both_ways(caller, retriever, since=back)
        scene.hears(caller, "C", since=both, at_least=0.8)
        assert caller.ear().between(both).longest("sound") < 0.3, "music after the call was taken back"
    retriever.hangup(call)
    caller.closed(after=back)


def test_packets_of_a_parked_caller(scene):
    """50 packets a second, no fault of sequence or timestamp, the track played through without a jump."""
    seconds = float(os.environ.get("ORBITBOX_LISTEN", "20"))
    unit = scene.start_unit(ringback_after="0s", max_life="600s")
    caller = scene.raw("A")
    sent = now()
    caller.call(unit.uri("70"), PARKER)
    answer = caller.final()
    assert answer["code"] == 200
    until(lambda: caller.media.packets, 2, "the first packet")
    first = caller.media.packets[0]
    time.sleep(seconds)
    packets = [packet for packet in caller.media.packets if packet.at <= first.at + seconds]
    assert rtp.faults(packets) == []
    assert first.marker and sum(packet.marker for packet in packets) == 1
    assert abs(len(packets) - seconds * 50) <= 2, len(packets)
    deviations = sorted(abs((packet.at - first.at) - index * 0.02) for index, packet in enumerate(packets))
    places = [track.place(rtp.recording(packets[index:index + 50]))[1] - index * 0.02 for index in range(0, len(packets) - 50, 100)]
    drift = max((place - places[0] + 1) % track.length() for place in places) - 1
    assert abs(drift) < 0.005, f"the music jumps by {drift:.3f} s"
    report = (f"200 after {1000 * (answer['at'] - sent):.1f} ms, first packet after {1000 * (first.at - sent):.1f} ms; of {len(packets)} packets: "
              f"deviation from 20 ms median {1000 * statistics.median(deviations):.2f} ms, p99 {1000 * deviations[int(len(deviations) * 0.99)]:.2f} ms\n")
    (scene.folder / "packets.txt").write_text(report)
    print(report)
    assert first.at - sent < 0.5
    caller.hangup()
    assert isinstance(caller.ear(), sound.Recording)
