"""A model of the HT16K33: what it is told over I2C, what it shows, and the keys that are held."""

SEGMENTS = {
    " ": 0x00, "?": 0x00, "-": 0x40, "0": 0x3F, "1": 0x06, "2": 0x5B, "3": 0x4F, "4": 0x66, "5": 0x6D, "6": 0x7D, "7": 0x07, "8": 0x7F, "9": 0x6F,
    "A": 0x77, "B": 0x7C, "E": 0x79, "F": 0x71, "G": 0x3D, "N": 0x54, "O": 0x5C, "S": 0x6D, "U": 0x3E,
}
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

    def shows(self, digits, text):
        """Whether these bytes show a text, its last letter in the last of them. Points do not count, and capitals are not told from others."""
        if not (self.oscillates and self.displays):
            return not text.strip()
        return all(self.ram[byte] & 0x7F == SEGMENTS[letter] for byte, letter in zip(digits, text.upper().rjust(len(digits)), strict=True))

    def lamp(self, byte, bit):
        """Whether one lamp is lit now."""
        return bool(self.oscillates and self.displays and self.ram[byte] >> bit & 1)
