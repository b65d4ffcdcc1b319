"""A virtual machine: its console, and the monitor by which parts are plugged and pulled."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path


class Machine:
    """Runs until it is ended. `tree` holds the unpacked packages, `folder` what it leaves behind."""

    def __init__(self, tree, folder, kernel, initramfs, web, bus):
        self.folder = Path(folder)
        self.sound = self.folder / "speaker.wav"
        self.console = self.folder / "console.log"
        library = f"{tree}/usr/lib/x86_64-linux-gnu"
        order = [
            f"{tree}/usr/bin/qemu-system-x86_64", "-M", "q35", "-cpu", "max", "-smp", "2", "-m", "768", "-display", "none", "-no-reboot", "-nodefaults",
            # By software: it is the same on every machine, and where the unit is tested there may be nothing faster.
            "-accel", "tcg",
            "-L", f"{tree}/usr/share/qemu", "-L", f"{tree}/usr/share/seabios", "-L", f"{tree}/usr/lib/ipxe/qemu",
            "-kernel", str(kernel), "-initrd", str(initramfs), "-append", "console=ttyS0 quiet panic=-1",
            "-serial", f"file:{self.console}", "-qmp", f"unix:{self.folder}/monitor,server=on,wait=off",
            "-device", "qemu-xhci,id=usb",
            "-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{web}-:8080", "-device", "virtio-net-pci,netdev=net,romfile=",
            "-audiodev", f"wav,id=sound,path={self.sound},out.frequency=48000", "-device", "usb-audio,audiodev=sound,bus=usb.0",
            "-chardev", f"socket,id=bus,path={bus}", "-device", "usb-redir,id=front,chardev=bus,bus=usb.0",
        ]
        environment = {**os.environ, "LD_LIBRARY_PATH": f"{library}:{tree}/lib/x86_64-linux-gnu", "QEMU_MODULE_DIR": f"{library}/qemu"}
        self._errors = open(self.folder / "machine.log", "wb")
        self._child = subprocess.Popen(order, env=environment, stdin=subprocess.DEVNULL, stdout=self._errors, stderr=subprocess.STDOUT)
        self._monitor = None

    def alive(self):
        """Whether it runs."""
        return self._child.poll() is None

    def said(self):
        """All that stands on its console."""
        return self.console.read_text(errors="replace") if self.console.exists() else ""

    def complaints(self):
        """What the machine itself says."""
        return (self.folder / "machine.log").read_text(errors="replace")

    def order(self, name, **arguments):
        """An order to the monitor; what it answers."""
        if self._monitor is None:
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(10)
            connection.connect(f"{self.folder}/monitor")
            self._monitor = connection.makefile("rw")
            self._monitor.readline()
            self.order("qmp_capabilities")
        self._monitor.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self._monitor.flush()
        while True:
            answer = json.loads(self._monitor.readline())
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise RuntimeError(answer["error"]["desc"])

    def end(self):
        """Ends it; the recording of its sound is whole then."""
        if self.alive():
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
