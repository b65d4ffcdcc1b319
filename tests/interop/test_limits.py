"""What the unit has a bounded number of is told before it is used up."""

import shutil

from agents.timeline import until
from test_restart import park


def near(unit):
    """What the page says of orbits that are nearly all taken; the disk of the machine that tests may be nearly full as well."""
    return [one for one in unit.status()["alerts"] if one.startswith("Nearly all orbits")]


def test_a_lot_that_is_nearly_full_is_told(scene):
    """Four of five orbits; the use of every limit is in the status."""
    unit = scene.start_unit(orbits="71-75", page_repeats=0)
    callers = [park(scene, f"A{place}") for place in range(10, 13)]
    until(lambda: unit.status()["parked"] == 3, 2, "three are parked")
    assert not near(unit)
    callers.append(park(scene, "A13"))
    until(lambda: near(unit) == ["Nearly all orbits of Warehouse are in use: 4 of 5"], 2, "the page warns")
    limits = {one["name"]: (one["used"], one["most"]) for one in unit.status()["limits"]}
    assert limits["orbits of Warehouse"] == (4, 5) and limits["calls at one time"] == (4, 2000) and limits["pairs of RTP ports"] == (4, 32), limits
    callers.pop().hangup()
    until(lambda: not near(unit), 2, "the page warns no more")
    told = [line["text"] for line in unit.status()["recent"] if "orbits of Warehouse" in line["text"]]
    assert told == ["Nearly all orbits of Warehouse are in use: 4 of 5", "Enough orbits of Warehouse are free again: 3 of 5 are in use"], told
    assert unit.log().count("Nearly all orbits of Warehouse are in use: 4 of 5") == 1


def test_a_lot_is_told_once_until_a_call_is_retrieved(scene):
    """Four of five wait, and a fifth comes and goes: one warning, until C has taken one of the four."""
    unit = scene.start_unit(orbits="71-75", page_repeats=0)
    callers = [park(scene, f"A{place}") for place in range(10, 15)]
    until(lambda: near(unit) == ["Nearly all orbits of Warehouse are in use: 5 of 5"], 2, "the page warns")
    callers.pop().hangup()
    until(lambda: near(unit) == ["Nearly all orbits of Warehouse are in use: 4 of 5"], 2, "one less")
    retriever = scene.phone("C")
    retriever.talking(retriever.call(unit.uri(unit.occupied()[0])))
    until(lambda: unit.status()["parked"] == 3, 3, "three wait")
    until(lambda: not near(unit), 2, "the page warns no more")
    told = [line["text"] for line in unit.status()["recent"] if "orbits of Warehouse" in line["text"]]
    assert len(told) == 2 and told[0].startswith("Nearly all") and told[1].startswith("Enough"), told


def test_the_limits_of_the_machine_are_in_the_status(scene):
    """The disk that the data lies on, connections, the music library; the page that asks takes a connection itself."""
    unit = scene.start_unit()
    disk = "megabytes of disk space"

    def limits():
        return {one["name"]: (one["used"], one["most"]) for one in unit.status()["limits"]}
    until(lambda: disk in limits(), 3, "the disk has been looked at")
    usage = shutil.disk_usage(unit.data)
    used, most = limits()[disk]
    assert abs(used - usage.used / 1e6) < 2000 and abs(most - (usage.used + usage.free) / 1e6) < 2000, (used, most, usage)
    assert limits()["tracks of music"] == (0, 1000) and limits()["SIP connections"] == (0, 1000), limits()
    assert limits()["open web pages"] == (0, 24), limits()
