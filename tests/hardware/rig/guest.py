"""What the machine boots: a stock kernel, the drivers that are needed, the program and the libraries it is linked to."""

import gzip
import lzma
import os
import re
import shutil
import subprocess
from pathlib import Path

DRIVERS = [
    "virtio_net", "xhci-pci", "usbhid", "hid-generic", "evdev", "snd-usb-audio", "i2c-dev", "i2c-tiny-usb",
    "usb-storage", "sd_mod", "vfat", "nls_cp437", "nls_ascii", "crc32c_generic", "ext4",
]
LIBRARIES = ["ld-linux-aarch64.so.1", "libc.so.6", "libm.so.6", "libgcc_s.so.1", "libasound.so.2", "libdl.so.2", "libpthread.so.0", "librt.so.1"]
TOOLS = [
    "cat", "cp", "cut", "dd", "echo", "findfs", "grep", "insmod", "ip", "kill", "ls", "mkdir", "mount", "pidof", "poweroff", "readlink", "sed", "seq",
    "sh", "sleep", "tr", "umount", "uname",
]


def kernel(tree):
    """The kernel of the unpacked packages."""
    return next(iter(sorted(Path(tree, "boot").glob("vmlinuz-*"))))


def needed(tree, wanted):
    """Where the drivers lie, the wanted ones and what they need in an order in which they can be loaded, and those there are not."""
    modules = next(iter(Path(tree, "lib/modules").iterdir()))
    needs = dict(line.split(":") for line in (modules / "modules.dep").read_text().splitlines())
    known = {driver_name(path): path for path in needs}
    built_in = {driver_name(line) for line in (modules / "modules.builtin").read_text().splitlines()}
    order, missing = [], []
    for driver in wanted:
        name = driver.replace("-", "_")
        if name in known:
            path = known[name]
            order += [one for one in [*reversed(needs[path].split()), path] if one not in order]
        elif name not in built_in:
            missing.append(driver)
    return modules, order, missing


def driver_name(path):
    """How the kernel calls the driver in a file."""
    return re.sub(r"\.ko.*", "", os.path.basename(path)).replace("-", "_")


def drivers(tree, wanted, into):
    """Copies drivers and what they need; their files in an order in which they can be loaded, and those there are not."""
    modules, order, missing = needed(tree, wanted)
    into.mkdir(parents=True)
    for path in order:
        data = (modules / path).read_bytes()
        (into / f"{driver_name(path)}.ko").write_bytes(lzma.decompress(data) if path.endswith(".xz") else data)
    return [f"{driver_name(path)}.ko" for path in order], missing


def packed(root, into):
    """Writes a folder as the first file system of a machine."""
    names = "\n".join(sorted(str(path.relative_to(root)) for path in root.rglob("*")))
    archive = subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"], cwd=root, input=names.encode(), check=True, capture_output=True).stdout
    into.write_bytes(gzip.compress(archive, 1))


def initramfs(tree, program, files, into):
    """Writes the first file system of the machine; `files` are further ones by their path. Returns the drivers that are missing."""
    root = into.with_suffix("")
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("bin", "proc", "sys", "dev", "tmp", "lib", "media", "usr/share"):
        (root / folder).mkdir(parents=True)
    shutil.copy(Path(tree, "bin/busybox"), root / "bin/busybox")
    for tool in TOOLS:
        (root / "bin" / tool).symlink_to("busybox")
    shutil.copy(program, root / "bin/orbitbox")
    for library in LIBRARIES:
        places = [Path(tree, folder, library) for folder in ("lib", "lib/aarch64-linux-gnu", "usr/lib/aarch64-linux-gnu")]
        shutil.copy(next(place for place in places if place.exists()).resolve(), root / "lib" / library)
    shutil.copytree(Path(tree, "usr/share/alsa"), root / "usr/share/alsa", ignore_dangling_symlinks=True)
    order, missing = drivers(tree, DRIVERS, root / "drivers.d")
    (root / "drivers").write_text("".join(f"{driver}\n" for driver in order))
    here = Path(__file__).parent.parent / "guest"
    shutil.copy(here / "init", root / "init")
    for script in ("hand", "sticks"):
        shutil.copy(here / script, root / "bin" / script)
    for name, text in files.items():
        (root / name).write_text(text)
    packed(root, into)
    return missing
