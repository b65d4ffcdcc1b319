"""A 64-bit Arm machine, emulated by software: its console, and the monitor by which parts are plugged and pulled."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path

from .pins import LINES, Pins
from .report import until

# What the machine is built of; the rest are parts.
BARE = ["-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "512", "-display", "none", "-nodefaults", "-no-reboot"]
SERVER = "server=on,wait=off"


def device_tree(packages, into):
    """Writes the machine's own device tree, with names for the lines of its GPIO chip."""
    packages.run("qemu-system-aarch64", *BARE, "-M", f"dumpdtb={into}")
    chip = next(node for node in packages.run("fdtget", "-l", into, "/").decode().split() if node.startswith("pl061@"))
    packages.run("fdtput", "-t", "s", into, f"/{chip}", "gpio-line-names", *LINES)


class Machine:
    """Stands still until it is switched on, and runs until it is ended. `folder` is for what it leaves behind."""

    def __init__(self, packages, folder, kernel, initramfs, web, bus):
        self.folder = Path(folder)
        self.console = self.folder / "console.log"
        # A card that is plugged in again records into another file.
        self.sounds = [self.folder / "speaker.wav", self.folder / "speaker-again.wav"]
        tree = self.folder / "machine.dtb"
        device_tree(packages, tree)
        library = packages.libraries[0]
        order = packages.order(
            "qemu-system-aarch64", *BARE, "-S", "-dtb", tree,
            # By software: it is the same on every machine, and where the unit is tested there may be nothing faster.
            "-accel", "tcg", "-qtest", f"unix:{self.folder}/pins,{SERVER}", "-qtest-log", "/dev/null",
            "-L", packages.tree / "usr/share/qemu", "-L", packages.tree / "usr/lib/ipxe/qemu",
            "-kernel", kernel, "-initrd", initramfs, "-append", "console=ttyAMA0 quiet panic=-1",
            "-serial", f"file:{self.console}", "-qmp", f"unix:{self.folder}/monitor,{SERVER}",
            "-device", "virtio-serial-pci", "-chardev", f"socket,id=hand,path={self.folder}/hand,{SERVER}",
            "-device", "virtserialport,chardev=hand",
            "-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{web}-:8080", "-device", "virtio-net-pci,netdev=net,romfile=",
            "-device", "qemu-xhci,id=usb", "-device", "usb-kbd,bus=usb.0",
            *[word for number, path in enumerate(self.sounds) for word in ("-audiodev", f"wav,id=sound{number},path={path},out.frequency=48000")],
            "-device", "usb-audio,id=card0,audiodev=sound0,bus=usb.0",
            "-chardev", f"socket,id=bus,path={bus}", "-device", "usb-redir,id=front,chardev=bus,bus=usb.0",
        )
        self._errors = open(self.folder / "machine.log", "wb")
        environment = {**os.environ, "QEMU_MODULE_DIR": f"{library}/qemu"}
        self._child = subprocess.Popen(order, env=environment, stdin=subprocess.DEVNULL, stdout=self._errors, stderr=subprocess.STDOUT)
        until(lambda: not self.alive() or (self.folder / "hand").exists() and (self.folder / "monitor").exists(), 30)
        self._monitor, self._hand, self.pins = None, None, None
        if self.alive():
            self._monitor = self._connect("monitor")
            self._monitor.readline()
            self.order("qmp_capabilities")
            self._hand = self._connect("hand", timeout=120)
            self.pins = Pins(self.folder / "pins", self._part("child<pl061>"))

    def _connect(self, name, timeout=10):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(timeout)
        connection.connect(f"{self.folder}/{name}")
        return connection.makefile("rw")

    def _part(self, kind):
        parts = self.order("qom-list", path="/machine/unattached")
        return "/machine/unattached/" + next(part["name"] for part in parts if part["type"] == kind)

    def switch_on(self):
        """Gives it power."""
        self.order("cont")

    def alive(self):
        """Whether it is there."""
        return self._child.poll() is None

    def said(self):
        """All that stands on its console."""
        return self.console.read_text(errors="replace") if self.console.exists() else ""

    def complaints(self):
        """What the machine itself says."""
        return (self.folder / "machine.log").read_text(errors="replace")

    def order(self, name, **arguments):
        """An order to the monitor; what it answers."""
        self._monitor.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self._monitor.flush()
        while True:
            answer = json.loads(self._monitor.readline())
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise RuntimeError(answer["error"]["desc"])

    def remove(self, part):
        """Pulls a part out, and waits until it is."""
        self.order("device_del", id=part)
        gone = until(lambda: all(child["name"] != part for child in self.order("qom-list", path="/machine/peripheral")), 30)
        if not gone:
            raise RuntimeError(f"{part} stays where it is")

    def tell(self, order):
        """Has a line done within the machine; its status, and what was printed."""
        self._hand.write(order + "\n")
        self._hand.flush()
        printed = []
        while True:
            line = self._hand.readline()
            if not line:
                raise RuntimeError("the machine's hand is gone")
            if line.startswith("== "):
                return int(line.split()[1]), "".join(printed)
            printed.append(line)

    def end(self):
        """Ends it; the recording of its sound is whole then."""
        if self.alive() and self._monitor:
            try:
                self.order("quit")
            except (OSError, ValueError, RuntimeError):
                self._child.terminate()
        begun = time.monotonic()
        while self.alive() and time.monotonic() - begun < 10:
            time.sleep(0.05)
        if self.alive():
            self._child.kill()
        self._child.wait()
        self._errors.close()
