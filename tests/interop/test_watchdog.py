"""The unit as a service: what systemd hears, what a plane that hangs does to that, and what becomes of a unit that does not stay up."""

import pytest
from agents.service_manager import ServiceManager, hanging, thread_of
from agents.timeline import now, until
from test_restart import music_after, park, waiting

PINGS = "WATCHDOG=1"
# The main thread has the program's name.
PLANES = {"control": "orbitbox", "audio": "audio", "speaker": "speaker", "journal": "journal"}
BITES_AFTER = 3.0


def alerts(unit):
    """What the page warns of."""
    return " ".join(unit.status()["alerts"])


def restarted(unit):
    """Killed and started again, and up: the moment of the start."""
    unit.kill()
    at = unit.start_again()
    unit.ready()
    return at


def test_systemd_hears_of_start_life_and_end(scene):
    """READY when calls are answered, a ping more often than every second watchdog time, a line that says what is parked, STOPPING."""
    manager = ServiceManager(BITES_AFTER)
    unit = scene.start_unit(environment=manager.environment, page_repeats=0)
    manager.timeline.wait("READY=1", 5)
    ready = manager.heard("READY=1")
    park(scene, "A")
    until(lambda: manager.heard("STATUS=1 call parked"), 3, "systemd hears of the caller")
    until(lambda: len(manager.heard(PINGS)) >= 5, 15, "five pings")
    moments = ready + manager.heard(PINGS)
    gaps = [later - earlier for earlier, later in zip(moments, moments[1:])]
    print("pings after", ", ".join(f"{gap:.2f}" for gap in gaps), "s")
    assert max(gaps) < BITES_AFTER
    assert len(ready) == 1 and not manager.heard("STOPPING=1")
    unit.stop()
    until(lambda: manager.heard("STOPPING=1"), 1, "systemd hears of the end")
    unit.start_again()
    unit.ready()
    assert unit.status()["last_end"] is None and set(waiting(unit)) == {"71"}


@pytest.mark.parametrize("plane", PLANES)
def test_a_plane_that_hangs_stops_the_pings_and_is_named(scene, plane):
    """One thread stands still: systemd hears nothing any more, and the log says which plane it is. When it goes on, so do the pings."""
    manager = ServiceManager(BITES_AFTER)
    unit = scene.start_unit(environment=manager.environment)
    until(lambda: len(manager.heard(PINGS)) >= 2, 10, "pings")
    named = f"the {plane} plane has been silent for"
    assert named not in unit.log()
    with hanging(thread_of(unit.pid, PLANES[plane])):
        at = now()
        # A disk is waited for three times as long.
        until(lambda: named in unit.log(), 4 * BITES_AFTER, f"the {plane} plane is named")
        since = now()
        print(f"named after {since - at:.1f} s")
        until(lambda: now() > since + BITES_AFTER, BITES_AFTER + 1, "the watchdog would have bitten")
        assert not manager.heard(PINGS, since), "a ping from a unit of which a part hangs"
        others = [one for one in PLANES if one != plane and f"the {one} plane has been silent" in unit.log()]
        assert not others or plane == "control", others
    at = now()
    until(lambda: manager.heard(PINGS, at), 5, "pings again")
    assert f"the {plane} plane is back" in unit.log()


def test_a_unit_that_is_killed_four_times_comes_up_in_safe_mode(scene):
    """With its caller in its orbit; who stops it and starts it again has it as it was."""
    unit = scene.start_unit(page_repeats=0, ringback_after="110s", max_life="300s")
    caller = park(scene, "A")
    for _ in range(3):
        restarted(unit)
        assert not unit.status()["safe_mode"] and "Safe mode" not in alerts(unit)
        assert unit.status()["last_end"].startswith("The last run was cut off")
    at = restarted(unit)
    music_after(caller, at)
    status = unit.status()
    assert status["safe_mode"] and "4 starts in a row" in alerts(unit), status["alerts"]
    assert set(waiting(unit)) == {"71"}
    until(lambda: unit.request("GET", "/api/face")[1]["digits"].strip() == "E 3", 8, "the digits say it")
    retriever = scene.phone("C")
    call = retriever.call(unit.uri("71"))
    retriever.talking(call)
    retriever.hangup(call)
    unit.stop()
    unit.start_again()
    unit.ready()
    assert not unit.status()["safe_mode"] and unit.status()["last_end"] is None


def test_a_unit_that_cannot_start_is_not_dark(scene):
    """A board file that is not there: four starts end with an error, the fifth serves phones and page."""
    unit = scene.start_unit(page_repeats=0)
    caller = park(scene, "A")
    unit.stop()
    written = unit.folder / "unit.toml"
    good = written.read_text()
    written.write_text(good.replace("[panel]", '[panel]\nrevision = "nowhere/board.toml"'))
    for _ in range(4):
        unit.start_again()
        until(lambda: not unit.alive(), 10, "the start fails")
    at = unit.start_again()
    unit.ready()
    music_after(caller, at)
    assert set(waiting(unit)) == {"71"}
    said = alerts(unit)
    print(said)
    assert unit.status()["safe_mode"] and "4 starts in a row" in said
    assert "nowhere/board.toml" in said
    assert "ended by an error before it was ready" in unit.status()["last_end"]
    reports = sorted((unit.data / "crash").iterdir())
    assert len(reports) == 4 and unit.status()["last_end"].endswith(str(reports[-1]))
    written.write_text(good)
    unit.stop()
    unit.start_again()
    unit.ready()
    assert not unit.status()["safe_mode"] and set(waiting(unit)) == {"71"}


def test_a_sound_card_that_is_not_there_is_waited_for(scene):
    """Some cards come later than the unit: it starts without, parks calls, and says so."""
    unit = scene.start_unit()
    unit.stop()
    written = unit.folder / "unit.toml"
    written.write_text(written.read_text().replace(f'wav = "{unit.speaker_path}"', 'alsa = "hw:CARD=Nowhere"'))
    unit.start_again()
    unit.ready()
    park(scene, "A")
    status = unit.status()
    assert not status["safe_mode"] and "hw:CARD=Nowhere" in " ".join(one["text"] for one in status["recent"]), status["recent"]
