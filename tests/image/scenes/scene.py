"""What every scene plays with."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from rig.packages import Packages
from rig.page import Page
from rig.report import Report, until
from stand_in import network
from stand_in.machine import StandIn

# A quiet machine starts in 25 s; on a busy one everything takes as long as it takes.
START = 420
GATE = "rauc-mark-good"


@dataclass
class Scene:
    """The machine and what is around it."""

    report: Report
    packages: Packages
    folder: Path
    u_boot: Path
    addresses: network.Addresses
    page: Page = field(default_factory=lambda: Page(80, network.THERE))
    machine: StandIn | None = None

    @property
    def disk(self):
        """What the machine starts from."""
        return self.folder / "disk"

    def build(self, log=None):
        """The machine anew, not switched on yet."""
        if self.machine and self.machine.alive():
            self.machine.cut()
        self.machine = StandIn(self.packages, self.folder, self.u_boot, self.folder / "flash", self.disk, log)
        if not self.machine.alive():
            raise RuntimeError(f"the machine cannot be built: {self.machine.complaints()}")

    def start(self, log=None):
        """Switches the machine on, anew; whether its page answered, and after how many seconds."""
        self.build(log)
        begun = time.monotonic()
        self.machine.switch_on()
        answers = until(lambda: not self.machine.alive() or self.page.status(), START)
        return bool(answers) and self.machine.alive(), time.monotonic() - begun

    def goes_down(self, within=START):
        """Waits until the machine goes down by itself; whether it did."""
        down = until(lambda: not self.machine.alive(), within)
        if down:
            self.machine.end()
        return down

    def asks(self, order):
        """What an order within prints, without the last line's end."""
        return self.machine.tell(order)[1].strip()

    def slot(self):
        """Which slot runs, and which version is in it."""
        return self.asks("sed -n 's/.*rauc.slot=\\(.\\).*/\\1/p' /proc/cmdline; cat /etc/orbitbox-version").split()

    def environment(self):
        """What the boot script and RAUC have written for each other."""
        return dict(line.split("=", 1) for line in self.asks("fw_printenv").splitlines() if "=" in line)
