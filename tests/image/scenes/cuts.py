"""The power goes at many random moments of one real update; each time the machine must find a slot that is whole."""

import os
import random
import re
import shutil
import subprocess
import time

from stand_in import disk, log
from stand_in.machine import BARE

CUTS = int(os.environ.get("ORBITBOX_CUTS", "50"))
# Of them started until the page answers; of the others U-Boot's choice is looked at, and the slot it takes, bit by bit.
IN_FULL = int(os.environ.get("ORBITBOX_CUTS_IN_FULL", "2"))
SEED = int(os.environ.get("ORBITBOX_SEED", "0"))


def play(scene, before, logs, begun, ended):
    """`before` is the disk before the first of two `logs`; the update begins in that one after so many bytes, and ends in the other."""
    report = scene.report
    path = scene.folder / "cut-disk"
    subprocess.run(["cp", "--sparse=always", before, path], check=True)
    entries = log.read(logs[0]) + [entry for entry in log.read(logs[1]) if entry.at <= ended]
    first = next(number for number, entry in enumerate(entries) if entry.at > begun)
    chance = random.Random(SEED)
    # Half of them anywhere, half where it is decided: around what is written before the slots.
    decides = [number for number in range(first, len(entries)) if entries[number].length and entries[number].place < disk.BOOT_AT]
    moments = [chance.randrange(first, len(entries)) for _ in range(CUTS - CUTS // 2)]
    moments += [min(len(entries) - 1, max(first, chance.choice(decides) + chance.randrange(-2, 3))) for _ in range(CUTS // 2)]
    report.line("", f"    {len(entries) - first} writings and flushes, {len(decides)} of them of the boot script's and RAUC's; seed {SEED}")
    in_full = set(chance.sample(sorted(set(moments)), min(IN_FULL, len(set(moments)))))
    images = {"A": (scene.folder / "version-1.ext4").read_bytes(), "B": (scene.folder / "version-2.ext4").read_bytes()}
    one, done, taken, wrong = log.Disk(path), 0, [], []
    configuration, said = data(scene, one)
    if not report.saw("the data partition can be mended before", b"[sip]" in configuration, said):
        return
    begin = time.monotonic()
    for moment in sorted(moments):
        while done <= moment:
            # What a machine wrote before it went down is all there when it starts again.
            if done and entries[done].log != entries[done - 1].log:
                one.settle()
            one.forward(entries[done])
            done += 1
        how = one.cut(chance)
        slot, said = choice(scene, path)
        taken.append(slot)
        if not slot or one.part(disk.SLOT_AT[slot], len(images[slot])) != images[slot]:
            wrong.append(f"after entry {moment}, {how}: slot {slot} is started, and is not whole\n{said[-800:]}")
        now, said = data(scene, one)
        if now != configuration:
            wrong.append(f"after entry {moment}, {how}: the configuration was {len(configuration)} bytes and is {len(now)}\n{said}")
        if moment in in_full:
            in_full.discard(moment)
            started(scene, path, moment)
        one.mend()
    took = time.monotonic() - begin
    text = f"A {taken.count('A')} times, B {taken.count('B')} times; {took:.0f} s"
    report.saw(f"the power goes at {len(taken)} moments of an update: U-Boot always starts a slot that is whole, and the data are mended with what was in them ({text})", not wrong and None not in taken, "\n".join(wrong[:3]))
    path.unlink()


def choice(scene, path):
    """Which slot the real U-Boot starts from a disk, and what it said. The disk stays as it is."""
    order = scene.packages.order(
        "qemu-system-aarch64", *BARE, "-display", "none", "-nodefaults", "-no-reboot", "-accel", "tcg", "-L", scene.packages.tree / "usr/share/qemu", "-L", scene.packages.tree / "usr/lib/ipxe/qemu",
        "-bios", scene.u_boot, "-drive", f"if=pflash,unit=1,format=raw,file={scene.folder / 'flash'},snapshot=on",
        "-drive", f"if=none,id=disk,format=raw,file={path},snapshot=on", "-device", "virtio-blk-pci,drive=disk", "-serial", "stdio",
    )
    said = ""
    environment = {**os.environ, "QEMU_MODULE_DIR": f"{scene.packages.libraries[0]}/qemu"}
    with subprocess.Popen(order, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        end = time.monotonic() + 120
        while "Starting kernel" not in said and "nothing to boot" not in said and time.monotonic() < end:
            line = child.stdout.readline().decode(errors="replace")
            if not line:
                break
            said += line
        child.kill()
    slot = re.search(r"Orbitbox: slot (\w),", said)
    return slot.group(1) if slot and "Starting kernel" in said else None, said


def data(scene, one):
    """Mends the data partition as at a start (system/bin/data); what is in its configuration then, and what the mending said."""
    size = int.from_bytes(one.part(446 + 3 * 16 + 12, 4), "little") * log.SECTOR
    image = scene.folder / "cut-data"
    image.write_bytes(one.part(disk.DATA_AT, size))
    ways = [["e2fsck", how, *copy] for copy in ([], ["-b", "32768", "-B", "4096"]) for how in ("-p", "-y")]
    said = []
    for way in ways:
        shown = subprocess.run(scene.packages.order(*way, image), stdin=subprocess.DEVNULL, capture_output=True, check=False)
        said.append(f"{' '.join(way)}: {shown.returncode}\n{(shown.stdout + shown.stderr).decode(errors='replace')[-300:]}")
        if shown.returncode < 4:
            break
    kept = subprocess.run(scene.packages.order("debugfs", "-R", "cat /etc/unit.toml", image), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    image.unlink()
    return kept.stdout, "\n".join(said)


def started(scene, path, moment):
    """Starts it wholly, from a copy."""
    kept, copy = scene.folder / "kept-disk", scene.folder / "disk"
    os.replace(copy, kept)
    subprocess.run(["cp", "--sparse=always", path, copy], check=True)
    answers, took = scene.start()
    slot = scene.slot() if answers else scene.machine.said()[-800:]
    scene.report.saw(f"cut off after entry {moment} of the update, it starts until its page answers: {' '.join(slot) if answers else ''} ({took:.0f} s)", answers, slot)
    scene.machine.cut()
    shutil.move(kept, copy)
