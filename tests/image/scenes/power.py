"""The power goes while the machine writes, with a call parked."""

import random
import re
import subprocess
import time

from agents import sound
from agents.raw_phone import RawPhone
from rig.report import until
from scenes import calls

# Numbers itself on the data partition, each number only told when it is on the disk, and keeps the disk busy meanwhile.
WRITER = (
    "(i=0; while :; do i=$((i+1)); echo $i >/data/kept.part; sync /data/kept.part; mv /data/kept.part /data/kept; sync /data; "
    "echo \"KEPT $i\" >/dev/ttyAMA0; dd if=/dev/zero of=/data/noise bs=65536 count=64 conv=fsync 2>/dev/null; done) >/dev/null 2>&1 &"
)
# Nobody is called back, and callers may wait for as long as the emulated machine takes.
PATIENT = """
[[lot]]
name = "Warehouse"
pilot = "70"
orbits = "71-78"
ringback-after = "0 s"
max-life = "12 h"
"""


def play(scene, before, log):
    """Cuts it, and looks at what is there after the next start, whose writing is logged; `before` is a copy of the disk as the cut left
    it. Returns the caller, who waits still, and the orbit."""
    report = scene.report
    patient(scene)
    caller = RawPhone(scene.folder, "parked", sound.TONES["C"], "556")
    orbit = calls.park(scene, caller)
    number = scene.asks("cat /etc/machine-id")
    scene.machine.tell(WRITER)
    until(lambda: "KEPT 3" in scene.machine.said(), 120)
    time.sleep(random.random() * 2)
    scene.machine.cut()
    told = int(re.findall(r"KEPT (\d+)", scene.machine.said() or "KEPT 0")[-1])
    subprocess.run(["cp", "--sparse=always", scene.disk, before], check=True)
    heard = len(caller.media.packets)
    answers, took = scene.start(log)
    if not report.saw(f"the power goes while it writes; it starts again in {took:.0f} s", answers, scene.machine.said()[-1500:]):
        return caller, None
    kept = int(scene.asks("cat /data/kept") or 0)
    report.saw(f"what was on the disk is there: {told} was told, {kept} is kept", kept >= told > 0, (told, kept))
    made = scene.asks("journalctl -u orbitbox-data.service --no-pager -o cat")
    report.saw("the data partition was mended, and not made anew", "anew" not in made, made)
    report.saw("the machine has its number from its first moment", scene.asks("cat /etc/machine-id") == number and f"systemd.machine_id={number}" in scene.asks("cat /proc/cmdline"))
    report.saw(f"the caller waits on {orbit} still", orbit and until(lambda: orbit in scene.page.occupied(), 60), scene.page.occupied())
    report.saw("and hears music", until(lambda: len(caller.media.packets) > heard + 100, 60), len(caller.media.packets) - heard)
    return caller, orbit


def patient(scene):
    """The installer writes a lot of its own into the configuration, and the unit takes it."""
    scene.machine.tell("printf '%b' " + "'" + PATIENT.replace("\n", "' '\\n' '") + "' >>/etc/orbitbox/unit.toml")
    status, text = scene.machine.tell("orbitbox reload 2>&1")
    scene.report.saw("the configuration on the data partition is written, and taken", status == 0, text)
