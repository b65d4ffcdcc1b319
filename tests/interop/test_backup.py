"""Backups on a stick: taken when it comes, whole or not there, and brought back; the caller who waits hears nothing of it."""

import hashlib
import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import numpy
import pytest

from agents import music_files, process
from agents.music_library import Music
from agents.stick import FolderStick, ImageStick, digits
from agents.timeline import now, until
from agents.unit import BINARY

PARKER = {"Referred-By": "<sip:102@127.0.0.1>"}
SECRET = "correct horse 7291"
KINDS = {"image": ImageStick, "folder": FolderStick}


@pytest.fixture(params=list(KINDS))
def stick(request, folder):
    """A stick that is not in yet. It has gone when the test is over."""
    if request.param == "image":
        with tempfile.TemporaryDirectory() as trial:
            why_not = ImageStick.why_not(trial)
        if why_not:
            pytest.skip(f"no image as a stick: {why_not}")
    one = KINDS[request.param](folder)
    yield one
    one.pull()


def order(*words, within=60):
    """`orbitbox ...`: exit status and everything that it said."""
    child = process.start([BINARY, *[str(word) for word in words]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    said, _ = child.communicate(timeout=within)
    process.stop(child)
    return child.returncode, said


def fingerprint(folder):
    """Every file of a folder by its content."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(Path(folder).rglob("*")) if path.is_file()}


def library(data, folder, tracks=2, seconds=6):
    """A unit's music: noise, of which no archive makes less."""
    noise = numpy.random.default_rng(4)
    for number in range(tracks):
        samples = noise.normal(0, 0.1, (seconds + number) * 16_000)
        assert Music(data).run("import", music_files.wav(folder / f"Noise {number}.wav", samples[:, None], 16_000)).code == 0
    return fingerprint(data / "music")


def configuration(folder, stick, more=""):
    """A unit that does not run."""
    path = folder / "unit.toml"
    path.write_text(f'name = "Bay 4"\n[[station]]\nuser = "101"\npassword = "{SECRET}"\n[backup]\nstick = "{stick.place}"\n{more}')
    return ["--config", path, "--data", folder / "data"]


@pytest.mark.timeout(90)
def test_a_stick_comes_while_a_caller_waits(scene, folder, stick):
    """M3: a marked stick is written when it comes, is told to be safe, and the caller's packets keep their pace."""
    assert stick.insert()
    assert order("backup", "mark", "--stick", stick.place)[0] == 0
    stick.pull()
    library(folder / "data", folder)
    unit = scene.start_unit(max_life="240s", more=f'[backup]\nstick = "{stick.place}"\n')
    caller = scene.raw("A")
    caller.call(unit.uri("70"), PARKER)
    assert caller.final()["code"] == 200
    scene.hears_music(caller)
    begin = now()
    assert stick.insert()
    said = until(lambda: next((line["text"] for line in unit.status()["recent"] if "is whole" in line["text"]), None), 20, "the backup is whole")
    assert "can be taken out" in said
    time.sleep(0.5)
    meanwhile = [packet for packet in caller.media.packets if packet.at > begin]
    stick.pull()
    caller.hangup()
    assert stick.insert()
    place = ["--stick", stick.place]
    name, = digits(order("backup", "list", *place)[1])
    assert name in said
    code, verified = order("backup", "verify", *place)
    assert code == 0 and verified.startswith("right"), verified
    # What a person with a desk computer does.
    generation, = Path(stick.place).glob(f"*/*/{name}")
    assert "tar.zst" in (generation / "README.txt").read_text()
    packed = next(generation.glob("music.tar.zst*"))
    names = subprocess.run(["tar", "--zstd", "-tf", str(packed)], check=True, capture_output=True, text=True).stdout
    assert names.count("source.wav") == 2, names
    numbers = {(after.sequence - before.sequence) & 0xFFFF for before, after in zip(meanwhile, meanwhile[1:])}
    widest = max(after.at - before.at for before, after in zip(meanwhile, meanwhile[1:]))
    assert numbers == {1} and widest < 0.06, (numbers, widest)


def test_onto_a_new_unit(folder, stick):
    """M3: everything comes back onto another unit, whole or in part, rehearsed first; passwords only under the passphrase."""
    assert stick.insert()
    (folder / "passphrase").write_text("open sesame\n")
    unit = configuration(folder, stick, f'passphrase-file = "{folder / "passphrase"}"\n')
    music = library(folder / "data", folder)
    assert order("backup", "mark", *unit)[0] == 0
    code, said = order("backup", "now", *unit)
    assert code == 0 and "it is whole" in said, said
    stick.pull()
    assert SECRET.encode() not in stick.raw(), "a password is on the stick"
    assert stick.insert()
    new = folder / "new"
    new.mkdir()
    place = ["--config", new / "unit.toml", "--data", new / "data", "--stick", stick.place]
    (new / "unit.toml").write_text("")
    code, said = order("restore", "--rehearse", "--passphrase-file", folder / "passphrase", *place)
    assert code == 0 and "nothing has changed" in said and not (new / "data/music").exists(), said
    code, said = order("restore", "--only", "configuration", *place)
    assert code != 0 and "passphrase" in said or "without its passwords" in said, said
    assert SECRET not in (new / "unit.toml").read_text()
    (folder / "wrong").write_text("open wheat\n")
    before = (new / "unit.toml").read_bytes()
    code, said = order("restore", "--passphrase-file", folder / "wrong", *place)
    assert code != 0 and "the passphrase is missing or wrong" in said, said
    assert (new / "unit.toml").read_bytes() == before and not (new / "data/music").exists()
    code, said = order("restore", "--passphrase-file", folder / "passphrase", *place)
    assert code == 0, said
    assert fingerprint(new / "data/music") == music
    assert (new / "unit.toml").read_bytes() == (folder / "unit.toml").read_bytes()


@pytest.mark.timeout(120)
def test_killed_at_any_moment(folder, stick):
    """M3: the program is killed at thirty moments of a backup: every whole one is right, the library is as it was, the next one works."""
    assert stick.insert()
    unit = configuration(folder, stick)
    music = library(folder / "data", folder, tracks=3, seconds=20)
    assert order("backup", "mark", *unit)[0] == 0
    begin = time.monotonic()
    assert order("backup", "now", *unit)[0] == 0
    whole, seed = time.monotonic() - begin, random.Random(4)
    broken_off = 0
    for _ in range(30):
        child = process.start([BINARY, "backup", "now", *[str(word) for word in unit]], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            child.wait(seed.uniform(0, whole))
        except subprocess.TimeoutExpired:
            os.kill(child.pid, signal.SIGKILL)
            broken_off += 1
        process.stop(child)
        code, said = order("backup", "verify", *unit)
        assert code == 0 and "DAMAGED" not in said, said
    assert broken_off >= 10, broken_off
    assert fingerprint(folder / "data/music") == music
    code, said = order("backup", "now", *unit)
    assert code == 0, said
    assert "NOT WHOLE" not in order("backup", "list", *unit)[1]


@pytest.mark.timeout(120)
def test_torn_out_while_it_is_written(folder, stick):
    """M3: a stick that goes during a backup is told in words; the unit has lost nothing, and another stick works."""
    music = library(folder / "data", folder, tracks=2, seconds=120)
    unit = configuration(folder, stick)
    assert stick.insert()
    assert order("backup", "mark", *unit)[0] == 0
    child = process.start([BINARY, "backup", "now", *[str(word) for word in unit]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    until(lambda: any(Path(stick.place).rglob("*.tar.zst*")), 10, "it is written", every=0.002)
    stick.tear_out()
    said, _ = child.communicate(timeout=30)
    code = child.returncode
    process.stop(child)
    assert code != 0 and ("gone or failed" in said or "did not keep" in said or "there is no stick" in said), said
    assert fingerprint(folder / "data/music") == music
    stick.pull()
    other = folder / "other"
    other.mkdir()
    place = ["--config", unit[1], "--data", unit[3], "--stick", other]
    assert order("backup", "mark", *place)[0] == 0 and order("backup", "now", *place)[0] == 0
    assert order("backup", "verify", *place)[0] == 0


def test_what_a_stick_cannot_do_is_said(folder):
    """M3: full, write-protected and foreign sticks, each in its own words, and nothing on them has changed."""
    with tempfile.TemporaryDirectory() as trial:
        why_not = ImageStick.why_not(trial)
    if why_not:
        pytest.skip(f"a full or write-protected stick cannot be played: {why_not}")
    stick = ImageStick(folder, megabytes=8)
    unit = configuration(folder, stick)
    library(folder / "data", folder, tracks=2, seconds=110)
    try:
        assert stick.insert()
        (stick.place / "holiday.txt").write_text("not a backup")
        code, said = order("backup", "now", *unit)
        assert code != 0 and "not marked for backups" in said, said
        assert order("backup", "mark", *unit)[0] == 0
        code, said = order("backup", "now", *unit)
        assert code != 0 and "the stick is full" in said, said
        code, said = order("backup", "verify", *unit)
        assert code != 0 and "there is no whole backup" in said, said
        stick.pull()
        assert stick.insert("ro")
        code, said = order("backup", "now", *unit)
        assert code != 0 and "write-protected" in said, said
        assert (stick.place / "holiday.txt").read_text() == "not a backup"
    finally:
        stick.pull()
