"""What every scene plays with."""

import time
from dataclasses import dataclass

from rig.adapter import Adapter
from rig.ht16k33 import Ht16k33
from rig.machine import Machine
from rig.packages import Packages
from rig.page import Page
from rig.report import Report, until

# As the built-in revision pi4-reference wires them.
DIGITS = (0, 2, 4, 6)
LAMPS = [(8, bit) for bit in range(8)]
ORBITS = [str(number) for number in range(71, 79)]
PARK, RETRIEVE, FUNCTION, AMPLIFIER = "GPIO5", "GPIO6", "GPIO12", "GPIO23"
# As long as a hand presses: an emulated bus is slow, and its machine may be busy.
PRESS = 0.3


@dataclass
class Scene:
    """The machine and what is around it."""

    report: Report
    machine: Machine
    page: Page
    chip: Ht16k33
    adapter: Adapter
    packages: Packages
    # How long the recording was when the amplifier was woken, in bytes.
    woken_at: int | None = None
    # The station beside the unit has a caller.
    talking: bool = False

    def shows(self, text):
        """Whether the digits show a text now."""
        return self.chip.shows(DIGITS, text)

    def lamp(self, orbit):
        """Whether the lamp of an orbit is lit now."""
        return self.chip.lamp(*LAMPS[ORBITS.index(orbit)])

    def park(self):
        """The caller whom the station beside the unit has is parked by the Park key, or a new one comes; the orbit, or none."""
        before = self.page.occupied()
        if self.talking:
            self.press(PARK)
        else:
            self.page.call_in()
        self.talking = False
        orbits = until(lambda: [orbit for orbit in self.page.occupied() if orbit not in before], 15)
        return orbits[0] if orbits else None

    def taken(self, orbit, within=10):
        """Waits until nobody waits on an orbit; how long that took, or none."""
        begun = time.monotonic()
        self.talking = until(lambda: orbit not in self.page.occupied(), within)
        return time.monotonic() - begun if self.talking else None

    def press(self, line):
        """A key at a line is pressed and let go."""
        self.machine.pins.press(line)
        time.sleep(PRESS)
        self.machine.pins.release(line)

    def announced(self):
        """A call is parked, announced and taken; whether it was."""
        orbit = self.park()
        self.silence()
        self.press(RETRIEVE)
        return orbit is not None and self.taken(orbit) is not None

    def silence(self):
        """Waits until nothing is announced any more, and what was is out of the card."""
        until(lambda: not self.page.speaking(), 20)
        time.sleep(0.5)

    def says(self, words, since, within):
        """Waits for words on the console after so many letters."""
        return until(lambda: words in self.machine.said()[since:], within)
