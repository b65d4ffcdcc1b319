"""What the world does to a unit that has done nothing wrong: its clock is set, its cable is pulled."""

import glob
import re

from agents import rtp
from agents.timeline import now, until
from test_restart import music_after, park, waiting

FAKETIME = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")


class Clock:
    """The clock on the wall of a program that is started with `environment`; what counts time since the start is left alone."""

    def __init__(self, folder):
        self._file = folder / "clock"
        self.set("+0")
        self.environment = {
            "LD_PRELOAD": FAKETIME[0], "FAKETIME_TIMESTAMP_FILE": str(self._file), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "RUST_BACKTRACE": "0",
        }

    def set(self, offset):
        """Goes that far ahead (`+10d`) or back (`-10d`) of the right time."""
        new = self._file.with_suffix(".new")
        new.write_text(offset + "\n")
        new.replace(self._file)


def year(unit):
    """That the unit writes into its log now: it is asked for something that goes there."""
    code, _ = unit.request("POST", "/api/reload")
    assert code == 200
    return re.findall(r"(\d{4})-\d\d-\d\dT", unit.log())[-1]


def test_the_clock_is_set_while_callers_wait(scene, folder):
    """Two years ahead, then two back, while a caller waits: the music goes on, the ringback comes when it would have come. Then the
    power is cut, and the unit wakes in 1970: the caller is back, and no deadline has passed because of it."""
    clock = Clock(folder)
    unit = scene.start_unit(ringback_after="8s", ring_for="2s", attempts=1, max_life="100s", environment=clock.environment)
    parker = scene.phone("B", answer="ring")
    at = now()
    caller = park(scene, "A")
    years = [year(unit)]
    for offset in ("+730d", "-730d"):
        clock.set(offset)
        since = now()
        until(lambda: year(unit) not in years, 5, "the log has another year")
        years.append(year(unit))
        music_after(caller, since)
    assert int(years[1]) - int(years[0]) == 2 == int(years[0]) - int(years[2]), years
    incoming = parker.incoming(within=12, after=at)
    assert 7.5 < incoming["at"] - at < 9.5, incoming["at"] - at
    parker.closed(incoming["call"])
    until(lambda: waiting(unit), 5, "the caller waits on")
    unit.kill()
    clock.set("1970-01-02 03:04:05")
    begun = unit.start_again()
    unit.ready()
    heard = music_after(caller, begun) - begun
    assert year(unit) == "1970" and heard < 3, (year(unit), heard)
    (_, waited), = waiting(unit).values()
    assert abs(waited - (now() - at)) < 5, (waited, now() - at)


def test_the_cable_is_pulled_and_put_back(network, scene):
    """Ten seconds without a network: callers are still in their orbits and hear music from the first moment on; one is retrieved by
    a station that had registered before, and a new one parked."""
    unit = scene.start_unit(network=network, ringback_after="60s")
    callers = [park(scene, f"A{place}") for place in (10, 11)]
    retriever = scene.phone("C")
    before = waiting(unit)
    assert len(before) == 2
    network.cut()
    cut = now()
    until(lambda: now() - cut > 10, 12, "ten seconds")
    assert not [one for caller in callers for one in caller.media.packets if one.at > cut + 0.2]
    network.mend()
    mended = now()
    heard = [music_after(caller, mended) - mended for caller in callers]
    print("music after", heard)
    assert max(heard) < 2, heard
    assert {orbit: who for orbit, (who, _) in waiting(unit).items()} == {orbit: who for orbit, (who, _) in before.items()}
    orbit = min(before)
    since = now()
    retriever.talking(retriever.call(unit.uri(orbit)))
    scene.hears(retriever, "A", since=since)
    taken, = [caller for caller in callers if caller.name == before[orbit][0]]
    until(lambda: rtp.recording([one for one in taken.media.packets if one.at > since]).first("C", 0.4), 5, "the caller hears C")
    park(scene, "A12")
    assert len(waiting(unit)) == 2
