"""A USB-to-I2C adapter that a virtual machine has plugged in, with a chip on its bus.

The machine speaks the USB redirection protocol over a socket; the adapter is an i2c-tiny-usb, for which every kernel has a driver.
"""

import contextlib
import socket
import struct
import threading

HELLO, DEVICE_CONNECT, INTERFACES, ENDPOINTS = 0, 1, 4, 5
SET_CONFIGURATION, GET_CONFIGURATION, CONFIGURATION, SET_ALTERNATE, GET_ALTERNATE, ALTERNATE = 6, 7, 8, 9, 10, 11
CONTROL = 100
DONE, STALLED = 0, 4
# Sizes of packets in the description of endpoints, numbers of 64 bits, lengths of 32 bits.
CAPABILITIES = 1 << 4 | 1 << 5 | 1 << 6
VENDOR, PRODUCT = 0x0403, 0xC631
FULL_SPEED = 1
VENDOR_CLASS = 255

DEVICE = struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x0110, VENDOR_CLASS, 0, 0, 8, VENDOR, PRODUCT, 0x0205, 1, 2, 0, 1)
CONFIGURATION_BYTES = struct.pack("<BBHBBBBB", 9, 2, 18, 1, 1, 0, 0x80, 50) + struct.pack("<BBBBBBBBB", 9, 4, 0, 0, 0, VENDOR_CLASS, 0, 0, 0)
NAMES = {1: "orbitbox", 2: "i2c-tiny-usb"}

# Requests that every device has (USB 2.0, section 9.4).
GET_STATUS, GET_DESCRIPTION = 0, 6
# Requests of the adapter, as the kernel's driver sends them.
ECHO, FUNCTIONS, DELAY, STATUS, TRANSFER = 0, 1, 2, 3, 4
ACKNOWLEDGED, REFUSED = 1, 2
READ = 1
# Plain I2C, and SMBus by it.
CAN = 0x00000001 | 0x0EFF0008


class Adapter(threading.Thread):
    """Serves one machine at `path`. `plugged` is whether the chip is on the bus."""

    def __init__(self, path, chip):
        super().__init__(daemon=True)
        self.chip, self.plugged = chip, True
        self.status = 0
        self.lock = threading.Lock()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen(1)

    def run(self):
        """Until the machine is gone."""
        connection, _ = self._listening.accept()
        with connection, contextlib.suppress(EOFError, OSError):
            self._serve(connection)

    def _serve(self, connection):
        head = "<III"

        def read(length):
            data = b""
            while len(data) < length:
                more = connection.recv(length - len(data))
                if not more:
                    raise EOFError
                data += more
            return data

        def tell(kind, number, data):
            connection.sendall(struct.pack(head, kind, len(data), number) + data)

        tell(HELLO, 0, b"orbitbox front".ljust(64, b"\0") + struct.pack("<I", CAPABILITIES))
        while True:
            kind, length, number = struct.unpack(head, read(struct.calcsize(head)))
            data = read(length)
            if kind == HELLO:
                head = "<IIQ"
                tell(INTERFACES, 0, struct.pack("<I", 1) + bytes(32) + bytes([VENDOR_CLASS]) + bytes(31) + bytes(64))
                endpoints = bytes([0] + [255] * 15) * 2
                tell(ENDPOINTS, 0, endpoints + bytes(64) + struct.pack("<32H", *([8] + [0] * 15) * 2))
                tell(DEVICE_CONNECT, 0, struct.pack("<BBBBHH", FULL_SPEED, VENDOR_CLASS, 0, 0, VENDOR, PRODUCT))
            elif kind == SET_CONFIGURATION:
                tell(CONFIGURATION, number, bytes([DONE, data[0]]))
            elif kind == GET_CONFIGURATION:
                tell(CONFIGURATION, number, bytes([DONE, 1]))
            elif kind == SET_ALTERNATE:
                tell(ALTERNATE, number, bytes([DONE, data[0], data[1]]))
            elif kind == GET_ALTERNATE:
                tell(ALTERNATE, number, bytes([DONE, data[0], 0]))
            elif kind == CONTROL:
                endpoint, request, kind_of, _, value, index, length = struct.unpack("<BBBBHHH", data[:10])
                with self.lock:
                    answer = self._control(kind_of, request, value, index, length, data[10:])
                status, data = (STALLED, b"") if answer is None else (DONE, answer)
                length = len(data) if kind_of & 0x80 else length
                tell(CONTROL, number, struct.pack("<BBBBHHH", endpoint, request, kind_of, status, value, index, length) + data)

    def _control(self, kind_of, request, value, index, length, data):
        """What a control transfer brings in; none when it is not understood."""
        vendor, to_machine = kind_of & 0x60 == 0x40, bool(kind_of & 0x80)
        if not vendor:
            if not to_machine:
                return b""
            if request == GET_STATUS:
                return b"\0\0"[:length]
            found = self._description(value) if request == GET_DESCRIPTION else None
            return found and found[:length]
        if request == FUNCTIONS:
            return struct.pack("<I", CAN)[:length]
        if request == ECHO:
            return struct.pack("<H", value)[:length]
        if request == STATUS:
            return bytes([self.status])
        if request == DELAY:
            return b""
        if TRANSFER <= request < TRANSFER + 4:
            there = self.plugged and index == self.chip.address
            self.status = ACKNOWLEDGED if there else REFUSED
            if value & READ:
                return self.chip.read(length) if there else bytes(length)
            if there:
                self.chip.write(data)
            return b""
        return None

    @staticmethod
    def _description(value):
        kind, number = value >> 8, value & 255
        if kind == 3:
            if number == 0:
                return b"\x04\x03\x09\x04"
            name = NAMES.get(number, "?").encode("utf-16-le")
            return bytes([len(name) + 2, 3]) + name
        return {1: DEVICE, 2: CONFIGURATION_BYTES}.get(kind)
