"""Music on hold: files as customers have them become tracks that callers hear; what is no music does not."""

import os
import random
import re
import signal
import statistics
import subprocess
import time
from pathlib import Path

import numpy
import pytest

from agents import music_files, process, sound
from agents.music_library import CODECS, Music, MusicPage, decoded, loudness, sound_of
from agents.timeline import now, until

PARKER = {"Referred-By": "<sip:102@127.0.0.1>"}
TARGET = -24.0


def lateness(packets):
    """How far each packet is from 20 ms after the one before, in ms, sorted."""
    return sorted(abs(after.at - before.at - 0.02) * 1000 for before, after in zip(packets, packets[1:]))


def test_a_tone_is_the_same_all_the_way(scene, folder):
    """A tone of 1 kHz through import, each codec and RTP: its level within 0.5 dB, no click."""
    unit = scene.start_unit()
    music, level = Music(unit.data), -12.0
    tone = sound.sine(1000, 9, 44_100, level=10 ** (level / 20) * 2 ** 0.5)
    assert music.run("import", music_files.wav(folder / "tone.wav", tone[:, None])).code == 0
    wanted = level + MusicPage(unit).tracks()[1]["gain_db"]
    time.sleep(4)
    callers = {}
    for name, (codec, number) in zip("ABCD", {"pcmu": 0, "pcma": 8, "g722": 9, "opus": 96}.items()):
        callers[codec] = scene.raw(name, codec=number)
        callers[codec].call(unit.uri("70"), PARKER)
        assert callers[codec].final()["code"] == 200
    until(lambda: all(len(caller.media.packets) > 400 for caller in callers.values()), 12, "eight seconds are heard")
    report = []
    for codec, caller in callers.items():
        packets = caller.media.packets[:400]
        assert {packet.payload_type for packet in packets} == {caller.codec}
        heard = sound_of(codec, [packet.payload for packet in packets], 16_000)[8000:-1600]
        # The tone itself, as it fits best over 50 ms, and what is left without it.
        size, left, levels = 800, [], []
        waves = numpy.exp(2j * numpy.pi * 1000 * numpy.arange(size) / 16_000)
        for begin in range(0, len(heard) - size + 1, size):
            piece = heard[begin:begin + size]
            part = 2 * numpy.mean(piece * numpy.conj(waves))
            levels.append(20 * numpy.log10(abs(part) / 2 ** 0.5))
            left.append(piece - (part * waves).real)
        left = numpy.concatenate(left)
        noise, peak = (20 * numpy.log10(one) for one in (numpy.sqrt(numpy.mean(left ** 2)), numpy.abs(left).max()))
        report.append(f"{codec}: {min(levels):.2f} to {max(levels):.2f} dB (wanted {wanted:.2f}), noise {noise - wanted:.1f} dB, highest {peak - wanted:.1f} dB")
        assert wanted - 0.5 < min(levels) and max(levels) < wanted + 0.5, report
        assert noise < wanted - 30 and peak < wanted - 18, report
    (folder / "report.txt").write_text("\n".join(report) + "\n")


@pytest.mark.timeout(240)
def test_a_folder_of_thirty_files(scene, folder):
    """M1: twenty files of all kinds are taken, ten broken ones are refused with the reason; a caller who waits hears nothing of it."""
    files = music_files.Folder(folder / "files")
    good, broken = files.good(), files.broken()
    assert (len(good), len(broken)) == (20, 10)
    unit = scene.start_unit(max_life="240s")
    music = Music(unit.data)
    caller = scene.raw("A")
    caller.call(unit.uri("70"), PARKER)
    assert caller.final()["code"] == 200
    scene.hears_music(caller)
    child, begin = music.begin("import", files.folder), now()
    said = music.end(child, 180)
    meanwhile = [packet for packet in caller.media.packets if packet.at > begin]
    caller.hangup()

    assert said.code == 1 and "10 of 30 files refused; 20 imported" in said.complaint, said
    for one in broken:
        line = next((line for line in said.out.splitlines() if f"refused: {one.name}: " in line), "")
        assert one.reason in line, (one, said.out)
    titles = sorted(one.name.rsplit(".", 1)[0] for one in good)
    assert sorted(music.tracks().values()) == titles
    assert not music.left_over()
    assert said.peak < 96, f"{said.peak:.0f} MB"

    heard = {}
    for number, track in music.folders().items():
        for codec in CODECS:
            heard[number, codec] = loudness(track / f"{codec}.frames")
        seconds = len(decoded(track / "pcmu.frames")) / 8000
        # A rest of 0.2 s lies before it.
        assert abs(seconds - 0.2 - music_files.SECONDS) < 0.2, (number, seconds)
    wrong = {key: value for key, value in heard.items() if abs(value - TARGET) > 1}
    assert not wrong, wrong

    late = lateness(meanwhile)
    numbers = [(after.sequence - before.sequence) & 0xFFFF for before, after in zip(meanwhile, meanwhile[1:])]
    rate = (len(meanwhile) - 1) / (meanwhile[-1].at - meanwhile[0].at)
    report = (f"{len(meanwhile)} packets during the import, {rate:.2f} a second; from 20 ms: median {statistics.median(late):.2f} ms, "
              f"p99 {late[int(len(late) * 0.99)]:.2f} ms, most {late[-1]:.2f} ms; peak memory {said.peak:.0f} MB; "
              f"loudness {min(heard.values()):.2f} to {max(heard.values()):.2f} LUFS")
    (folder / "report.txt").write_text(report + "\n")
    assert set(numbers) == {1} and abs(rate - 50) < 0.5 and late[int(len(late) * 0.99)] < 4, report


def test_callers_hear_what_was_imported(scene, folder):
    """M2: a running unit notices a new track and its removal; who waits meanwhile hears no break."""
    unit = scene.start_unit()
    music = Music(unit.data)
    first = scene.raw("A")
    first.call(unit.uri("70"), PARKER)
    assert first.final()["code"] == 200
    scene.hears_music(first)
    file = music_files.wav(folder / "Waltz.wav", music_files.piece(1, seconds=12))
    assert music.run("import", file).code == 0
    track = decoded(music.folders()[1] / "pcma.frames")

    def likeness(caller):
        heard = caller.ear()
        return sound.likeness(sound.Recording(numpy.tile(track, 3), 8000), heard.between(heard.end - 1.5))[0]

    def hears_the_track():
        caller = scene.raw("D", codec=8)
        caller.call(unit.uri("70"), PARKER)
        assert caller.final()["code"] == 200
        until(lambda: len(caller.media.packets) > 90, 5, "the caller hears two seconds")
        score = likeness(caller)
        caller.hangup()
        return score > 0.9

    until(hears_the_track, 20, "a new caller hears the new track")
    assert music.run("remove", "waltz").code == 0
    assert music.tracks() == {}
    until(lambda: not hears_the_track(), 20, "a new caller hears it no more")
    assert sound.Recording(first.ear().samples, 8000).part("silence") < 0.02
    steps = {(after.sequence - before.sequence) & 0xFFFF for before, after in zip(first.media.packets, first.media.packets[1:])}
    assert steps == {1}


@pytest.mark.timeout(400)
def test_half_an_hour_in_bounded_memory(folder):
    """M1: the longest piece that is taken, and the memory that takes."""
    music = Music(folder / "data")
    # The same minute again and again: it is the length that counts.
    minute = music_files.wav(folder / "minute.wav", music_files.piece(2, seconds=60))
    music_files.run("ffmpeg", "-hide_banner", "-loglevel", "error", "-stream_loop", 28, "-i", minute, "-b:a", "96k", folder / "long.mp3")
    begin = now()
    said = music.end(music.begin("import", folder / "long.mp3"), 360)
    assert said.code == 0, said
    report = f"29 minutes in {now() - begin:.1f} s and {said.peak:.0f} MB"
    (folder / "report.txt").write_text(report + "\n")
    assert said.peak < 192, report


def test_a_worker_that_is_killed_leaves_the_library_whole(folder):
    """M1: wherever the process that takes a file in is ended, the old library is there, or the new one."""
    music, chance = Music(folder / "data"), random.Random(4)
    old, begin = music_files.wav(folder / "old.wav", music_files.piece(3, seconds=3)), now()
    assert subprocess.run(music.order("import", old), stdout=subprocess.DEVNULL, check=True).returncode == 0
    whole, killed, rounds = now() - begin, 0, 16
    for turn in range(rounds):
        file = music_files.wav(folder / f"new {turn}.wav", music_files.piece(10 + turn, seconds=3))
        child = process.start(music.order("import", file), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        worker = until(lambda: _children(child.pid), 5, "a worker", every=0.002)
        # All of the work, and the moment at which it becomes a track, lie within this time.
        time.sleep(chance.uniform(0, whole))
        killed += _kill(worker[0])
        child.wait(20)
        process.stop(child)
        tracks = music.tracks()
        assert tracks[1] == "old" and (child.returncode == 0) == (f"new {turn}" in tracks.values()), tracks
        for number, track in music.folders().items():
            assert number in tracks
            for codec in CODECS:
                assert abs(loudness(track / f"{codec}.frames") - TARGET) < 1.5
        # What was cut is swept by whoever opens the library to write, also to remove what is not there.
        assert music.run("remove", f"new {turn}").code == (0 if len(tracks) == 2 else 1)
        assert not music.left_over(), turn
    assert killed >= rounds // 4, f"only {killed} were killed in time"


@pytest.mark.timeout(180)
def test_files_that_were_tampered_with(folder):
    """M1: whatever is in a file, it is taken or refused in words; no worker falls, or takes all that it may."""
    files, music = music_files.Folder(folder / "files"), Music(folder / "data")
    files.good()
    count = files.hostile(folder / "hostile", each=3)
    said = music.end(music.begin("import", folder / "hostile"), 150)
    refused = re.findall(r"refused: (\S+): (.*)", said.out)
    assert count == 60 == len(refused) + len(music.tracks()), said
    assert 10 < len(refused) < 55, said.out
    fallen = [line for line in refused if "time and memory" in line[1]]
    assert not fallen and said.peak < 96, (fallen, said.peak)
    assert not music.left_over()


def test_a_damaged_track_is_prepared_anew(scene, folder):
    """M1: prepared files that are damaged or missing are made again from the file that came, while the unit runs."""
    music = Music(folder / "data")
    for number in (1, 2):
        assert music.run("import", music_files.wav(folder / f"{number}.wav", music_files.piece(30 + number, seconds=3))).code == 0
    track = music.folders()[2]
    whole = {codec: (track / f"{codec}.frames").read_bytes() for codec in CODECS}
    (track / "pcmu.frames").write_bytes(whole["pcmu"][:9_000] + b"\x55" + whole["pcmu"][9_001:])
    (track / "opus.frames").unlink()
    unit = scene.start_unit()
    assert unit.data == music.data
    until(lambda: all((track / f"{codec}.frames").exists() and (track / f"{codec}.frames").read_bytes() == whole[codec] for codec in CODECS),
          20, "the track is whole again")
    until(lambda: not music.left_over(), 5, "nothing is left over")
    assert music.tracks() == {1: "1", 2: "2"}
    assert unit.log().count("prepared anew") == 2


@pytest.mark.timeout(180)
def test_music_over_http(scene, folder):
    """M1: files are sent, watched, listed and removed over HTTP; what breaks off, is too large or foreign leaves nothing."""
    unit = scene.start_unit()
    music, page = Music(unit.data), MusicPage(unit)
    assert page.tracks() == {}
    threads = len(list(Path(f"/proc/{unit.pid}/task").iterdir()))
    files = music_files.Folder(folder / "files")
    files.ffmpeg("schöne Musik.ogg", "-c:a", "libvorbis", seconds=30)
    files.ffmpeg("other.m4a", "-c:a", "aac")
    (files.folder / "letter.mp3").write_text("Dear Sir or Madam, " * 200)

    numbers = []
    for name in ("schöne Musik.ogg", "other.m4a", "letter.mp3"):
        status, answer = page.send(files.folder / name)
        assert status == 202, answer
        numbers.append(answer["import"])
    assert numbers == [1, 2, 3]
    ended, shares = page.ended(1)
    assert ended == {"import": 1, "name": "schöne Musik.ogg", "stage": "imported", "track": 1}
    assert len(shares) > 2 and shares[-1] <= 100, shares
    assert page.ended(2)[0]["stage"] == "imported"
    ended, _ = page.ended(3)
    assert ended["stage"] == "refused" and "not an audio file" in ended["reason"]
    tracks = page.tracks()
    assert {number: track["title"] for number, track in tracks.items()} == {1: "schöne Musik", 2: "other"} == music.tracks()
    assert abs(tracks[1]["seconds"] - 30) < 0.2 and abs(tracks[1]["loudness_lufs"] - TARGET) < 1
    status, answer = page.send(files.folder / "other.m4a", name="again.m4a")
    assert status == 202
    assert "in the library already, as track 2 (other)" in page.ended(answer["import"])[0]["reason"]

    assert page.send(files.folder / "other.m4a", length=5 << 30)[0] == 413
    assert page.send(files.folder / "other.m4a", headers={"Origin": "http://elsewhere.example"})[0] == 403
    half = page.begin("half.ogg", 100_000)
    half.send(b"OggS" * 1000)
    until(music.left_over, 5, "the file has begun to come")
    half.close()
    until(lambda: page.tracks() and not music.left_over(), 5, "it is gone")

    assert unit.request("DELETE", "/api/music/1")[0] == 204
    assert unit.request("DELETE", "/api/music/1")[0] == 404
    assert list(page.tracks()) == [2] == list(music.tracks())
    assert len(list(Path(f"/proc/{unit.pid}/task").iterdir())) == threads

    # A unit that is told to stop does not wait for a piece of half an hour, and leaves nothing of it.
    minute = music_files.wav(folder / "minute.wav", music_files.piece(9, seconds=60))
    music_files.run("ffmpeg", "-hide_banner", "-loglevel", "error", "-stream_loop", 27, "-i", minute, "-b:a", "96k", folder / "long.mp3")
    number = page.send(folder / "long.mp3")[1]["import"]
    until(lambda: unit.request("GET", f"/api/music/imports/{number}")[1].get("percent", 0) > 1, 20, "it is being imported")
    at = now()
    assert unit.stop() == 0 and now() - at < 4
    assert not music.left_over() and list(music.tracks()) == [2]
    scene.unit = None


def _children(pid):
    """The children of a process."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []


def _kill(pid):
    """Ends a worker of our own at once; whether it still ran."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1
