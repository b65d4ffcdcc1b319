"""What the machine boots: a stock kernel, the drivers that are needed, the program and the libraries it is linked to."""

import gzip
import os
import re
import shutil
import subprocess
from pathlib import Path

DRIVERS = ["virtio_pci", "virtio_net", "xhci-pci", "xhci-hcd", "snd-usb-audio", "i2c-dev", "i2c-tiny-usb", "usb-storage", "sd_mod", "vfat", "nls_cp437", "nls_ascii"]

INIT = """#!/bin/sh
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mount -t tmpfs tmp /tmp
echo "GUEST kernel $(uname -r)"
for driver in $(cat /drivers); do insmod $driver || echo "GUEST no driver $driver"; done
ip link set lo up; ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0; ip route add default via 10.0.2.2
for wait in $(seq 100); do [ -e /dev/i2c-0 ] && [ -e /dev/snd/pcmC0D0p ] && break; sleep 0.1; done
echo "GUEST devices: $(ls /dev | grep i2c | tr '\\n' ' ') sound: $(sed -n 's/ *[0-9]* \\[\\([^ ]*\\).*/\\1/p' /proc/asound/cards | tr '\\n' ' ')"
orbitbox board --config /unit.toml
ORBITBOX_LOG=info orbitbox run --config /unit.toml --simulate
echo "GUEST the program ended with $?"
poweroff -f
"""


def kernel(tree):
    """The kernel of the unpacked packages."""
    return next(iter(sorted(Path(tree, "boot").glob("vmlinuz-*"))))


def drivers(tree):
    """The files of the drivers and of what they need, in an order in which they can be loaded; and those there are not."""
    modules = next(iter(Path(tree, "lib/modules").iterdir()))
    subprocess.run(["depmod", "-b", str(tree), modules.name], check=True)
    needs = dict(line.split(":") for line in (modules / "modules.dep").read_text().splitlines())
    name = lambda path: re.sub(r"\.ko.*", "", os.path.basename(path)).replace("-", "_")
    known = {name(path): path for path in needs}
    built_in = {name(line) for line in (modules / "modules.builtin").read_text().splitlines()}
    order, missing = [], []
    for driver in DRIVERS:
        wanted = driver.replace("-", "_")
        if wanted in known:
            path = known[wanted]
            order += [one for one in [*reversed(needs[path].split()), path] if one not in order]
        elif wanted not in built_in:
            missing.append(driver)
    return [modules / path for path in order], missing


def libraries(program):
    """The libraries a program is linked to, where they are."""
    told = subprocess.run(["ldd", str(program)], check=True, capture_output=True, text=True).stdout
    return re.findall(r"(/\S+) \(0x", told)


def initramfs(tree, program, files, into):
    """Writes the first file system of the machine; `files` are further ones by their path."""
    root = into.with_suffix("")
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("bin", "proc", "sys", "dev", "tmp", "drivers.d", "usr/share"):
        (root / folder).mkdir(parents=True)
    busybox = Path(tree, "bin/busybox")
    shutil.copy(busybox if busybox.exists() else Path(tree, "usr/bin/busybox"), root / "bin/busybox")
    for name in ("sh", "mount", "insmod", "ip", "ls", "cat", "grep", "sed", "seq", "sleep", "tr", "uname", "poweroff"):
        (root / "bin" / name).symlink_to("busybox")
    shutil.copy(program, root / "bin/orbitbox")
    for library in libraries(program):
        place = root / library.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.realpath(library), place)
    shutil.copytree("/usr/share/alsa", root / "usr/share/alsa")
    paths, missing = drivers(tree)
    for path in paths:
        shutil.copy(path, root / "drivers.d" / path.name)
    (root / "drivers").write_text("\n".join(f"/drivers.d/{path.name}" for path in paths))
    for name, text in {"init": INIT, **files}.items():
        (root / name).write_text(text)
    (root / "init").chmod(0o755)
    names = "\n".join(sorted(str(path.relative_to(root)) for path in root.rglob("*")))
    archive = subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"], cwd=root, input=names.encode(), check=True, capture_output=True).stdout
    into.write_bytes(gzip.compress(archive, 1))
    return missing
