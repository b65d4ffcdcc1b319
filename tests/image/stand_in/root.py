"""The root of the stand-in: Debian's packages, unpacked and set up as an image is, with the files of `system/files` and the program.

No script of a package runs: what such scripts would do for these few is done here.
"""

import lzma
import os
import shutil
import subprocess
from pathlib import Path

from rig import guest

REPOSITORY = Path(__file__).parents[3]
LEFT_OUT = [
    "./.wanted", "./boot", "./lib/modules", "./var", "./usr/lib/u-boot", "./usr/lib/linux-image-*", "./usr/lib/klibc", "./usr/bin/perl*", "./usr/lib/*/perl*", "./usr/lib/*/libperl*",
    "./usr/lib/*/gconv", "./usr/share/perl*", "./usr/share/doc", "./usr/share/man", "./usr/share/locale", "./usr/share/info", "./usr/share/lintian",
    "./usr/share/bug", "./usr/share/initramfs-tools", "./lib/udev/hwdb.d", "./etc/apt", "./etc/cron*", "./lib/systemd/system/apt*", "./lib/systemd/system/e2scrub*", "./lib/systemd/system/dpkg*", "./lib/systemd/system/fstrim*",
]
# Drivers that the first process needs, and those that a unit finds on its way.
FIRST = ["virtio_pci", "virtio_blk", "xhci-pci", "ehci-pci", "usb-storage", "sd_mod", "ext4", "crc32c_generic", "i6300esb", "virtio_console"]
DRIVERS = [
    "autofs4", "virtio_net", "loop", "squashfs", "dm-verity", "sha256_generic", "vfat", "exfat", "nls_cp437", "nls_ascii", "nls_utf8", "usbhid", "hid-generic",
    "evdev", "snd", "snd-usb-audio", "i2c-dev", "i2c-tiny-usb", "spidev", "nf_tables", "nft_ct", "nft_limit", "nft_reject_inet", "nft_redir", "nft_chain_nat",
]
# Of the distribution, as an image has them enabled.
BESIDE = ["systemd-networkd.service", "systemd-resolved.service", "systemd-timesyncd.service"]
ROOT_BYTES = 192 * 1024 * 1024


def listed():
    """Mode, source (none for a folder) and destination of every line of `system/files`."""
    lines = (line.split() for line in (REPOSITORY / "system/files").read_text().splitlines())
    return [(int(line[0], 8), None if line[1] == "-" else REPOSITORY / line[1], line[2]) for line in lines if line and not line[0].startswith("#")]


def enabled():
    """The units of `system/enabled`."""
    return (REPOSITORY / "system/enabled").read_text().split()


def build(tree, program, keyring, machine_configuration, into):
    """Makes the root anew in the folder `into`."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    left_out = [f"--exclude={path}" for path in LEFT_OUT]
    subprocess.run(f"tar -C '{tree}' -c {' '.join(repr(word) for word in left_out)} . | tar -C '{into}' -x", shell=True, check=True)
    merge(into)
    for folder in ("proc", "sys", "dev", "run", "tmp", "var", "media", "mnt", "boot"):
        (into / folder).mkdir(exist_ok=True)
    drivers(tree, into)
    for mode, source, destination in listed():
        place(into, mode, source, destination)
    place(into, 0o755, program, "/usr/bin/orbitbox")
    # A program that carries them does not look there.
    subprocess.run([REPOSITORY / "system/sounds", into / "usr/share/orbitbox"], check=True)
    place(into, 0o644, machine_configuration, "/etc/rauc/system.conf")
    place(into, 0o644, keyring, "/etc/rauc/keyring.pem")
    settle(tree, into)
    ours(into)


def merge(root):
    """`/bin`, `/sbin` and `/lib` are those of `/usr`."""
    for name in ("bin", "sbin", "lib"):
        if (root / name).is_dir() and not (root / name).is_symlink():
            subprocess.run(f"cp -a --remove-destination '{root}/{name}/.' '{root}/usr/{name}/' && rm -r '{root}/{name}'", shell=True, check=True)
        if not (root / name).is_symlink():
            (root / name).symlink_to(f"usr/{name}")


def place(root, mode, source, destination):
    """Installs one file, or a folder where there is no source."""
    target = root / destination.lstrip("/")
    if source is None:
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    target.chmod(mode)


def drivers(tree, root):
    """The kernel's drivers, and its first file system, in the slot."""
    modules, order, missing = guest.needed(tree, FIRST + DRIVERS)
    if missing:
        raise RuntimeError(f"the kernel has no {missing}")
    place_of = root / "usr/lib/modules" / modules.name
    for path in order:
        target = place_of / path.removesuffix(".xz")
        target.parent.mkdir(parents=True, exist_ok=True)
        data = (modules / path).read_bytes()
        target.write_bytes(lzma.decompress(data) if path.endswith(".xz") else data)
    for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
        shutil.copy(modules / name, place_of / name)
    subprocess.run(["depmod", "-b", root, modules.name], check=True)
    shutil.copy(guest.kernel(tree), root / "boot/Image")
    first = root.with_name(root.name + ".first")
    shutil.rmtree(first, ignore_errors=True)
    for folder in ("bin", "proc", "sys", "dev", "root"):
        (first / folder).mkdir(parents=True)
    shutil.copy(Path(tree, "bin/busybox"), first / "bin/busybox")
    for tool in ("cat", "cut", "dd", "insmod", "mount", "od", "reboot", "seq", "sh", "sleep", "switch_root", "tr", "umount", "uname"):
        (first / "bin" / tool).symlink_to("busybox")
    names, _ = guest.drivers(tree, FIRST, first / "drivers.d")
    (first / "drivers").write_text("".join(f"{name}\n" for name in names))
    place(first, 0o755, Path(__file__).parents[1] / "guest/init", "/init")
    guest.packed(first, root / "boot/initrd")
    (root / "boot/slot.env").write_text((REPOSITORY / "system/boot/slot.env").read_text() + "initrd=initrd\n")


def settle(tree, root):
    """What the scripts of the packages would have done."""
    shutil.copy(root / "usr/share/base-passwd/passwd.master", root / "etc/passwd")
    shutil.copy(root / "usr/share/base-passwd/group.master", root / "etc/group")
    subprocess.run(["systemd-sysusers", f"--root={root}"], check=True, capture_output=True)
    (root / "etc/machine-id").write_text("")
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    (root / "etc/hostname").unlink(missing_ok=True)
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").symlink_to("../run/systemd/resolve/stub-resolv.conf")
    (root / "usr/bin/awk").unlink(missing_ok=True)
    (root / "usr/bin/awk").symlink_to("mawk")
    authorities = sorted((root / "usr/share/ca-certificates").rglob("*.crt"))
    (root / "etc/ssl/certs").mkdir(parents=True, exist_ok=True)
    (root / "etc/ssl/certs/ca-certificates.crt").write_text("".join(path.read_text() for path in authorities))
    units = root / "etc/systemd/system"
    units.mkdir(parents=True, exist_ok=True)
    # No login anywhere: consoles are a developer's image's.
    for unit in ("getty.target", "serial-getty@.service", "console-getty.service"):
        (units / unit).symlink_to("/dev/null")
    (units / "default.target").symlink_to("/usr/lib/systemd/system/multi-user.target")
    shutil.copy(root / "usr/share/systemd/tmp.mount", units / "tmp.mount")
    enable(root, "tmp.mount", *BESIDE, *enabled())


def enable(root, *units):
    """Enables units."""
    subprocess.run(["systemctl", f"--root={root}", "--quiet", "enable", *units], check=True)


def ours(root):
    """What the test needs within."""
    here = Path(__file__).parents[1]
    place(root, 0o755, REPOSITORY / "tests/hardware/guest/hand", "/usr/lib/stand-in/hand")
    place(root, 0o644, here / "guest/hand.service", "/usr/lib/systemd/system/hand.service")
    place(root, 0o644, here / "guest/gate.conf", "/etc/systemd/system/orbitbox-good.service.d/gate.conf")
    enable(root, "hand.service")


def pack(root, version, into):
    """Writes the root as the image of a slot, the same one whenever it is the same root."""
    (root / "etc/orbitbox-version").write_text(f"{version}\n")
    into.unlink(missing_ok=True)
    with open(into, "wb") as file:
        file.truncate(ROOT_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-O", "^has_journal", "-m", "0", "-L", "orbitbox-root", "-d", root, into], check=True, env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"})
