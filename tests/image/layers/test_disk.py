"""The disk: kickstart, boot script, RAUC, udev and bundle mean the same partitions and the same places before them."""

import configparser
import re
import shlex
import subprocess

import pytest
from metadata import LAYERS, MACHINES, TOP, machine, parse, recipe, words

SYSTEM = TOP / "system"
KIB = 1024
MIB = 1024 * KIB
SIZES = {"K": KIB, "M": MIB, "G": 1024 * MIB}


def size(text: str) -> int:
    return int(text[:-1]) * SIZES[text[-1]]


def partitions() -> list[dict[str, str]]:
    """The kickstart's partitions in order, each with the options it is written with."""
    kickstart = (LAYERS[1] / "files/wic" / machine(MACHINES[0]).getVar("WKS_FILE")).read_text()
    found = []
    for line in kickstart.splitlines():
        if line.startswith("part "):
            words_of = shlex.split(line)[1:]
            options = {}
            for at, word in enumerate(words_of):
                if word.startswith("--"):
                    name, same, value = word.partition("=")
                    after = words_of[at + 1] if at + 1 < len(words_of) else "--"
                    options[name] = value if same else ("" if after.startswith("--") else after)
            found.append(options)
    return found


def symlinks() -> dict[str, int]:
    """From names below /dev/orbitbox to numbers of partitions, by the rules of udev; 0 is the whole disk."""
    rules = (SYSTEM / "udev/60-orbitbox-disk.rules").read_text()
    found = re.findall(r'KERNEL=="mmcblk0(?:p(\d))?\|vda(\d?)", SYMLINK\+="orbitbox/([a-z-]+)"', rules)
    assert found and all(number == other for number, other, _ in found)
    return {name: int(number or 0) for number, _, name in found}


def rauc() -> configparser.ConfigParser:
    found = configparser.ConfigParser()
    found.read(SYSTEM / "rauc/orbitbox-qemu.conf")
    return found


def test_partitions_are_in_order():
    assert [part["--label"] for part in partitions()] == ["boot", "root-a", "root-b", "orbitbox-data"]
    assert symlinks() == {"disk": 0, "boot": 1, "root-a": 2, "root-b": 3, "data": 4}


def test_slots_of_rauc_are_those_of_the_disk():
    slots = {name: rauc()[name] for name in rauc().sections() if name.startswith("slot.")}
    assert list(slots) == ["slot.rootfs.0", "slot.rootfs.1"]
    for slot, bootname, label in zip(slots.values(), "AB", ["root-a", "root-b"], strict=True):
        assert slot["bootname"] == bootname
        part = partitions()[symlinks()[slot["device"].removeprefix("/dev/orbitbox/")] - 1]
        assert part["--label"] == label
        assert part["--fstype"] == slot["type"] == "ext4"
    script = (SYSTEM / "boot/boot.cmd").read_text()
    for bootname, number in (("A", 2), ("B", 3)):
        assert re.search(rf'= {bootname}; then .*setenv number {number};', script)


def test_slots_are_alike_and_hold_the_image():
    _, first, second, _ = partitions()
    assert {name: value for name, value in first.items() if name != "--label"} == {
        name: value for name, value in second.items() if name != "--label"
    }
    most = int(parse(recipe("orbitbox-image")).getVar("IMAGE_ROOTFS_MAXSIZE")) * KIB
    assert 0.9 * size(first["--fixed-size"]) < most < size(first["--fixed-size"])


def test_file_systems_are_made_as_the_unit_makes_them():
    made = re.search(r"^exec mkfs\.ext4 (.*) \"\$data\"", (SYSTEM / "bin/data").read_text(), re.M).group(1)
    data = partitions()[3]
    for option in shlex.split(data["--mkfs-extraopts"].replace("-b ", "-b").replace("-m ", "-m")):
        assert option in made.replace("-b ", "-b").replace("-m ", "-m").split()
    assert f"-L {data['--label']}" in made
    for name in MACHINES:
        assert "-O ^has_journal" in machine(name).getVar("EXTRA_IMAGECMD:ext4")
    assert "-O ^has_journal" in partitions()[1]["--mkfs-extraopts"]


def test_the_state_of_the_boot_lies_before_the_first_partition():
    lines = (SYSTEM / "rauc/fw_env.config").read_text().splitlines()
    copies = [line.split() for line in lines if line and not line.startswith("#")]
    assert [device for device, _, _ in copies] == ["/dev/orbitbox/disk"] * 2
    starts = [int(start, 16) for _, start, _ in copies]
    length = int(copies[0][2], 16)
    assert copies[1][2] == copies[0][2] and starts[0] + length <= starts[1]
    begin = int(partitions()[0]["--align"]) * KIB
    # The table is in the first sector.
    assert 512 <= starts[0] and starts[1] + length <= begin
    script = (SYSTEM / "boot/boot.cmd").read_text()
    sectors = [int(found, 16) for found in re.findall(r"^setenv sector[01] (0x[0-9a-f]+)", script, re.M)]
    assert [sector * 512 for sector in sectors] == starts


def test_the_bundle_is_what_the_slots_take():
    for name in MACHINES:
        bundle = parse(recipe("orbitbox-bundle"), name)
        assert words(bundle, "RAUC_BUNDLE_SLOTS") == ["rootfs"]
        assert bundle.getVar("RAUC_SLOT_rootfs") == "orbitbox-image"
        filesystem = bundle.getVarFlag("RAUC_SLOT_rootfs", "fstype")
        assert filesystem == rauc()["slot.rootfs.0"]["type"]
        assert filesystem in words(machine(name), "IMAGE_FSTYPES")
        assert bundle.getVar("RAUC_BUNDLE_FORMAT") in rauc()["system"]["bundle-formats"].split()
        # The recipe of the configuration puts the same name there.
        install = parse(recipe("orbitbox-rauc-conf"), name).getVar("do_install")
        order = re.search(r"sed 's/[^']*'", install).group(0)
        told = subprocess.run(
            f"{order} {SYSTEM}/rauc/orbitbox-qemu.conf", shell=True, check=True, capture_output=True, text=True, timeout=60
        )
        assert f"\ncompatible={bundle.getVar('RAUC_BUNDLE_COMPATIBLE')}\n" in told.stdout


@pytest.mark.parametrize("name", MACHINES)
def test_files_that_the_machine_names_are_there(name):
    assert (LAYERS[1] / "files/wic" / machine(name).getVar("WKS_FILE")).is_file()
    assert "boot.scr" in words(machine(name), "IMAGE_BOOT_FILES")
    script = machine(name).getVar("PREFERRED_PROVIDER_u-boot-default-script")
    assert "boot.scr" in parse(recipe(script), name).getVar("do_deploy")
    assert f"{script}:do_deploy" in machine(name).getVarFlag("do_image_wic", "depends")


@pytest.mark.parametrize("name", MACHINES)
def test_what_the_boot_script_is_told_of_a_slot(name):
    slot = recipe("orbitbox-slot")
    own = slot.parent / "orbitbox-slot" / name / "slot.env"
    told = own if own.exists() else SYSTEM / "boot/slot.env"
    script = (SYSTEM / "boot/boot.cmd").read_text()
    known = re.search(r"env import -t \$\{text\} \$\{filesize\} (.*)", script).group(1).split()
    values = dict(line.split("=", 1) for line in told.read_text().splitlines() if not line.startswith("#"))
    assert set(values) <= set(known)
    assert "console=" in values["console"]
    ours = {path.stem for path in (slot.parent / "orbitbox-slot").glob("*.dtso")}
    theirs = {
        word.removeprefix("overlays/").removesuffix(".dtbo")
        for word in words(machine(name), "RPI_KERNEL_DEVICETREE_OVERLAYS")
    }
    assert set(values.get("slot_overlays", "").split()) <= ours | theirs
    if "devicetree" in values:
        assert machine(name).getVar("KERNEL_DTBVENDORED") == "1" and "/" in values["devicetree"]


def test_overlays_compile(tmp_path):
    for path in LAYERS[1].rglob("*.dtso"):
        out = tmp_path / "out.dtbo"
        told = subprocess.run(
            ["dtc", "-@", "-I", "dts", "-O", "dtb", "-o", out, path], capture_output=True, text=True, timeout=60
        )
        assert (told.returncode, told.stderr) == (0, "")


# From commands of the boot script to what U-Boot has to be built with.
COMMANDS = {
    "crc32": "CMD_CRC32",
    "env": "CMD_EXPORTENV CMD_IMPORTENV",
    "fdt": "CMD_FDT OF_LIBFDT_OVERLAY",
    "itest": "CMD_ITEST",
    "load": "CMD_FS_GENERIC CMD_EXT4 CMD_FAT",
    "mw.b": "CMD_MEMORY",
    "part": "CMD_PART PARTITION_UUIDS",
    "setexpr": "CMD_SETEXPR",
    "sleep": "CMD_SLEEP",
    "source": "CMD_SOURCE",
    "usb": "CMD_USB USB USB_STORAGE",
}


def fragment(path) -> dict[str, str]:
    """What a fragment sets. A line that is neither a comment nor a setting is an error."""
    found = {}
    for line in path.read_text().splitlines():
        unset = re.fullmatch(r"# CONFIG_(\w+) is not set", line)
        put = re.fullmatch(r'CONFIG_(\w+)=(y|m|-?\d+|0x[0-9a-f]+|".*")', line)
        assert unset or put or not line or line.startswith("# "), f"{path.name}: {line}"
        if unset or put:
            name, value = (unset.group(1), "n") if unset else put.groups()
            assert name not in found, f"{path.name}: {name} is there twice"
            found[name] = value
    return found


def test_u_boot_has_the_commands_of_the_script():
    script = (SYSTEM / "boot/boot.cmd").read_text()
    built_with = fragment(LAYERS[1] / "recipes-bsp/u-boot/files/orbitbox.cfg")
    for command, needs in COMMANDS.items():
        assert re.search(rf"(^|[\s;']){re.escape(command)} ", script, re.M), f"{command} is not used any more"
        for need in needs.split():
            assert built_with.get(need) == "y", f"{command} needs CONFIG_{need}"
    assert built_with["ENV_IS_NOWHERE"] == "y" and built_with["BOOTDELAY"] == "-2"


def test_fragments_are_well_formed_and_do_not_contradict():
    kernel = sorted((LAYERS[1] / "recipes-kernel/linux/files").glob("*.cfg"))
    assert len(kernel) >= 6
    for other in ("orbitbox-rpi.cfg", "orbitbox-qemu.cfg"):
        found: dict[str, str] = {}
        for path in kernel:
            if path.name == other or path.name not in ("orbitbox-rpi.cfg", "orbitbox-qemu.cfg"):
                for name, value in fragment(path).items():
                    assert found.setdefault(name, value) == value, f"{path.name}: {name}"
    for path in (LAYERS[1] / "recipes-bsp/u-boot/files").glob("*.cfg"):
        assert fragment(path)
