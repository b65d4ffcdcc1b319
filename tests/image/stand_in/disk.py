"""The disk of the stand-in, laid out as those of the boards are, and the flash in which its U-Boot finds how it starts."""

import struct
import subprocess
import zlib

from .root import REPOSITORY, ROOT_BYTES

SECTOR = 512
MIB = 1024 * 1024
BOOT_BYTES = 16 * MIB
DATA_BYTES = 32 * MIB
# Larger than what is on it, as a card is: data takes the rest.
DISK_BYTES = 704 * MIB
FLASH_BYTES = 64 * MIB
BOOT_AT = 0x2000 * SECTOR
SLOT_AT = {"A": BOOT_AT + BOOT_BYTES, "B": BOOT_AT + BOOT_BYTES + ROOT_BYTES}
DATA_AT = SLOT_AT["B"] + ROOT_BYTES
COPIES = (0x800 * SECTOR, 0x1000 * SECTOR)
COPY_BYTES = 0x4000

# Where a machine with 512 MiB has room, and what U-Boot does: on a board these are compiled in, and the firmware before U-Boot goes on
# to a stick where the card has nothing to start from.
U_BOOT = {
    "bootdelay": "-2",
    "scriptaddr": "0x40200000",
    "kernel_addr_r": "0x40400000",
    "fdt_addr_r": "0x47f00000",
    "ramdisk_addr_r": "0x48000000",
    "bootcmd": "virtio scan; setenv devnum 0; setenv devtype virtio; load virtio 0:1 ${scriptaddr} boot.scr && source ${scriptaddr}; "
    "usb start; setenv devtype usb; load usb 0:1 ${scriptaddr} boot.scr && source ${scriptaddr}; reset",
}


def flash(into):
    """Writes U-Boot's own settings, which nobody changes."""
    data = b"".join(f"{name}={value}\0".encode() for name, value in U_BOOT.items()) + b"\0"
    data = data.ljust(0x40000 - 4, b"\0")
    with open(into, "wb") as file:
        file.write(struct.pack("<I", zlib.crc32(data)) + data)
        file.truncate(FLASH_BYTES)


def table():
    """The partitions, for sfdisk."""
    parts = [(BOOT_AT, BOOT_BYTES, "c,bootable"), (SLOT_AT["A"], ROOT_BYTES, "83"), (SLOT_AT["B"], ROOT_BYTES, "83"), (DATA_AT, DATA_BYTES, "83")]
    return "label: dos\nlabel-id: 0x0b170b01\n" + "".join(f"start={at // SECTOR},size={size // SECTOR},type={kind}\n" for at, size, kind in parts)


def make(slots, into):
    """Writes the disk of a new machine: `slots` are images by slot, its data are not made yet."""
    script, boot = into.with_suffix(".scr"), into.with_suffix(".boot")
    subprocess.run(["mkimage", "-A", "arm64", "-T", "script", "-C", "none", "-d", REPOSITORY / "system/boot/boot.cmd", script], check=True, capture_output=True)
    for path, size in ((into, DISK_BYTES), (boot, BOOT_BYTES)):
        path.unlink(missing_ok=True)
        with open(path, "wb") as file:
            file.truncate(size)
    subprocess.run(["sfdisk", "--quiet", into], input=table().encode(), check=True)
    subprocess.run(["mkfs.vfat", boot], check=True, capture_output=True)
    subprocess.run(["mcopy", "-i", boot, script, "::boot.scr"], check=True)
    with open(into, "r+b") as file:
        for at, image in [(BOOT_AT, boot), *((SLOT_AT[slot], image) for slot, image in slots.items())]:
            file.seek(at)
            file.write(image.read_bytes())


def kept(data):
    """What a copy of the boot script's environment holds; none where it is not whole."""
    text = data[5:COPY_BYTES]
    if zlib.crc32(text) != struct.unpack("<I", data[:4])[0]:
        return None
    # What follows the end of the texts is whatever was in the memory of the program that wrote them.
    texts = text.split(b"\0\0", 1)[0]
    return dict(entry.decode().split("=", 1) for entry in texts.split(b"\0"))
