"""The units as systemd itself reads them: none has a fault, and each may do little."""

import re
import subprocess
from pathlib import Path

import pytest
from metadata import TOP

LISTED = [line.split("#")[0].split() for line in (TOP / "system/files").read_text().splitlines()]
LISTED = [line for line in LISTED if line]
SERVICES = sorted(path.name for path in (TOP / "system/units").glob("*.service"))
# How exposed a service may be, from 0 to 10, by systemd's own count. The program is what the network talks to; helpers are root
# for a moment, and exempt where they mount or mend, which needs most of what the count is about.
LIMITS = {"orbitbox.service": 2.0, "orbitbox-provision.service": 2.0}


def analyze(*order) -> subprocess.CompletedProcess:
    return subprocess.run(["systemd-analyze", *map(str, order)], capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """What system/files makes, on a root where every program that a unit starts is there."""
    top = tmp_path_factory.mktemp("root")
    for mode, source, destination in LISTED:
        place = top / destination.lstrip("/")
        if source == "-":
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes((TOP / source).read_bytes())
            place.chmod(int(mode, 8))
    for unit in (TOP / "system/units").glob("*.service"):
        for program in re.findall(r"^Exec\w+=[-+!@:]*(/\S+)", unit.read_text(), re.M):
            place = top / program.lstrip("/")
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                place.touch(mode=0o755)
    return top


def faults(root: Path) -> list[str]:
    """What systemd has to say of our units; of those of others, which are not on this root, it may say anything."""
    units = sorted(path.name for path in (TOP / "system/units").iterdir())
    # A template is looked at as one of its instances.
    told = analyze("verify", f"--root={root}", "--man=no", *(unit.replace("@.", "@sda1.") for unit in units))
    said = [line for line in told.stderr.splitlines() if re.search(r"/(orbitbox|data|var|media|etc-orbitbox)[^/]*:\d+:", line)]
    return [line for line in said if "not found" not in line]


def test_systemd_finds_no_fault(root):
    assert faults(root) == []


def test_a_planted_fault_is_found(root):
    unit = root / "usr/lib/systemd/system/orbitbox.service"
    whole = unit.read_text()
    unit.write_text(whole.replace("WatchdogSec=10", "WatchdogSeconds=ten"))
    try:
        assert any("WatchdogSeconds" in line for line in faults(root))
    finally:
        unit.write_text(whole)


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_service_may_do_little(name):
    told = analyze("security", "--offline=true", "--no-pager", TOP / "system/units" / name)
    exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", told.stdout).group(1))
    assert exposure <= LIMITS[name]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_gains_no_privileges(name):
    text = (TOP / "system/units" / name).read_text()
    assert "CapabilityBoundingSet=" in text
    assert "MemoryDenyWriteExecute=yes" in text and "SystemCallArchitectures=native" in text
