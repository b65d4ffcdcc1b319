"""The lines of the machine's GPIO chip, driven and read from outside through QEMU's test protocol."""

import socket

# The lines that a unit uses, by the names that they have on the reference unit. The chip has eight; the machine's power key is at 3.
LINES = ["GPIO12", "GPIO13", "GPIO7", "", "GPIO5", "GPIO6", "GPIO23", "GPIO24"]
# Where the chip's data can be read, all eight lines at once (PL061, register GPIODATA with every bit of its mask).
DATA = 0x0903_03FC


class Pins:
    """Every line has a pull-up: it is high unless somebody presses."""

    def __init__(self, path, chip):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(10)
        connection.connect(str(path))
        self._chip, self._channel = chip, connection.makefile("rw")
        for name in filter(None, LINES):
            self.drive(name, True)

    def drive(self, name, high):
        """Puts a level on a line."""
        self._order(f"set_irq_in {self._chip} unnamed-gpio-in {LINES.index(name)} {int(high)}")

    def press(self, name):
        """The key at a line is pressed, which leads to ground."""
        self.drive(name, False)

    def release(self, name):
        """It is let go."""
        self.drive(name, True)

    def is_high(self, name):
        """The level of a line."""
        return bool(int(self._order(f"readl {DATA:#x}").split()[1], 16) >> LINES.index(name) & 1)

    def _order(self, line):
        self._channel.write(line + "\n")
        self._channel.flush()
        while True:
            answer = self._channel.readline().strip()
            if answer.startswith("OK"):
                return answer
            if answer.startswith(("FAIL", "ERR")) or not answer:
                raise RuntimeError(f"{line}: {answer}")
