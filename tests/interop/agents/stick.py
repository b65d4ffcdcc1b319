"""A USB stick: an image with a file system, mounted over a loop device; or a folder, where the machine cannot mount."""

import os
import re
import shutil
import subprocess
from pathlib import Path


def _works(*words):
    return subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def _file_system():
    """What sticks usually have, where this kernel and its tools know it."""
    known = Path("/proc/filesystems").read_text().split()
    if "vfat" in known and shutil.which("mkfs.vfat"):
        return ["mkfs.vfat"]
    return ["mkfs.ext4", "-q", "-F"] if "ext4" in known and shutil.which("mkfs.ext4") else None


class ImageStick:
    """An image on a loop device."""

    def __init__(self, folder, megabytes=64):
        self.place, self.image = Path(folder) / "stick", Path(folder) / "stick.img"
        self.place.mkdir()
        with open(self.image, "wb") as image:
            image.truncate(megabytes << 20)
        subprocess.run([*_file_system(), str(self.image)], check=True, stdout=subprocess.DEVNULL)

    @staticmethod
    def why_not(folder):
        """Why this machine cannot mount an image; None where it can."""
        if os.geteuid() != 0:
            return "only root may mount"
        if _file_system() is None:
            return "neither vfat nor ext4 with its mkfs is here"
        stick = ImageStick(folder, 16)
        try:
            return None if stick.insert() else "loop devices cannot be mounted here"
        finally:
            stick.pull()
            stick.image.unlink()
            stick.place.rmdir()

    def insert(self, *options):
        """Puts it in; whether that went well."""
        return _works("mount", "-o", ",".join(["loop", *options]), str(self.image), str(self.place))

    def pull(self):
        """Takes it out after it was said to be safe."""
        while _works("umount", str(self.place)):
            pass

    def tear_out(self):
        """Takes it out while it is written: the device has no blocks from now on, and whatever is read or written fails."""
        device = subprocess.run(["losetup", "-n", "-O", "NAME", "-j", str(self.image)], check=True, capture_output=True, text=True).stdout.strip()
        with open(self.image, "r+b") as image:
            image.truncate(0)
        subprocess.run(["losetup", "-c", device], check=True)

    def raw(self):
        """Every byte of it."""
        return self.image.read_bytes()


class FolderStick:
    """A folder that plays a stick."""

    def __init__(self, folder, megabytes=64):
        self.place, self._kept = Path(folder) / "stick", Path(folder) / "stick.kept"
        self._kept.mkdir()

    def insert(self, *options):
        """Puts it in."""
        self._kept.rename(self.place)
        return True

    def pull(self):
        """Takes it out."""
        if self.place.exists():
            self.place.rename(self._kept)

    tear_out = pull

    def raw(self):
        """Every byte of it."""
        root = self.place if self.place.exists() else self._kept
        return b"".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file())


def digits(text):
    """The time in the name of a backup."""
    return re.findall(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:-\d+)?", text)
