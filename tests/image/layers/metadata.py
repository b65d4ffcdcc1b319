"""Recipes, machines and layers as BitBake's own parser reads them, without the layers that they are built upon.

What stands in for those: the places that everybody's configuration names, and empty files for all that is inherited or required
from elsewhere. So an expression, an override or a continuation is BitBake's; what a class of another layer does is not seen.
"""

import functools
import re
import sys
import tempfile
import types
from pathlib import Path

# The package has BitBake's parser, but not the server that remembers what was built; nothing is built here.
for absent in ("hashserv", "hashserv.client"):
    sys.modules.setdefault(absent, types.ModuleType(absent))

import bb.data  # noqa: E402
import bb.parse  # noqa: E402
import bb.siggen  # noqa: E402

TOP = Path(__file__).resolve().parents[3]
YOCTO = TOP / "yocto"
LAYERS = (YOCTO / "meta-orbitbox", YOCTO / "meta-orbitbox-bsp")
MACHINES = sorted(path.stem for path in (LAYERS[1] / "conf/machine").glob("*.conf"))

PLACES = """
PN = "${@bb.parse.vars_from_file(d.getVar('FILE', False), d)[0]}"
PV = "${@bb.parse.vars_from_file(d.getVar('FILE', False), d)[1] or '1.0'}"
BPN = "${PN}"
THISDIR = "${@os.path.dirname(d.getVar('FILE', False))}"
BP = "${BPN}-${PV}"
WORKDIR = "/work"
UNPACKDIR = "${WORKDIR}/sources"
S = "${UNPACKDIR}/${BP}"
B = "${S}"
D = "${WORKDIR}/image"
DEPLOYDIR = "${WORKDIR}/deploy"
prefix = "/usr"
bindir = "/usr/bin"
sysconfdir = "/etc"
localstatedir = "/var"
libdir = "/usr/lib"
nonarch_libdir = "/usr/lib"
systemd_system_unitdir = "/usr/lib/systemd/system"
base_bindir = "/usr/bin"
sbindir = "/usr/sbin"
datadir = "/usr/share"
COMMON_LICENSE_DIR = "/licences"
FILES:${PN} = "${bindir}/* ${sbindir}/* ${sysconfdir} ${datadir}/${BPN} ${nonarch_libdir}/tmpfiles.d ${nonarch_libdir}/sysusers.d"
"""
# What the machines that ours are built upon say, as far as ours use it.
MACHINE = """
BOOTFILES_DIR_NAME = "bootfiles"
SDIMG_KERNELIMAGE = "kernel8.img"
IMAGE_BOOT_FILES = "${BOOTFILES_DIR_NAME}/* ${RPI_EXTRA_IMAGE_BOOT_FILES}"
"""


@functools.cache
def parse(path: Path, machine: str = ""):
    """The variables that a recipe or an append has for a machine; with any other file, those of the configuration."""
    with tempfile.TemporaryDirectory() as stubs:
        return _parse(path, machine, Path(stubs))


def _parse(path: Path, machine: str, stubs: Path):
    data = bb.data.init()
    bb.parse.siggen = bb.siggen.init(data)
    data.setVar("BBPATH", ":".join(str(folder) for folder in (*LAYERS, stubs)))
    (stubs / "conf/machine").mkdir(parents=True)
    (stubs / "classes-recipe").mkdir()
    (stubs / "conf/places.conf").write_text(PLACES)
    stand_ins(stubs)
    data.setVar("FILE", str(path))
    for layer in LAYERS:
        data.setVar("LAYERDIR", str(layer))
        data = bb.parse.handle(str(layer / "conf/layer.conf"), data, True)
    data.delVar("LAYERDIR")
    data = bb.parse.handle(str(stubs / "conf/places.conf"), data, True)
    overrides = ["class-target", "orbitbox-os"]
    if machine:
        data.setVar("MACHINE", machine)
        data = bb.parse.handle(str(LAYERS[1] / f"conf/machine/{machine}.conf"), data, True)
        overrides += [*data.getVar("MACHINEOVERRIDES").strip(":").split(":"), machine]
    data = bb.parse.handle(str(LAYERS[0] / "conf/distro/orbitbox-os.conf"), data, True)
    data.setVar("OVERRIDES", ":".join(overrides))
    data.setVar("FILE", str(path))
    if path.suffix in (".bb", ".bbappend"):
        name = path.stem.split("_")[0]
        data.appendVar("OVERRIDES", f":pn-{name}")
        data.setVar("__bbclasstype", "recipe")
        return bb.parse.handle(str(path), data)[""]
    return data


def machine(name: str):
    """The variables of a machine with the distribution, before any recipe."""
    return parse(LAYERS[1] / f"conf/machine/{name}.conf", name)


def stand_ins(stubs: Path):
    """Empty classes and configuration files for what is not in our layers."""
    for file in sources():
        for names in re.findall(r"^(?:inherit|BBCLASSEXTEND =) \"?([\w -]*)", file.read_text(), re.M):
            for name in names.split():
                (stubs / f"classes-recipe/{name}.bbclass").touch()
        for name in re.findall(r"^require (conf/.*)", file.read_text(), re.M):
            if not any((layer / name).exists() for layer in LAYERS):
                (stubs / name).parent.mkdir(parents=True, exist_ok=True)
                (stubs / name).write_text(MACHINE)


@functools.cache
def sources() -> list[Path]:
    """Every file of the layers that BitBake reads."""
    found = [path for layer in LAYERS for path in sorted(layer.rglob("*"))]
    return [path for path in found if path.suffix in (".bb", ".bbappend", ".bbclass", ".conf", ".inc")]


def recipe(name: str) -> Path:
    """The file of a recipe, whatever its version."""
    (found,) = [path for path in sources() if path.suffix == ".bb" and path.stem.split("_")[0] == name]
    return found


def words(data, variable: str) -> list[str]:
    """A list as BitBake understands one."""
    return (data.getVar(variable) or "").split()
