"""A 64-bit Arm machine with the parts of a unit: keys and lines, a display, a sound card, a stick."""

from pathlib import Path

from .emulated import SERVER, Emulated
from .pins import LINES, Pins

# What the machine is built of; the rest are parts.
BARE = ["-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "512"]


def device_tree(packages, into):
    """Writes the machine's own device tree, with names for the lines of its GPIO chip."""
    packages.run("qemu-system-aarch64", *BARE, "-display", "none", "-nodefaults", "-M", f"dumpdtb={into}")
    chip = next(node for node in packages.run("fdtget", "-l", into, "/").decode().split() if node.startswith("pl061@"))
    packages.run("fdtput", "-t", "s", into, f"/{chip}", "gpio-line-names", *LINES)


class Machine(Emulated):
    """The unit's own machine, started by a kernel without a boot loader."""

    def __init__(self, packages, folder, kernel, initramfs, web, bus):
        folder = Path(folder)
        # A card that is plugged in again records into another file.
        self.sounds = [folder / "speaker.wav", folder / "speaker-again.wav"]
        self.pins = None
        tree = folder / "machine.dtb"
        device_tree(packages, tree)
        super().__init__(
            packages, folder, *BARE, "-dtb", tree, "-qtest", f"unix:{folder}/pins,{SERVER}", "-qtest-log", "/dev/null",
            "-kernel", kernel, "-initrd", initramfs, "-append", "console=ttyAMA0 quiet panic=-1",
            "-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{web}-:8080", "-device", "virtio-net-pci,netdev=net,romfile=",
            "-device", "qemu-xhci,id=usb", "-device", "usb-kbd,bus=usb.0",
            *[word for number, path in enumerate(self.sounds) for word in ("-audiodev", f"wav,id=sound{number},path={path},out.frequency=48000")],
            "-device", "usb-audio,id=card0,audiodev=sound0,bus=usb.0",
            "-chardev", f"socket,id=bus,path={bus}", "-device", "usb-redir,id=front,chardev=bus,bus=usb.0",
        )
        if self.alive():
            self.pins = Pins(self.folder / "pins", self._part("child<pl061>"))

    def _part(self, kind):
        parts = self.order("qom-list", path="/machine/unattached")
        return "/machine/unattached/" + next(part["name"] for part in parts if part["type"] == kind)
