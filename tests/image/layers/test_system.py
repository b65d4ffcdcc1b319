"""What is installed beside the program: the recipe does what system/files and system/enabled say."""

import fnmatch
import re
import subprocess
from pathlib import Path

from metadata import LAYERS, TOP, parse, recipe, words

SYSTEM = parse(recipe("orbitbox-system"))
LISTED = [line.split("#")[0].split() for line in (TOP / "system/files").read_text().splitlines()]
LISTED = [line for line in LISTED if line]
ENABLED = (TOP / "system/enabled").read_text().split()
# From programs that the helpers call to the packages that have them. What is not here has busybox or systemd.
PROGRAMS = {
    "e2fsck": "e2fsprogs-e2fsck",
    "mkfs.ext4": "e2fsprogs-mke2fs",
    "ip": "iproute2-ip",
    "fw_printenv": "libubootenv-bin",
    "fw_setenv": "libubootenv-bin",
    "nft": "nftables",
    "rauc": "rauc",
    "blkid": "util-linux-blkid",
    "blockdev": "util-linux-blockdev",
    "mount": "util-linux-mount",
    "umount": "util-linux-umount",
    "resizepart": "util-linux-resizepart",
    "sfdisk": "util-linux-sfdisk",
}


def installed(tmp_path: Path) -> dict[str, int]:
    """What the recipe's own do_install makes, run as it stands: places and modes."""
    script = SYSTEM.getVar("do_install")
    script = script.replace(SYSTEM.getVar("S"), str(TOP)).replace(SYSTEM.getVar("D"), str(tmp_path))
    subprocess.run(["sh", "-euc", script], check=True, timeout=60)
    found = {}
    for path in tmp_path.rglob("*"):
        if path.is_file() or not any(path.iterdir()):
            found["/" + str(path.relative_to(tmp_path))] = path.stat().st_mode & 0o7777
    return found


def test_the_recipe_installs_what_is_listed(tmp_path):
    wanted = {destination: int(mode, 8) for mode, _, destination in LISTED}
    assert installed(tmp_path) == wanted


def test_what_is_installed_is_packaged():
    globs = words(SYSTEM, "FILES:orbitbox-system")
    for _, _, destination in LISTED:
        held = [glob for glob in globs if fnmatch.fnmatch(destination, glob) or f"{destination}/".startswith(f"{glob}/")]
        assert held, f"{destination} is in no package"


def test_every_file_of_system_is_listed_or_has_another_user():
    elsewhere = ("README.md", "files", "enabled", "sounds", "rauc/orbitbox-qemu.conf", "boot/boot.cmd", "boot/slot.env")
    listed = {source for _, source, _ in LISTED}
    for path in (TOP / "system").rglob("*"):
        name = str(path.relative_to(TOP))
        if path.is_file():
            assert name in listed or name.removeprefix("system/") in elsewhere, name


def test_the_same_units_are_enabled():
    assert sorted(words(SYSTEM, "SYSTEMD_SERVICE:orbitbox-system")) == sorted(ENABLED)
    for unit in ENABLED:
        assert [source for _, source, place in LISTED if place == f"/usr/lib/systemd/system/{unit}"], unit
        assert "[Install]" in (TOP / "system/units" / unit).read_text(), unit


def table(name: str) -> dict[str, list[str]]:
    lines = (LAYERS[0] / "files" / name).read_text().split()
    return {line.split(":")[0]: line.split(":") for line in lines}


def test_users_have_the_same_number_everywhere():
    users, groups = table("orbitbox-passwd"), table("orbitbox-group")
    assert users["orbitbox"][2] == users["orbitbox"][3] == groups["orbitbox"][2] == "880"
    assert re.search(r"^u\s+orbitbox\s+880\s", (TOP / "system/sysusers/orbitbox.conf").read_text(), re.M)
    parameters = SYSTEM.getVar("USERADD_PARAM:orbitbox-system") + SYSTEM.getVar("GROUPADD_PARAM:orbitbox-system")
    assert "--uid 880" in parameters and "--gid 880" in parameters
    for ids in (users, groups):
        numbers = [fields[2] for fields in ids.values()]
        assert len(set(numbers)) == len(numbers)
    for name, fields in users.items():
        assert groups[name][2] == fields[3], name
    # Groups that the user is in by both roads.
    members = set(re.findall(r"^m\s+orbitbox\s+(\S+)", (TOP / "system/sysusers/orbitbox.conf").read_text(), re.M))
    assert members == set(re.search(r"--groups (\S+)", parameters).group(1).split(","))


def test_units_run_as_users_that_there_are():
    for path in (TOP / "system/units").iterdir():
        for name in re.findall(r"^(?:User|Group)=(.*)", path.read_text(), re.M):
            assert name in ("orbitbox", "root"), f"{path.name}: {name}"


def test_the_programs_of_the_helpers_come_with_them():
    scripts = {path.name: path.read_text() for path in (TOP / "system/bin").iterdir()}
    called = "\n".join(re.sub(r"^\s*#.*", "", text, flags=re.M) for text in scripts.values())
    depends = words(SYSTEM, "RDEPENDS:orbitbox-system")
    for program, package in PROGRAMS.items():
        if re.search(rf"(^|[\s;(|&]){re.escape(program)}\s", called, re.M):
            assert package in depends, f"{program} is called, and {package} not installed"
    assert set(depends) - {"rauc-service"} <= set(PROGRAMS.values())
