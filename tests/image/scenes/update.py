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
    """Gives a bundle to the page, which installs it into the other slot; whether it waits for the last call then."""
    until(scene.page.update, START)
    begun = time.monotonic()
    with open(made[name], "rb") as file:
        answer = scene.page.request("POST", "/api/update", file, START)
    # What came of the one before is told until this one begins.
    until(lambda: scene.page.update().get("stage") != "idle", 30)
    until(lambda: scene.page.update().get("stage") in ("waiting-for-calls", "idle"), START)
    stands = scene.page.update()
    return scene.report.saw(f"a bundle that the page is given is installed while a call is parked ({time.monotonic() - begun:.0f} s), and waits for its end", stands.get("stage") == "waiting-for-calls", (answer, stands))


def not_installed(scene, made):
    """The page is given one that is refused, and says why."""
    until(scene.page.update, START)
    with open(made["stranger"], "rb") as file:
        scene.page.request("POST", "/api/update", file, START)
    refused = "The update was refused, and the version in use is kept: "
    until(lambda: (scene.page.update().get("text") or "").startswith(refused), START)
    text = scene.page.update().get("text") or ""
    scene.report.saw("the page says why it refuses one", text.startswith(refused) and "signature" in text, scene.page.update())


def reboot(scene):
    """Somebody at the page does not want to wait for the last call."""
    scene.page.request("POST", "/api/update/begin", {"when": "now"})
    return scene.report.saw("told by the page to begin it now, the machine goes down by itself", scene.goes_down(120), scene.asks("journalctl -u orbitbox-update --no-pager -o cat | tail -5") if scene.machine.alive() else "")


def renewed(scene, orbit, log):
    """The slot that was installed starts, serves and is confirmed."""
    report = scene.report
    answers, took = scene.start(log)
    if not report.saw(f"the new version starts ({took:.0f} s)", answers and scene.slot() == ["B", "2"], scene.machine.said()[-1500:]):
        return False
    report.saw("the caller has waited through the update", until(lambda: orbit in scene.page.occupied(), 60), scene.page.occupied())
    confirmed = until(lambda: scene.environment().get("BOOT_B_LEFT") == "3", 200)
    report.saw("having served, it is confirmed", confirmed and scene.environment().get("BOOT_ORDER") == "B A", scene.environment())
    text = "Version 2 is in use; it was "
    report.saw("and the page says so", until(lambda: (scene.page.update().get("text") or "").startswith(text), 60), scene.page.update())
    return confirmed


def rolled_back(scene):
    """Version 3 does not serve: it gives way by itself, and the page of the version before says why."""
    report = scene.report
    begin(scene)
    down = scene.goes_down(START)
    said = "Orbitbox: slot A" in scene.machine.said() and "slot A gives way" in scene.machine.said()
    report.saw("a version whose program does not run gives way by itself", down and said and attempts(scene, "A") == 0, scene.machine.said()[-1500:])
    answers, took = scene.start()
    report.saw(f"the version before starts again ({took:.0f} s)", answers and scene.slot() == ["B", "2"], scene.machine.said()[-1500:])
    text = "The previous version, 2, was kept, because version 3 failed: the unit did not"
    report.saw("and the page says what was against the new one", until(lambda: (scene.page.update().get("text") or "").startswith(text), 60), scene.page.update())
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
