"""A USB stick: an image that is plugged into the machine and pulled out of it, and what is on it."""

import itertools
import tempfile
from pathlib import Path

from .report import until

LABEL = "ORBITBOX"
BYTES = 64 * 1024 * 1024


class Stick:
    """One stick, not plugged yet; with no `kind` of file system it is what `image` holds already."""

    def __init__(self, machine, packages, image, kind=None, size=BYTES):
        self.machine, self.packages, self.image, self.kind = machine, packages, image, kind
        self._name, self._times = image.stem, itertools.count(1)
        if not kind:
            return
        with open(image, "wb") as file:
            file.truncate(size)
        if kind == "vfat":
            packages.run("mkfs.vfat", "-n", LABEL, image)
        else:
            packages.run("mkfs.ext4", "-q", "-L", LABEL, image)

    def put(self, *files):
        """Copies files onto it while it is out. Only vfat."""
        self.packages.run("mcopy", "-o", "-i", self.image, *files, "::")

    def plug(self, bytes_a_second=None, bus="usb"):
        """Puts it in; it writes no faster than that."""
        # Names of parts are not free again at once.
        name = self._name = f"{self.image.stem}{next(self._times)}"
        file = {"driver": "raw", "file": {"driver": "file", "filename": str(self.image)}}
        if bytes_a_second:
            self.machine.order("object-add", **{"qom-type": "throttle-group", "id": f"{name}-pace", "limits": {"bps-write": bytes_a_second}})
            file = {"driver": "throttle", "throttle-group": f"{name}-pace", "file": file}
        self.machine.order("blockdev-add", **{"node-name": name, **file})
        self.machine.order("device_add", driver="usb-storage", id=f"{name}-usb", drive=name, bus=f"{bus}.0")

    def pull(self):
        """Tears it out."""
        self.machine.remove(f"{self._name}-usb")
        until(self._let_go, 30)

    def _let_go(self):
        try:
            self.machine.order("blockdev-del", **{"node-name": self._name})
        except RuntimeError:
            # What was on its way to it is not over yet.
            return False
        return True

    def files(self):
        """Every file on it by its path, read from outside. Only of vfat, and only while it is out."""
        with tempfile.TemporaryDirectory() as folder:
            self.packages.run("mcopy", "-s", "-n", "-Q", "-i", self.image, "::", folder)
            return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}
