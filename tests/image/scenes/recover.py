"""A machine that starts no more, and somebody with a stick: its card is written anew."""

import os
import time

from rig.report import until
from rig.stick import Stick
from scenes.scene import START
from stand_in import disk
from stand_in.machine import STARTS

CONFIGURATION = "/etc/orbitbox/unit.toml"
MARK = "# kept when the card was written anew"
DONE = "done: take the stick out"
SMALL_BYTES = 320 * disk.MIB


def play(scene):
    """Slots that are destroyed, with data that are whole; a blank card, and a cut while it is written; a card that is too small."""
    image = stick(scene)
    if destroyed(scene, image):
        cut_off(scene, image)
        too_small(scene, image)


def destroyed(scene, image):
    """Neither slot can be loaded, the rest of the card is whole; whether there was a machine at all."""
    report = scene.report
    answers, _ = scene.start()
    number = scene.asks("cat /etc/machine-id") if answers else ""
    marked = answers and scene.machine.tell(f"echo '{MARK}' >>{CONFIGURATION} && sync {CONFIGURATION}")[0] == 0
    if not report.saw("a machine is there whose configuration has a mark", marked, scene.machine.said()[-1500:]):
        return False
    scene.machine.end()
    with open(scene.disk, "r+b") as card:
        for place in disk.SLOT_AT.values():
            card.seek(place)
            card.write(bytes(disk.MIB))
    on = start(scene, image)
    took = written(scene, on, "both slots are destroyed: the boot script goes on to the stick, and the card is written anew", "Orbitbox: nothing to boot")
    if took and serves(scene, "it starts from its card"):
        kept = scene.asks(f"tail -n 1 {CONFIGURATION}")
        report.saw("its configuration has the mark", kept == MARK, kept)
        report.saw("and it has its number", number == scene.asks("cat /etc/machine-id") and f"systemd.machine_id={number}" in scene.asks("cat /proc/cmdline"), scene.asks("cat /proc/cmdline"))
    whole(scene)
    scene.machine.end()
    return True


def cut_off(scene, image):
    """A blank card, and the power goes while its second slot is written."""
    report = scene.report
    blank(scene, disk.DISK_BYTES)
    on = start(scene, image)
    begun = until(lambda: holds(scene, disk.SLOT_AT["B"]), START)
    scene.machine.cut()
    report.saw("a blank card is written, and the power goes in the middle of it", begun and not holds(scene, 0) and DONE not in scene.machine.said(), scene.machine.said()[-1500:])
    on = start(scene, image)
    if written(scene, on, "the machine starts from the stick again, and the card is written", "there were no data") and serves(scene, "it starts from its card"):
        configuration, size = scene.asks(f"cat {CONFIGURATION}"), int(scene.asks("df -k --output=size /data | tail -1"))
        report.saw(f"its data are new ({size // 1024} MiB), and its configuration is the one that it comes with", configuration == scene.asks("cat /usr/share/orbitbox/unit.toml") and size > 200 * 1024, configuration)
    whole(scene)
    scene.machine.end()


def too_small(scene, image):
    """Nothing can be recovered, and there is no data partition."""
    report = scene.report
    blank(scene, SMALL_BYTES)
    start(scene, image)
    answers = until(scene.page.status, START)
    report.saw("a card that is too small is left alone, and the machine serves from the stick", answers and "the card is not written: it has 320 MiB" in scene.machine.said(), scene.machine.said()[-1500:])
    kind = scene.asks("stat -f -c %T /data") if answers else ""
    report.saw("its data are in memory", kind == "tmpfs", kind)
    scene.machine.end()
    report.saw("not a byte of the card is written", not any(scene.disk.read_bytes()))


def stick(scene):
    """A stick with the image of a disk, only one slot of which is filled, and the file that asks for it."""
    image = scene.folder / "recover.img"
    disk.make({"A": scene.folder / "version-1.ext4"}, image)
    asks = scene.folder / "recover"
    asks.write_text("please\n")
    scene.packages.run("mcopy", "-i", f"{image}@@{disk.BOOT_AT}", asks, "::")
    return image


def start(scene, image):
    """Switches the machine on with the stick in it."""
    scene.build()
    one = Stick(scene.machine, scene.packages, image)
    one.plug(bus=STARTS)
    scene.machine.switch_on()
    return one


def written(scene, on, what, said):
    """Waits until the machine says that it is done, takes the stick out, and waits until it goes down."""
    begun = time.monotonic()
    done = until(lambda: not scene.machine.alive() or DONE in scene.machine.said(), START) and scene.machine.alive()
    text = scene.machine.said()
    scene.report.saw(f"{what} ({time.monotonic() - begun:.0f} s)", done and said in text, text[-2500:])
    if not done:
        return False
    on.pull()
    return scene.report.saw("the stick is taken out, and it starts anew by itself", scene.goes_down(), scene.machine.said()[-1500:])


def serves(scene, what):
    """Starts it without the stick, until its page answers from the version that was on it."""
    answers, took = scene.start()
    slot = scene.slot() if answers else None
    return scene.report.saw(f"{what} ({took:.0f} s)", slot == ["A", "1"], slot or scene.machine.said()[-1500:])


def whole(scene):
    """What stands on the card."""
    image = (scene.folder / "version-1.ext4").read_bytes()
    wrong = []
    with open(scene.disk, "rb") as card:
        for slot, place in disk.SLOT_AT.items():
            card.seek(place)
            if card.read(len(image)) != image:
                wrong.append(slot)
    names = scene.packages.run("mdir", "-b", "-i", f"{scene.disk}@@{disk.BOOT_AT}").decode().split()
    scene.report.saw("both slots are as they were on the stick, bit by bit, and the boot partition has what it starts by alone", not wrong and names == ["::/boot.scr"], (wrong, names))


def holds(scene, place):
    """Whether the first sectors of that place on the card have been written."""
    with open(scene.disk, "rb") as card:
        return any(os.pread(card.fileno(), 8 * disk.SECTOR, place))


def blank(scene, size):
    """A card as it is bought."""
    scene.disk.unlink()
    with open(scene.disk, "wb") as file:
        file.truncate(size)
