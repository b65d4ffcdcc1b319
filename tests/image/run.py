#!/usr/bin/env python3
"""The image's stand-in, started, called, cut off, updated: run.py EMULATOR GUEST PROGRAM FOLDER [calls|recover].

EMULATOR and GUEST are where `run.sh` unpacks packages, PROGRAM is the unit's, built for 64-bit Arm; with `calls` the calls are the last
that is played, with `recover` a recovery is all. Each line that is printed is one
thing that was to be seen: `pass`, `FAIL`, or `none` with the reason why this machine cannot show it.
"""

import subprocess
import sys
from pathlib import Path

sys.path[1:1] = [str(Path(__file__).parents[1] / folder) for folder in ("hardware", "interop")]

from rig.packages import Packages
from rig.report import Report
from scenes import calls, cuts, first, power, recover, reset, update
from scenes.scene import Scene
from stand_in import bundle, disk, network, root


def prepare(tree, program, folder):
    """The disk of a new machine, and bundles for it, by name."""
    signer = bundle.signer(folder, "updates")
    build = folder / "root"
    root.build(tree, program, signer[1], root.REPOSITORY / "system/rauc/orbitbox-qemu.conf", build)
    root.pack(build, "1", folder / "version-1.ext4")
    disk.flash(folder / "flash")
    disk.make({"A": folder / "version-1.ext4"}, folder / "disk")
    return update.bundles(folder, signer)


def play(scene, made, last):
    """The life of one machine."""
    if last == "recover":
        recover.play(scene)
        return
    if not first.play(scene):
        return
    calls.play(scene)
    if last == "calls":
        return
    before, logs = scene.folder / "before", [scene.folder / "log-1", scene.folder / "log-2"]
    caller, orbit = power.play(scene, before, logs[0])
    if not orbit:
        return
    stick = update.stick(scene, made)
    update.backup(scene)
    # What is refused is cut off too.
    begun = logs[0].stat().st_size
    update.refused(scene, made)
    update.not_installed(scene, made)
    if not (update.install(scene, made, "good") and update.reboot(scene) and update.renewed(scene, orbit, logs[1])):
        return
    ended = logs[1].stat().st_size
    stick.machine = scene.machine
    stick.plug()
    update.mounted(scene)
    if update.install(scene, made, "broken") and update.reboot(scene) and update.rolled_back(scene):
        reset.play(scene)
    caller.stop()
    cuts.play(scene, before, logs, begun, ended)
    recover.play(scene)


def main(emulator, tree, program, folder, last):
    report = Report()
    if not network.possible():
        report.cannot("a machine on a network", "this one makes no cables (/dev/net/tun)")
        return summed(report)
    folder.mkdir(parents=True, exist_ok=True)
    scene = None
    try:
        made = prepare(tree, program, folder)
        report.line("", f"a root of {(folder / 'version-1.ext4').stat().st_blocks // 2048} MiB, with the files of system/files")
        network.lay()
        addresses = network.Addresses()
        addresses.start()
        scene = Scene(report, Packages(emulator), folder, tree / "usr/lib/u-boot/qemu_arm64/u-boot.bin", addresses)
        play(scene, made, last)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as fault:
        report.saw("the machine does what it is told", False, f"{fault} {getattr(fault, 'stderr', b'') or b''}")
    finally:
        if scene and scene.machine:
            scene.machine.end()
    whole = summed(report)
    if not whole and scene and scene.machine:
        print(f"\nThe console:\n{scene.machine.said()[-4000:]}\nThe machine:\n{scene.machine.complaints()[-2000:]}")
    return whole


def summed(report):
    """The last line; whether nothing failed."""
    print(f"\n{report.good} passed, {report.bad} failed, {report.none} could not be shown")
    return report.bad == 0


if __name__ == "__main__":
    sys.exit(0 if main(*map(Path, sys.argv[1:5]), sys.argv[5] if sys.argv[5:] else None) else 1)
