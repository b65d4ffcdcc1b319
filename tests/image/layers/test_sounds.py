"""What a unit says and plays by itself: files beside a program that does not carry them, installed where it looks for them."""

import fnmatch
import re
import subprocess
import tomllib
from pathlib import Path

from metadata import TOP, parse, recipe, words

ORBITBOX = parse(recipe("orbitbox"))
FIRMWARE = TOP / "firmware"
LISTS = (FIRMWARE / "paging/src/built_in.rs").read_text()


def looked_for() -> set[str]:
    """The files that the program reads, by the lists in its source."""
    names = re.compile(r'"([^"]+)"')
    every = names.findall(re.search(r"recorded!\(\$folder,([^$]*)\$\(", LISTS).group(1))
    folder = re.search(r'const FOLDER: &str = "(.*)"', (FIRMWARE / "app/src/sounds.rs").read_text()).group(1)
    found = {f"{folder}/music/{name}" for name in re.findall(r'=> \("([^"]+)", carried', (FIRMWARE / "media/src/built_in.rs").read_text())}
    for language, own in re.findall(r'= recorded!\("(..)";([^)]*)\)', LISTS):
        found |= {f"{folder}/voices/{language}/{name}.flac" for name in every + names.findall(own)}
    return found


def installed(into: Path) -> dict[str, int]:
    """What the recipe's own do_install adds to the program, run as it stands: places and modes."""
    script = ORBITBOX.getVar("do_install").replace(ORBITBOX.getVar("S"), str(TOP)).replace(ORBITBOX.getVar("D"), str(into))
    subprocess.run(["sh", "-euc", script], check=True, timeout=60)
    return {f"/{path.relative_to(into)}": path.stat().st_mode & 0o7777 for path in into.rglob("*") if path.is_file()}


def test_what_is_installed_is_what_the_program_looks_for(tmp_path):
    wanted = looked_for()
    assert len(wanted) > 240
    assert installed(tmp_path) == dict.fromkeys(wanted, 0o644)
    globs = words(ORBITBOX, "FILES:orbitbox")
    assert all(any(fnmatch.fnmatch(f"{path}/", f"{glob}/*") for glob in globs) for path in wanted)


def test_a_sound_that_cannot_be_installed_ends_the_build(tmp_path):
    (tmp_path / "voices").touch()
    assert subprocess.run([TOP / "system/sounds", tmp_path], capture_output=True, timeout=60).returncode != 0


def test_only_a_program_with_files_beside_it_is_built_without_its_sounds():
    assert "--no-default-features" in words(ORBITBOX, "CARGO_BUILD_FLAGS")
    assert "--no-default-features" in (TOP / ".ci/cross-build").read_text()
    features = tomllib.loads((FIRMWARE / "app/Cargo.toml").read_text())["features"]
    # Whatever else is added there, the image would go without it.
    assert features["default"] == ["sounds"]
