"""Calls through the machine's own network, by phones outside."""

import random
import time

import numpy
from agents import ports, sound
from agents.raw_phone import RawPhone
from rig.report import until
from scenes.scene import START
from stand_in import network

UNIT = f"{network.THERE}:5060"


def play(scene):
    """SIP answers; a call is parked, hears music, and is taken."""
    report = scene.report
    ports.LOOPBACK = network.HERE
    asking = RawPhone(scene.folder, "asking", None, "102")
    asking.options(f"sip:70@{UNIT}")
    answer = heard(asking, "OPTIONS")
    report.saw("SIP is answered from outside", answer and answer["code"] == 200, answer)
    asking.stop()
    wakes(scene)
    selftest(scene)
    caller, taker = RawPhone(scene.folder, "caller", sound.TONES["A"], "555"), RawPhone(scene.folder, "taker", sound.TONES["B"], "101")
    orbit = park(scene, caller)
    report.saw(f"a call is parked through the machine's network, on {orbit}", orbit, scene.page.status())
    packets = until(lambda: len(caller.media.packets) > 100 and caller.media.packets, 30)
    report.saw("its caller hears music", packets and loud(caller.ear().samples[-8000:]), packets and len(packets))
    report.saw("a station registers", register(taker))
    if orbit:
        taker.call(f"sip:{orbit}@{UNIT}")
        answer = heard(taker, "INVITE")
        report.saw("a phone that dials the orbit is answered", answer and answer["code"] == 200, answer and answer["reason"])
        report.saw("and hears the caller", until(lambda: tone(taker.ear().samples[-4000:], sound.TONES["A"]), 30))
        report.saw("the caller hears the phone", until(lambda: tone(caller.ear().samples[-4000:], sound.TONES["B"]), 30))
        report.saw("the orbit is free again", until(lambda: orbit not in scene.page.occupied(), 15), scene.page.occupied())
        taker.hangup()
    caller.stop()
    taker.stop()


def wakes(scene):
    """From the start of the program's process to its first answer."""
    scene.machine.tell("systemctl stop orbitbox.service")
    asking = RawPhone(scene.folder, "waking", None, "102")
    scene.machine.tell("systemctl start --no-block orbitbox.service")

    def ask():
        asking.options(f"sip:70@{UNIT}")
        return heard(asking, "OPTIONS", 0)
    answer, answered = until(ask, START), time.monotonic()
    uptime = float(scene.asks("cut -d ' ' -f 1 /proc/uptime")) - (time.monotonic() - answered)
    began = int(scene.asks("systemctl show -p ExecMainStartTimestampMonotonic --value orbitbox.service")) / 1e6
    scene.report.saw(f"started anew, its process answers SIP after {uptime - began:.1f} s", answer and answer["code"] == 200 and began < uptime, (answer, began, uptime))
    asking.stop()


def selftest(scene):
    """The unit calls itself, on the machine, in a place of its own."""
    status, text = scene.machine.tell("cd /tmp && orbitbox selftest 2>&1")
    good = sum(line.startswith("pass") for line in text.splitlines())
    scene.report.saw(f"`orbitbox selftest` passes on the machine ({good} steps)", status == 0 and good > 0, text)


def register(phone):
    """The phone becomes one of the unit's stations; whether it did."""
    who = f"<sip:{phone.number}@{UNIT}>"
    lines = [
        f"REGISTER sip:{UNIT} SIP/2.0", f"Via: SIP/2.0/UDP {phone.address};branch=z9hG4bK{random.getrandbits(64):016x};rport", f"From: {who};tag={random.getrandbits(64):016x}", f"To: {who}",
        f"Call-ID: {random.getrandbits(64):016x}", "CSeq: 1 REGISTER", f"Contact: <{phone.uri}>", "Expires: 3600", "Max-Forwards: 70", "Content-Length: 0", "", "",
    ]
    phone.socket.sendto("\r\n".join(lines).encode(), (network.THERE, 5060))
    answer = heard(phone, "REGISTER")
    return answer and answer["code"] == 200


def park(scene, caller):
    """A caller calls the pilot; the orbit, or none."""
    before = scene.page.occupied()
    caller.call(f"sip:70@{UNIT}")
    answer = heard(caller, "INVITE")
    if not answer or answer["code"] != 200:
        return None
    orbits = until(lambda: [orbit for orbit in scene.page.occupied() if orbit not in before], 30)
    return orbits[0] if orbits else None


def heard(phone, method, within=60):
    """The final answer to a request; none in time."""
    found = lambda: [one for one in phone.timeline.happenings if one["event"] == "response" and one["method"] == method and one["code"] >= 200]
    answers = until(found, within)
    return answers[-1] if answers else None


def loud(samples):
    """Whether it is not silence."""
    return len(samples) and max(abs(samples)) > sound.SILENCE


def tone(samples, hertz):
    """Whether a stretch is this tone more than anything else."""
    if len(samples) < 2000:
        return False
    power = numpy.abs(numpy.fft.rfft(samples * numpy.hanning(len(samples)))) ** 2
    place = round(hertz * len(samples) / 8000)
    return power[max(0, place - 3):place + 4].sum() > 0.5 * power.sum() and loud(samples)

