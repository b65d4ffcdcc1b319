"""USB sticks that are plugged in and pulled. Mounting them is done by a script of the machine (`guest/sticks`)."""

import json
import time

from rig.report import until
from rig.stick import Stick

# Bytes that cannot be packed, and the pace of a stick that takes long for them.
FILLER = "mkdir -p /tmp/data/prompts && dd if=/dev/urandom of=/tmp/data/prompts/filler bs=1048576 count=2 2>&1"
SLOW = 150_000
SAFELY = ("nosuid", "nodev", "noexec")
PLACE = "/media/orbitbox"


def play(scene):
    """A new stick of each kind, and one that is torn out while it is written."""
    machine = scene.machine
    unmarked(scene, Stick(machine, scene.packages, machine.folder / "stick-ext4.img", "ext4"))
    stick = Stick(machine, scene.packages, machine.folder / "stick-vfat.img", "vfat")
    said = insert(scene, stick)
    machine.tell(f"orbitbox backup mark --stick {PLACE}")
    safe(scene, "a stick that has been marked is backed up onto (vfat)", said)
    pull(scene, stick)
    first = whole(stick)
    scene.report.saw(f"read from outside, it holds one whole backup ({', '.join(first)})", len(first) == 1, list(stick.files()))
    torn(scene, stick, first)
    safe(scene, "the next time it comes it is backed up onto by itself", insert(scene, stick))
    status, text = machine.tell(f"orbitbox backup verify --stick {PLACE}")
    scene.report.saw("every backup on it reads back right", status == 0 and text.count("right ") == 2, text.strip())
    pull(scene, stick)
    left = [path for path in stick.files() if path.count("/") >= 3 and path.split("/")[-2] not in whole(stick)]
    scene.report.saw("read from outside, it holds two, and nothing of the one that was torn", len(whole(stick)) == 2 and not left, left or list(stick.files()))


def unmarked(scene, stick):
    """A stick that is not for backups yet."""
    said = insert(scene, stick)
    scene.report.saw("a stick that is not marked (ext4) is left alone, and the digits say so", until(lambda: scene.shows("USb?"), 20))
    scene.machine.tell(f"orbitbox backup mark --stick {PLACE}")
    safe(scene, "marked, it is backed up onto (ext4)", said)
    pull(scene, stick)


def torn(scene, stick, before):
    """It is pulled while it is written."""
    report, machine = scene.report, scene.machine
    status, text = machine.tell(FILLER)
    assert status == 0, text
    said = insert(scene, stick, slow=SLOW)
    writes = scene.says("the stick must stay in", said, 20) and until(lambda: scene.shows("USB "), 5)
    time.sleep(3)
    report.saw("the digits say USB while it is written", writes and "is whole" not in machine.said()[said:], machine.said()[said:])
    stick.pull()
    told = scene.says("Backup: ", said + max(machine.said()[said:].find("must stay in"), 0), 60)
    report.saw("a stick torn out while it is written is told of, on the digits too", told and until(lambda: scene.shows("GonE"), 10), machine.said()[said:])
    report.saw("it is unmounted", scene.says("GUEST stick is gone", said, 30))
    report.saw("the unit runs on: a call is parked and taken", scene.announced())
    report.saw("read from outside, nothing on it pretends to be a whole backup", whole(stick) == before, list(stick.files()))


def insert(scene, stick, slow=None):
    """It is plugged in, and mounted. Returns how long the console was before."""
    said = len(scene.machine.said())
    begun = time.monotonic()
    stick.plug(slow)
    mounted = scene.says(f"({stick.kind}) is mounted", said, 30)
    took = time.monotonic() - begun
    _, mounts = scene.machine.tell(f"grep {PLACE} /proc/mounts")
    scene.report.saw(f"a stick is plugged in, mounted, and no program on it can be run ({took:.1f} s)", mounted and all(word in mounts for word in SAFELY), mounts)
    return said


def safe(scene, what, since):
    """Waits until the console, from so many letters on, and then the digits say that the stick can be taken out."""
    said = scene.says("is whole; the stick can be taken out", since, 60) and until(lambda: scene.shows("SAFE"), 10)
    scene.report.saw(f"{what}; the digits say SAFE", said, scene.machine.said()[since:])


def pull(scene, stick):
    """It is taken out."""
    said = len(scene.machine.said())
    stick.pull()
    scene.says("GUEST stick is gone", said, 30)
    # The unit looks every two seconds; one that is put in sooner would be the same stick to it.
    time.sleep(3)


def whole(stick):
    """The backups on it that say they are, each of whose archives is there and as long as it says."""
    files, found = stick.files(), []
    for path in sorted(files):
        if path.endswith("/manifest.json"):
            folder = path.removesuffix("/manifest.json")
            pieces = [piece for part in json.loads(files[path])["parts"] for piece in part["pieces"]]
            if pieces and all(len(files.get(f"{folder}/{piece['name']}", b"")) == piece["bytes"] for piece in pieces):
                found.append(folder.rsplit("/", 1)[1])
    return found
