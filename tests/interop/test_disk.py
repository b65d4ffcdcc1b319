"""A disk that is really full: callers are parked all the same, people are told, and nothing is lost when there is room again."""

import os
import subprocess

import pytest
from agents.timeline import now, until
from test_restart import music_after, park, waiting

MEGABYTES = 3


@pytest.fixture
def small(folder):
    """A file system of its own for the unit's data."""
    place = folder / "data"
    place.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "orbitbox", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"this machine cannot mount a small file system: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place):
    """Takes the last byte there is."""
    ballast = place / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        size = 1 << 16
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
    return ballast


def unkept(unit):
    """What the page says of records that are not on disk."""
    return [one for one in unit.status()["alerts"] if "cannot be kept on disk" in one]


def test_a_full_disk_is_told_and_forgiven(small, scene):
    """A call is parked within the time that a disk is waited for; the alert goes when there is room; a power cut then loses nobody."""
    unit = scene.start_unit(page_repeats=0, ringback_after="100s")
    first = park(scene, "A")
    until(lambda: "71" in waiting(unit), 2, "the first caller is parked")
    ballast = fill(small)
    assert os.statvfs(small).f_bavail == 0
    at = now()
    second = park(scene, "D")
    took = now() - at
    alerts = until(lambda: unkept(unit), 5, "the unit says that its disk is full")
    assert took < 1.5 and set(waiting(unit)) == {"71", "72"}, took
    ballast.unlink()
    until(lambda: not unkept(unit), 8, "the unit says no more that its disk is full")
    unit.kill()
    back = unit.start_again()
    unit.ready()
    for caller in (first, second):
        music_after(caller, back)
    assert set(waiting(unit)) == {"71", "72"}
    print(f"answered {took:.2f} s after the INVITE; {alerts[0]}")


def test_a_start_on_a_full_disk_serves_phones(small, scene):
    """Nothing can be written from the first moment on, and a call is parked."""
    unit = scene.start_unit(page_repeats=0)
    unit.stop()
    fill(small)
    unit.start_again()
    unit.ready()
    park(scene, "A")
    until(lambda: unkept(unit), 5, "the unit says that its disk is full")
    assert set(waiting(unit)) == {"71"}
