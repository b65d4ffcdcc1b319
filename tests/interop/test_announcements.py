"""What announcements say: own words, own recordings and voice packs, whole numbers."""

import http.client
import json
import subprocess
import time
from pathlib import Path

import pytest

from agents import sound
from agents.timeline import now, until
from agents.unit import BINARY

PROMPTS = Path(__file__).parents[2] / "firmware" / "paging" / "prompts"
CHIME = 1.8


def tone(path, name, seconds=0.6, rate=8000, level=0.1):
    """A recording that is told by its tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    quiet = [0.0] * int(0.3 * rate)
    sound.write_wav(path, [*quiet, *sound.sine(sound.TONES[name], seconds, rate, level), *quiet], rate)
    return path


def prompt(data, *order):
    """`orbitbox prompt`: exit status and what it said."""
    done = subprocess.run([BINARY, "prompt", *map(str, order), "--data", str(data)], capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout + done.stderr


def upload(unit, language, name, body):
    """A recording by HTTP: status and answer."""
    connection = http.client.HTTPConnection("127.0.0.1", unit.web, timeout=10)
    try:
        connection.request("POST", f"/api/prompts?language={language}&as={name}", body)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def announced(unit, since, within=8.0):
    """Waits for an announcement; returns what follows its chime, to its end."""
    rung = until(lambda: next(iter(unit.speaker().between(since).chimes()), None), within, "a chime", every=0.2)

    def ended():
        page = unit.speaker().between(rung + CHIME)
        stretches = page.stretches()
        quiet = [one for one in stretches if one.label == "silence" and one.length >= 1.0]
        return page.between(end=quiet[0].begin) if quiet and quiet[0].begin > page.begin + 0.3 else None
    return until(ended, within, "the end of the page", every=0.2)


def length(*names, folder="en"):
    """How long recordings of the built-in voice last together, in seconds."""
    files = [str(PROMPTS / folder / f"{name}.flac") for name in names]
    told = subprocess.run(["soxi", "-D", *files], capture_output=True, text=True, check=True).stdout
    return sum(map(float, told.split()))


def parked(scene, wanted="71", names="AB"):
    """Parks a call; returns the moment."""
    caller, parker = scene.phones("pp", names)
    at = now()
    orbit, _ = scene.parked(caller, parker)
    assert orbit == wanted
    return at


def spoken(page):
    """How long it takes from the first word, 0.15 s after the chime, to the end of the last one; within 0.15 s."""
    last = max(place for place, sample in enumerate(page.samples) if abs(sample) > 0.02)
    return last / page.rate - 0.15


def test_an_own_recording_is_heard_at_its_place(scene, folder):
    """G5: the name of the lot as somebody recorded it, between the words of an own wording; removed, it is heard no more."""
    data = folder / "data"
    status, said = prompt(data, "import", tone(folder / "name.wav", "D"), "--language", "en", "--as", "lots/warehouse")
    assert (status, said.strip()) == (0, "en: lots/warehouse (0.6 s)")
    unit = scene.start_unit(page_repeats=1, more='announcement = "call for {lot} on orbit {orbit}"\n')
    page = announced(unit, parked(scene))
    begin, end = page.first("D", at_least=0.4), max(one.end for one in page.stretches() if one.label == "D")
    before, after = begin - page.begin, page.end - end
    words = length("words/on-orbit", "digits/7", "digits/1-last") + 2 * 0.12
    assert abs(before - 0.15 - length("words/call-for")) < 0.2, page.report()
    assert abs(after - words) < 0.3, f"{after:.2f} s after the name, not {words:.2f}\n{page.report()}"
    assert prompt(data, "remove", "lots/warehouse", "--language", "en")[0] == 0
    removed = now()
    until(lambda: "own recordings" not in prompt(data, "list")[1] and now() > removed + 3, 6, "the unit to notice")
    page = announced(unit, parked(scene, "72", "CE"))
    assert page.part("D") == 0, page.report()
    assert abs(spoken(page) - length("words/call-for", "words/warehouse", "words/on-orbit", "digits/7", "digits/2-last") - 0.24) < 0.2


@pytest.mark.parametrize("numbers, words", [("digits", ("digits/1", "digits/2-last")), ("whole", ("digits/12",))])
def test_numbers_are_read_as_wanted(scene, numbers, words):
    """G5: "one two" or "twelve", by the length of what is heard."""
    unit = scene.start_unit(orbits="12-19", more=f'[page]\nnumbers = "{numbers}"\n')
    heard = spoken(announced(unit, parked(scene, "12")))
    expected = length("call-on-orbit", *words) + 0.12 * len(words)
    assert abs(heard - expected) < 0.2, f"{heard:.2f} s, not {expected:.2f}"


@pytest.mark.parametrize("numbers, tones", [("digits", "BC"), ("whole", "AC")])
def test_a_voice_pack_speaks_overhead_and_on_telephones(scene, folder, numbers, tones):
    """G5: a folder laid out as the sound packs of PBXs are, put there while the unit runs."""
    pack = folder / "pack"
    for name, letter in (("70", "A"), ("7", "B"), ("1", "C")):
        tone(pack / "digits" / f"{name}.wav", letter)
    tone(pack / "vm-goodbye.wav", "E")
    (pack / "digits" / "2.wav").write_bytes(b"RIFF, but nothing else that is right")
    unit = scene.start_unit(more=f'[page]\nnumbers = "{numbers}"\n')
    status, told = upload(unit, "en", "digits/7", (pack / "digits" / "7.wav").read_bytes())
    assert status == 201 and told["name"] == "digits/7", told
    status, told = upload(unit, "en", "digits/7", b"no sound at all")
    assert status == 422 and "known kind" in told["error"], told
    assert [one["name"] for one in unit.request("GET", "/api/prompts")[1]["prompts"]] == ["digits/7"]
    assert unit.request("DELETE", "/api/prompts/en/digits/7")[0] == 204
    status, said = prompt(unit.data, "import", pack, "--language", "en")
    assert status == 1 and "1 files are of nothing" in said and "refused: " in said and "1 of 4" in said, said
    until(lambda: "3 own recordings are spoken" in unit.log(), 20, "the unit to notice")
    asker = scene.phone("B")
    asked = now()
    call = asker.call(unit.uri("70"))
    asker.talking(call)
    for letter in tones:
        scene.hears(asker, letter, since=asked, at_least=0.3, within=8)
    asker.hangup(call)
    time.sleep(4)
    at = now()
    caller, parker = scene.phones("pp", "AD")
    orbit, _ = scene.parked(caller, parker)
    page = announced(unit, at)
    if orbit == "71":
        told = [one.label for one in page.stretches() if one.length >= 0.4 and one.label in "ABCDE"]
        assert told == list(tones), page.report()
        gap = next(one.begin for one in page.stretches() if one.label == tones[1]) - max(one.end for one in page.stretches() if one.label == tones[0])
        assert gap < 0.25, page.report()
    level = 20 * sound.numpy.log10(abs(page.samples).max())
    assert level < 0, level


def test_a_file_that_is_damaged_is_named_and_the_built_in_word_is_heard(scene, folder):
    """A pack that somebody has put into the folder by hand."""
    digits = folder / "data" / "prompts" / "en" / "digits"
    digits.mkdir(parents=True)
    (digits / "7.wav").write_bytes(bytes(range(256)) * 40)
    (digits / "1.mp3").write_bytes(b"\xff\xfb\x90\x00" + bytes(3000))
    unit = scene.start_unit()
    heard = spoken(announced(unit, parked(scene)))
    assert abs(heard - length("call-on-orbit", "digits/7", "digits/1-last") - 0.24) < 0.2
    for name in ("digits/7.wav", "digits/1.mp3"):
        assert f"{name} is not heard" in unit.log(), unit.log()


def test_a_word_without_a_recording_is_named_by_the_check(folder):
    """Line, key, the word, and what to do; once it is recorded, nothing is wrong."""
    file, data = folder / "unit.toml", folder / "data"
    file.write_text('[[lot]]\npilot = "70"\norbits = "71-78"\nname = "Annex"\nannouncement = "urgent call for {lot} on orbit {orbit}"\n')

    def check():
        done = subprocess.run([BINARY, "check", str(file), "--data", str(data)], capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout + done.stderr
    status, said = check()
    assert status == 1 and f"2 problems in {file}" in said, said
    for told in (f"{file}:5: lot.announcement: `urgent` is not recorded", "--language en --as words/urgent", "`Annex`", "--as lots/annex"):
        assert told in said, said
    for name in ("words/urgent", "lots/annex"):
        assert prompt(data, "import", tone(folder / "one.wav", "A"), "--language", "en", "--as", name)[0] == 0
    assert check()[0] == 0, check()
    status, said = prompt(data, "import", tone(folder / "one.wav", "A"), "--language", "en", "--as", "digits/171")
    assert status == 1 and "digits/171" in said, said
