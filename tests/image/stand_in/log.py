"""Everything that a machine wrote to its disk, in order, and the disk as it would be had the power gone at any moment of it.

The emulator's log (`blklogwrites`, the format of Linux' dm-log-writes) holds every writing and every flush. What was written before
the last flush is on the disk; of what came after, any part may be, down to a single sector.
"""

import random
import struct
from dataclasses import dataclass

SECTOR = 512
MAGIC = 0x6A736677736872
FLUSH, FUA, DISCARD = 1, 2, 4


@dataclass
class Entry:
    """One writing, or one flush, and where its data stand in the log."""

    log: object
    at: int
    place: int
    length: int
    flags: int


def read(path):
    """The entries of a log."""
    size = path.stat().st_size
    found = []
    with open(path, "rb") as file:
        magic, _, _, sector = struct.unpack("<QQQI", file.read(28))
        if magic != MAGIC:
            raise RuntimeError(f"{path} is no log of writings")
        at = sector
        while at + sector <= size:
            file.seek(at)
            place, count, flags, _ = struct.unpack("<QQQQ", file.read(32))
            length = 0 if flags & DISCARD else count * SECTOR
            if not count and not flags:
                break
            found.append(Entry(path, at + sector, place * SECTOR, length, flags))
            at += sector + (length + sector - 1) // sector * sector
    return found


class Disk:
    """The disk, brought forward entry by entry; `path` is how it was before the first."""

    def __init__(self, path):
        self._file = open(path, "r+b")
        self._pending = []
        self._undo = []

    def forward(self, entry):
        """One entry more has happened."""
        if entry.flags & FLUSH:
            self.settle()
        if entry.length:
            if entry.flags & FUA:
                self._apply(entry)
            else:
                self._pending.append(entry)

    def settle(self):
        """All that was written is on the disk."""
        for entry in self._pending:
            self._apply(entry)
        self._pending.clear()

    def cut(self, chance: random.Random):
        """The power goes now. Says what became of what had not been flushed; `mend` takes it back."""
        how = chance.choice(("none of it", "all but the end of it", "any part of it"))
        sectors = [(entry, offset) for entry in self._pending for offset in range(0, entry.length, SECTOR)]
        if how == "none of it":
            kept = []
        elif how == "all but the end of it":
            kept = sectors[:chance.randrange(len(sectors) + 1)]
        else:
            share = chance.random()
            kept = [one for one in sectors if chance.random() < share]
        for entry, offset in kept:
            self._file.seek(entry.place + offset)
            self._undo.append((entry.place + offset, self._file.read(SECTOR)))
            self._file.seek(entry.place + offset)
            self._file.write(self._data(entry)[offset:offset + SECTOR])
        self._file.flush()
        return f"{how} ({len(kept)} of {len(sectors)} sectors)"

    def mend(self):
        """As if the cut had not been."""
        for place, data in reversed(self._undo):
            self._file.seek(place)
            self._file.write(data)
        self._undo.clear()
        self._file.flush()

    def part(self, place, length):
        """What stands there."""
        self._file.seek(place)
        return self._file.read(length)

    def _apply(self, entry):
        self._file.seek(entry.place)
        self._file.write(self._data(entry))

    @staticmethod
    def _data(entry):
        with open(entry.log, "rb") as file:
            file.seek(entry.at)
            return file.read(entry.length)
