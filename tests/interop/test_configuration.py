"""The configuration changes while callers are parked: by request, by signal, by the file; live, by another start, and not at all."""

import os
import pty
import signal
import socket
import subprocess

from agents import ports, process
from agents.service_manager import ServiceManager
from agents.timeline import now, until
from agents.unit import BINARY
from agents.watcher import Watcher
from test_restart import music_after, park, waiting


def rewrite(unit, *replaced):
    """Writes the unit's configuration with other text in the place of some."""
    file = unit.folder / "unit.toml"
    text = file.read_text()
    for old, new in replaced:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text)


def command(*words):
    """The program, told something."""
    return subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=10)


def answers(unit):
    """Its status, where its page is."""
    try:
        return unit.status()
    except OSError:
        return None


def names(waiting):
    """Who waits, by orbit."""
    return {orbit: who for orbit, (who, _) in waiting.items()}


def orbits(unit):
    """The numbers of all its orbits."""
    return [orbit["number"] for lot in unit.status()["lots"] for orbit in lot["orbits"]]


def gapless(caller, since, at_most=0.1):
    """The longest time without a packet of music since then."""
    times = [packet.at for packet in caller.media.packets if packet.at > since]
    gap = max(later - earlier for earlier, later in zip(times, times[1:]))
    assert gap < at_most, f"{gap:.3f} s without a packet"


def test_a_range_is_taken_away_while_somebody_waits_there(scene):
    """By request: nobody misses a packet; who waits outside the new range is seen, explained and retrieved; nobody else goes there."""
    unit = scene.start_unit(ringback_after="100s")
    first = park(scene, "A")
    lamp = Watcher(unit, "71", "103")
    lamp.shows("confirmed")
    at = now()
    rewrite(unit, ('"71-78"', '"81-82"'))
    code, said = unit.request("POST", "/api/reload", {})
    assert (code, said.strip()) == (200, "The configuration has changed, and no call with it."), said
    assert until(lambda: orbits(unit) == ["71", "81", "82"], 2, "the new orbits are shown")
    assert list(waiting(unit)) == ["71"]
    second = park(scene, "B")
    until(lambda: sorted(waiting(unit)) == ["71", "81"], 2, "the second caller is parked in the new range")
    refused = scene.raw("D")
    refused.call(unit.uri("72"), headers={"Referred-By": f"<sip:102@{unit.address}>"})
    assert refused.final()["code"] == 404
    gapless(first, at)
    retriever = scene.phone("C", number="105")
    call = retriever.call(unit.uri("71"))
    retriever.talking(call)
    scene.hears(retriever, "A")
    lamp.shows(None)
    until(lambda: list(waiting(unit)) == ["81"], 2, "the first caller waits no more")
    retriever.hangup(call)
    assert until(lambda: orbits(unit) == ["81", "82"], 3, "the orbit is forgotten")
    second.hangup()


def test_problems_are_named_and_change_nothing(scene):
    """By the file alone, and by SIGHUP: the page says what is wrong until it is mended."""
    unit = scene.start_unit()
    caller, at = park(scene, "A"), now()
    rewrite(unit, ('"71-78"', '"78-71"'))
    alerts = until(lambda: [one for one in unit.status()["alerts"] if "stays as it was" in one], 5, "the file is looked at")
    assert "lot.orbits" in alerts[0] and "unit.toml" in alerts[0], alerts
    code, why = unit.request("POST", "/api/reload", {})
    assert code == 422 and "`78-71` must run upwards" in why, why
    assert orbits(unit)[0] == "71" and list(waiting(unit)) == ["71"]
    rewrite(unit, ('"78-71"', '"71-79"'))
    os.kill(unit.pid, signal.SIGHUP)
    until(lambda: "79" in orbits(unit), 2, "the mended file is read")
    assert not [one for one in unit.status()["alerts"] if "configuration" in one]
    gapless(caller, at)


def test_what_sockets_depend_on_starts_the_program_anew_with_its_callers(scene):
    """The same process, another address of the page, the same callers in the same orbits; systemd is not told that the unit stops."""
    manager = ServiceManager()
    unit = scene.start_unit(environment=manager.environment)
    manager.timeline.wait("READY=1", 5)
    callers = [park(scene, name) for name in ("A", "D")]
    before = until(lambda: waiting(unit) if len(waiting(unit)) == 2 else None, 2, "two callers are parked")
    old, unit.web = unit.web, ports.tcp()
    rewrite(unit, (f":{old}\"", f":{unit.web}\""))
    at = now()
    # Before the file is looked at twice.
    told = command("reload", "--web", f"{ports.LOOPBACK}:{old}")
    assert told.stdout.strip().endswith("because of web."), told
    until(lambda: unit.alive() and answers(unit), 8, "the page is at its new address")
    for caller in callers:
        music_after(caller, at)
    after = waiting(unit)
    assert unit.alive() and names(after) == names(before)
    ready, reloading = manager.heard("READY=1"), manager.heard("RELOADING=1")
    assert len(ready) == 2 and len(reloading) == 1 and ready[0] < reloading[0] < ready[1], (ready, reloading)
    assert not manager.heard("STOPPING=1")


def test_what_cannot_be_started_gives_way_to_the_last_good_one(scene):
    """A file that reads well and names a port that is taken: the unit goes on as it was, says so, and keeps its callers."""
    unit = scene.start_unit()
    park(scene, "A")
    # It has not lived with it for two minutes yet: what it was changed to live is good at once.
    rewrite(unit, ('"71-78"', '"71-77"'))
    until(lambda: "78" not in orbits(unit), 5, "the file is looked at")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        rewrite(unit, (f":{unit.web}\"", f":{taken.getsockname()[1]}\""))
        until(lambda: "last good configuration" in unit.log(), 8, "the unit has tried")
        status = until(lambda: answers(unit), 5, "the page is where it was")
    assert [one for one in status["alerts"] if "last good configuration" in one and "web.listen" in one], status["alerts"]
    assert list(waiting(unit)) == ["71"]


def test_a_file_with_an_error_at_the_start_gives_way_to_the_last_good_one(scene):
    """Nobody has to wait for somebody who mends it: the first start serves everybody, and says what is wrong."""
    unit = scene.start_unit(page_repeats=0)
    caller = park(scene, "A")
    unit.stop()
    good = (unit.folder / "unit.toml").read_text()
    # As the unit keeps it when it has lived with it for two minutes.
    (unit.data / "last-good.toml").write_text(good)
    rewrite(unit, ("[panel]", "[pannel]"))
    at = unit.start_again()
    unit.ready()
    music_after(caller, at)
    status = unit.status()
    assert [one for one in status["alerts"] if "last good configuration" in one and "pannel" in one], status["alerts"]
    assert not status["safe_mode"] and list(waiting(unit)) == ["71"]
    rewrite(unit, ("[pannel]", "[panel]"))
    until(lambda: not [one for one in unit.status()["alerts"] if "configuration" in one], 5, "the mended file is read")


def test_a_factory_reset_leaves_the_network_alone(scene):
    """Not while the unit runs; then nothing is left but its addresses, and it starts with them."""
    unit = scene.start_unit(passwords={"101": "dock-4711-gate"})
    park(scene, "A")
    words = ["factory-reset", "--keep-network", "--config", str(unit.folder / "unit.toml"), "--data", str(unit.data)]
    assert "say --yes" in command(*words).stderr
    assert "stop it before" in command(*words, "--yes").stderr
    unit.stop()
    assert (unit.data / "journal").exists()
    done = command(*words, "--yes")
    assert done.returncode == 0, done
    left = (unit.folder / "unit.toml").read_text()
    assert f'listen = "{unit.listen}"' in left and "4711" not in left and "station" not in left, left
    assert not [one.name for one in unit.data.iterdir()]
    unit.start_again()
    unit.ready()
    assert orbits(unit) == [str(number) for number in range(71, 79)] and not waiting(unit)


def test_who_closes_the_terminal_ends_a_unit_started_there(scene):
    """It is not left behind with its ports."""
    unit = scene.start_unit()
    unit.stop()
    ours, theirs = pty.openpty()
    child = process.start([BINARY, "run", "--config", str(unit.folder / "unit.toml"), "--data", str(unit.data)],
                          stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, cwd=unit.folder)
    until(lambda: answers(unit), 10, "the page")
    child.send_signal(signal.SIGHUP)
    assert child.wait(5) == 0
    os.close(ours)
    os.close(theirs)
    unit.start_again()
    unit.ready()
