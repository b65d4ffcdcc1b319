"""Updates: from a stick, signed and not, good and bad, and back."""

import os
import shutil
import subprocess
import time

from rig.report import until
from rig.stick import Stick
from scenes.scene import START
from stand_in import bundle, disk, root

PLACE = "/media/orbitbox"
SAFELY = ("nosuid", "nodev", "noexec")
STICK_BYTES = 480 * 1024 * 1024


def bundles(folder, signer):
    """Version 2; version 3, whose program does not run; and some that are to be refused. By name."""
    build = folder / "root"
    root.pack(build, "2", folder / "version-2.ext4")
    good = bundle.make(folder / "version-2.ext4", "2", signer, folder / "good.raucb")
    (build / "usr/bin/orbitbox").write_text("#!/bin/sh\nexit 1\n")
    (build / "etc/systemd/system/orbitbox-good.service.d/gate.conf").write_text("[Service]\nEnvironment=ORBITBOX_GATE_SERVES=10 ORBITBOX_GATE_PATIENCE=20\n")
    root.pack(build, "3", folder / "version-3.ext4")
    broken = bundle.make(folder / "version-3.ext4", "3", signer, folder / "broken.raucb")
    small = folder / "small.ext4"
    small.write_bytes(os.urandom(1 << 20))
    stranger = bundle.make(small, "9", bundle.signer(folder, "stranger"), folder / "stranger.raucb")
    other = bundle.make(small, "9", signer, folder / "other.raucb", compatible="orbitbox-rpi4")
    changed = folder / "changed.raucb"
    shutil.copy(good, changed)
    with open(changed, "r+b") as file:
        file.seek(changed.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))
    return {"good": good, "broken": broken, "stranger": stranger, "other": other, "changed": changed}


def stick(scene, made):
    """A stick with bundles is put in, and mounted."""
    one = Stick(scene.machine, scene.packages, scene.folder / "stick.img", "vfat", STICK_BYTES)
    one.put(*made.values())
    one.plug()
    mounted(scene)
    return one


def mounted(scene):
    """Waits until the stick is mounted."""
    until(lambda: PLACE in scene.asks("cat /proc/mounts"), 120)
    mount = next((line for line in scene.asks("cat /proc/mounts").splitlines() if PLACE in line), "")
    scene.report.saw("a stick is mounted by the system, so that no program on it can be run", bool(mount) and all(word in mount for word in SAFELY), mount)


def backup(scene):
    """The unit, which may mount nothing itself, writes onto the stick."""
    status, text = scene.machine.tell(f"orbitbox backup mark --stick {PLACE} 2>&1")
    whole = status == 0 and until(lambda: "is whole; the stick can be taken out" in scene.asks("journalctl -u orbitbox.service --no-pager -o cat"), 120)
    scene.report.saw("the unit is backed up onto it", whole, text + scene.asks("journalctl -u orbitbox.service --no-pager -o cat | tail -5"))


def refused(scene, made):
    """What is no update of this machine's."""
    for name, what, why in (("stranger", "signed by a stranger", "signature verification failed"), ("other", "for another machine", "ompatible"), ("changed", "of which one bit was changed", "nput/output error")):
        status, text = scene.machine.tell(f"rauc install {PLACE}/{made[name].name} 2>&1")
        said = [line for line in text.splitlines() if why in line]
        scene.report.saw(f"a bundle {what} is refused", status != 0 and said, text[-900:])
        scene.report.line("", f"    {(said or ['?'])[-1].strip()[:200]}")
    order = scene.environment().get("BOOT_ORDER", "")
    scene.report.saw("the slot that runs stays the one that starts", order.split()[:1] == scene.slot()[:1], order)


def install(scene, made, name):
    """Installs a bundle into the other slot; whether it was."""
    begun = time.monotonic()
    status, text = scene.machine.tell(f"rauc install {PLACE}/{made[name].name} 2>&1")
    scene.report.saw(f"a bundle is installed while a call is parked ({time.monotonic() - begun:.0f} s)", status == 0, text[-800:])
    return status == 0


def reboot(scene):
    """Starts anew by itself."""
    scene.machine.tell("systemctl --no-block reboot")
    return scene.report.saw("it goes down by itself", scene.goes_down(120))


def renewed(scene, orbit, log):
    """The slot that was installed starts, serves and is confirmed."""
    report = scene.report
    answers, took = scene.start(log)
    if not report.saw(f"the new version starts ({took:.0f} s)", answers and scene.slot() == ["B", "2"], scene.machine.said()[-1500:]):
        return False
    report.saw("the caller has waited through the update", until(lambda: orbit in scene.page.occupied(), 60), scene.page.occupied())
    confirmed = until(lambda: scene.environment().get("BOOT_B_LEFT") == "3", 200)
    report.saw("having served, it is confirmed", confirmed and scene.environment().get("BOOT_ORDER") == "B A", scene.environment())
    return confirmed


def rolled_back(scene):
    """Version 3 does not serve: it gives way by itself, and loses its attempts."""
    report = scene.report
    left = []
    begin(scene)
    down = scene.goes_down(START)
    left.append(attempts(scene, "A"))
    said = "Orbitbox: slot A" in scene.machine.said() and "slot A is not good" in scene.machine.said()
    report.saw(f"a version whose program does not run gives way by itself ({left[0]} attempts left)", down and said and left[0] == 2, scene.machine.said()[-1500:])
    for _ in range(2):
        begin(scene)
        until(lambda: "STAND-IN kernel" in scene.machine.said(), START)
        scene.machine.cut()
        left.append(attempts(scene, "A"))
    report.saw("two more starts that are cut off cost it the rest", left == [2, 1, 0], left)
    answers, took = scene.start()
    report.saw(f"the version before starts again ({took:.0f} s)", answers and scene.slot() == ["B", "2"], scene.machine.said()[-1500:])
    return answers


def begin(scene):
    """Switches it on, and waits for nothing."""
    scene.machine.end()
    scene.machine = type(scene.machine)(scene.packages, scene.folder, scene.u_boot, scene.folder / "flash", scene.disk)
    scene.machine.switch_on()


def attempts(scene, slot):
    """How many are left of a slot, read from the disk from outside."""
    found = []
    with open(scene.disk, "rb") as file:
        for place in disk.COPIES:
            file.seek(place)
            data = file.read(disk.COPY_BYTES)
            found.append((data[4], disk.kept(data)))
    newest = max((one for one in found if one[1]), key=lambda one: one[0])
    return int(newest[1][f"BOOT_{slot}_LEFT"])


def e2fsck(packages, image):
    """Whether a file system is whole once its log has been played."""
    shown = subprocess.run(packages.order("e2fsck", "-p", image), capture_output=True, check=False)
    return shown.returncode < 4, shown.stdout.decode(errors="replace")
