"""The recipes: what a linter says, and what they say of the repository around them."""

import hashlib
import importlib.machinery
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from metadata import LAYERS, MACHINES, TOP, YOCTO, parse, recipe, sources, words

RECIPES = [path for path in sources() if path.suffix == ".bb"]
# Rules of the linter that are not ours, and why.
NOT_OURS = {
    "oelint.vars.layerconf": "the layer must say where the repository around it is",
    "oelint.vars.fileextrapaths": "sources are in that repository, not beside the recipe",
    "oelint.vars.outofcontext": "the same",
    "oelint.vars.mispell.unknown": "it knows no variable of meta-rauc, and none of ours",
    "oelint.vars.homepageping": "it asks the network",
    "oelint.var.mandatoryvar.SRC_URI": "a bundle fetches nothing",
    "oelint.var.licenseremotefile": "scripts of ours that have no licence file of their own",
    "oelint.vars.srcurifile": "crates come behind the program",
    "oelint.vars.inconspaces": "the generated list of crates is as BitBake writes it",
}


def lint(files: list[Path]) -> list[str]:
    """What the linter says in earnest: errors and warnings."""
    order = [sys.executable, "-m", "oelint_adv", "--release", "wrynose", "--quiet", "--hide", "info"]
    for rule in NOT_OURS:
        order += ["--suppress", rule]
    said = subprocess.run([*order, *map(str, files)], capture_output=True, text=True, timeout=300)
    return [line for line in (said.stdout + said.stderr).splitlines() if line.strip()]


def test_the_linter_has_nothing_to_say():
    assert lint(sources()) == []


def test_the_linter_sees_what_is_planted(tmp_path):
    path = tmp_path / "planted_1.0.bb"
    path.write_text('SUMMARY = "Planted"\nLICENSE = "MIT"\nSRC_URI = "file://a" \\\n\ndo_install() {\n    true\n}\n')
    assert lint([path])


def crates():
    loader = importlib.machinery.SourceFileLoader("crates", str(YOCTO / "crates"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("crates", loader))
    loader.exec_module(module)
    return module


def test_crates_are_those_of_the_lock():
    assert crates().INCLUDE.read_text() == crates().include((TOP / "Cargo.lock").read_text()), "run yocto/crates"


def test_another_lock_is_seen():
    lock = (TOP / "Cargo.lock").read_text()
    newer = re.sub(r'(name = "rsip"\nversion = )"[^"]+"', r'\1"99.0.0"', lock)
    assert newer != lock
    assert crates().INCLUDE.read_text() != crates().include(newer)
    with pytest.raises(ValueError):
        crates().include('[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "git+https://example.org/a"\n')


def test_the_program_is_fetched_with_every_member_of_its_workspace():
    manifest = tomllib.loads((TOP / "Cargo.toml").read_text())
    wanted = {"Cargo.toml", "Cargo.lock", "LICENSE-APACHE", "LICENSE-MIT", "system/sounds"}
    wanted |= {member.removesuffix("/*") for member in manifest["workspace"]["members"]}
    addresses = words(parse(recipe("orbitbox")), "SRC_URI")
    local = {address.removeprefix("file://").split(";")[0] for address in addresses if address.startswith("file://")}
    assert local == wanted
    assert all(address.startswith(("file://", "crate://crates.io/")) for address in addresses)


def test_who_may_certify_servers_comes_with_the_program():
    # Of this package is the file that the program reads; the stand-in has it of Debian's of the same name.
    assert "/etc/ssl/certs/ca-certificates.crt" in (TOP / "firmware/app/src/provision/fetch.rs").read_text()
    assert "ca-certificates" in words(parse(recipe("orbitbox")), "RDEPENDS:orbitbox:class-target")
    assert " ca-certificates " in (TOP / "tests/image/run.sh").read_text()


def test_every_recipe_has_the_version_of_the_program():
    version = tomllib.loads((TOP / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    assert {parse(path).getVar("PV") for path in RECIPES} == {version}
    assert parse(recipe("orbitbox-image")).getVar("DISTRO_VERSION") == version


def test_the_compiler_of_the_series_is_new_enough():
    manifest = tomllib.loads((TOP / "Cargo.toml").read_text())
    needed = tuple(map(int, manifest["workspace"]["package"]["rust-version"].split(".")))
    # Rust of openembedded-core's branch wrynose.
    assert needed <= (1, 94, 1)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_local_files_are_there(path):
    for machine in MACHINES:
        data = parse(path, machine)
        folders = [Path(folder) for folder in (data.getVar("FILESEXTRAPATHS") or "").split(":") if folder]
        folders = [folder / machine for folder in folders] + folders
        for address in words(data, "SRC_URI"):
            if address.startswith("file://"):
                name = address.removeprefix("file://").split(";")[0]
                assert any((folder / name).exists() for folder in folders), f"{machine}: {name}"
        for item in words(data, "LIC_FILES_CHKSUM"):
            file, _, sum_of = item.removeprefix("file://").partition(";md5=")
            if not file.startswith("/"):
                assert hashlib.md5((TOP / file).read_bytes()).hexdigest() == sum_of, file


def test_appends_touch_only_our_machines():
    for path in sources():
        if path.suffix == ".bbappend":
            text = path.read_text()
            for name in re.findall(r"^require (\S+)", text, re.M):
                text += (path.parent / name).read_text()
            for assigned in re.findall(r"^([A-Z_:a-z-]+) *[?.+:]*=", text, re.M):
                assert assigned.endswith((":orbitbox-machine", ":orbitbox-rpi")), f"{path.name}: {assigned}"


def test_no_file_is_left_over():
    read = "".join(path.read_text() for path in sources())
    for layer in LAYERS:
        for path in layer.rglob("recipes-*/**/*"):
            if path.is_file() and path not in sources():
                assert f"file://{path.name}" in read, path
