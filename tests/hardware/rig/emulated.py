"""A machine that is emulated by software: its console, its monitor, and a hand within it that does what it is told."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path

from .report import until

SERVER = "server=on,wait=off"


class Emulated:
    """Stands still until it is switched on, and runs until it is ended. `folder` is for what it leaves behind, `words` say what it is
    built of."""

    def __init__(self, packages, folder, *words):
        self.folder = Path(folder)
        self.console = self.folder / "console.log"
        for name in ("monitor", "hand", "pins"):
            (self.folder / name).unlink(missing_ok=True)
        order = packages.order(
            "qemu-system-aarch64", "-S", "-display", "none", "-nodefaults", "-no-reboot",
            # By software: it is the same on every machine, and where the unit is tested there may be nothing faster.
            "-accel", "tcg", "-L", packages.tree / "usr/share/qemu", "-L", packages.tree / "usr/lib/ipxe/qemu",
            "-serial", f"file:{self.console}", "-qmp", f"unix:{self.folder}/monitor,{SERVER}",
            "-device", "virtio-serial-pci", "-chardev", f"socket,id=hand,path={self.folder}/hand,{SERVER}",
            "-device", "virtserialport,chardev=hand,name=hand", *words,
        )
        self._errors = open(self.folder / "machine.log", "wb")
        environment = {**os.environ, "QEMU_MODULE_DIR": f"{packages.libraries[0]}/qemu"}
        self._child = subprocess.Popen(order, env=environment, stdin=subprocess.DEVNULL, stdout=self._errors, stderr=subprocess.STDOUT)
        until(lambda: not self.alive() or (self.folder / "hand").exists() and (self.folder / "monitor").exists(), 30)
        self._monitor, self._hand = None, None
        if self.alive():
            self._monitor = self.connect("monitor")
            self._monitor.readline()
            self.order("qmp_capabilities")
            self._hand = self.connect("hand", timeout=120)

    def connect(self, name, timeout=10):
        """A socket of the machine, as a file."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(timeout)
        connection.connect(f"{self.folder}/{name}")
        return connection.makefile("rw")

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

    def cut(self):
        """Takes its power away: what it has not handed to its disks is lost."""
        self._child.kill()
        self._child.wait()
        self._errors.close()

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
