"""A model of the HT16K33: what it is told over I2C, what it shows, and the keys that are held."""

SEGMENTS = {0x3F: "0", 0x06: "1", 0x5B: "2", 0x4F: "3", 0x66: "4", 0x6D: "5", 0x7D: "6", 0x07: "7", 0x7F: "8", 0x6F: "9", 0x40: "-", 0x00: " "}
KEYS_AT = 0x40
KEY_BYTES = 6
ROWS = 13


class Ht16k33:
    """One chip. A message is what lies between start and stop."""

    def __init__(self, address=0x71):
        self.address = address
        self.ram = bytearray(16)
        self.pointer = 0
        self.oscillates = self.displays = False
        self.brightness = 15
        self.contacts = set()
        self.writes = 0

    def write(self, message):
        """Takes a message."""
        if not message:
            return
        command = message[0]
        if command < 0x10:
            self.pointer = command
            for byte in message[1:]:
                self.ram[self.pointer % 16] = byte
                self.pointer += 1
            self.writes += 1
        elif command >> 4 == 0x2:
            self.oscillates = bool(command & 1)
        elif command >> 4 == 0x4:
            self.pointer = command
        elif command >> 4 == 0x8:
            self.displays = bool(command & 1)
        elif command >> 4 == 0xE:
            self.brightness = command & 15

    def read(self, length):
        """Gives bytes from where the last write pointed."""
        if self.pointer >= KEYS_AT:
            keys = bytearray(KEY_BYTES)
            for contact in self.contacts:
                column, row = divmod(contact, ROWS)
                keys[2 * column + row // 8] |= 1 << (row % 8)
            return bytes(keys[:length]).ljust(length, b"\0")
        return bytes(self.ram[(self.pointer + place) % 16] for place in range(length))

    def text(self, digits):
        """What these bytes show; `?` for what is no digit, nothing while it is dark."""
        if not (self.oscillates and self.displays):
            return ""
        return "".join(SEGMENTS.get(self.ram[byte] & 0x7F, "?") for byte in digits).strip()

    def lamp(self, byte, bit):
        """Whether one lamp is lit now."""
        return bool(self.oscillates and self.displays and self.ram[byte] >> bit & 1)
