"""What the unit has a bounded number of is told before it is used up."""

from agents.timeline import until
from test_restart import park


def near(unit):
    """What the page says of limits."""
    return [one for one in unit.status()["alerts"] if one.startswith("Nearly all")]


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
