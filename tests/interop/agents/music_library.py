"""A unit's music on disk, seen from outside: the command line, and the prepared payloads given to other decoders."""

import http.client
import json
import re
import struct
import subprocess
import sys
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

import numpy

from . import ports, process
from .music_files import ogg_opus, run
from .timeline import until
from .unit import BINARY

CODECS = ("pcmu", "pcma", "g722", "opus")
HEADER = 4096
RAW = {"pcmu": ("mulaw", 8000), "pcma": ("alaw", 8000), "g722": ("g722", 16_000)}
# Tells the memory of what it starts, which is otherwise mixed up with that of all other children.
WATCHED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


@dataclass
class Said:
    """What a run of the program said, its exit status, and the most memory of it and of what it started, in MB."""

    code: int
    out: str
    complaint: str
    peak: float


class Music:
    """The library in a unit's data folder."""

    def __init__(self, data):
        self.data = Path(data)

    def order(self, *words):
        """`orbitbox music ...`, as a child that ends with the test."""
        return [BINARY, "music", *[str(word) for word in words], "--data", str(self.data)]

    def begin(self, *words):
        """Starts it, for one who looks on meanwhile."""
        return process.start([sys.executable, "-c", WATCHED, *self.order(*words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)

    def end(self, child, within=80):
        """Waits for what was started."""
        out, complaint = child.communicate(timeout=within)
        process.stop(child)
        peak = re.search(r"^peak (\d+)$", complaint, re.M)
        return Said(child.returncode, out, complaint, int(peak[1]) / 1024)

    def run(self, *words):
        """Starts it and waits."""
        return self.end(self.begin(*words))

    def tracks(self):
        """Number and title of each track, as the program lists them."""
        said = self.run("list")
        assert said.code == 0, said
        return {int(number): title for number, title in re.findall(r"^ +(\d+)  (.*) \(\d+:\d\d, ", said.out, re.M)}

    def folders(self):
        """The folder of each track, by number."""
        return {int(path.name): path for path in (self.data / "music" / "tracks").iterdir()}

    def left_over(self):
        """What lies where only unfinished work is."""
        return [path for part in ("incoming", "removed") for path in (self.data / "music" / part).iterdir()]


class MusicPage:
    """The same library over HTTP, as a program of somebody else's uses it."""

    def __init__(self, unit):
        self.unit = unit

    def send(self, file, name=None, headers=None, length=None):
        """Sends a file; returns status and answer."""
        connection = http.client.HTTPConnection(ports.LOOPBACK, self.unit.web, timeout=20)
        try:
            query = urllib.parse.urlencode({"name": name or Path(file).name})
            data = Path(file).read_bytes()
            connection.putrequest("POST", f"/api/music?{query}")
            for key, value in {"Content-Length": str(length or len(data)), **(headers or {})}.items():
                connection.putheader(key, value)
            connection.endheaders()
            if length is None:
                connection.send(data)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def begin(self, name, length):
        """Begins to send a file; returns the connection."""
        connection = http.client.HTTPConnection(ports.LOOPBACK, self.unit.web, timeout=20)
        connection.putrequest("POST", f"/api/music?name={name}")
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        return connection

    def ended(self, number, within=60):
        """Waits for the end of an import; returns how it stands then, and every share of the work that was told before."""
        shares = set()

        def end():
            status, answer = self.unit.request("GET", f"/api/music/imports/{number}")
            assert status == 200, answer
            shares.add(answer.get("percent"))
            return answer if answer["stage"] in ("imported", "refused") else None
        answer = until(end, within, f"import {number} has ended", every=0.02)
        return answer, sorted(share for share in shares if share is not None)

    def tracks(self):
        """Every track by its number."""
        status, answer = self.unit.request("GET", "/api/music")
        assert status == 200, answer
        return {track["number"]: track for track in answer["tracks"]}


def payloads(file):
    """The packets of a prepared file; fails where it is not what it says."""
    data = Path(file).read_bytes()
    assert data[:8] == b"ORBITMOH", data[:8]
    count = struct.unpack_from("<I", data, 12)[0]
    if "opus" not in Path(file).name:
        assert len(data) == HEADER + 160 * count
        return [data[HEADER + 160 * place:HEADER + 160 * (place + 1)] for place in range(count)]
    ends = struct.unpack_from(f"<{count}I", data, HEADER)
    start = HEADER + 4 * count
    assert len(data) == start + ends[-1]
    return [data[start + begin:start + end] for begin, end in zip((0, *ends), ends)]


def decoded(file):
    """What ffmpeg makes of a prepared file, in a telephone's band, at 8000 Hz."""
    return sound_of(Path(file).stem, payloads(file), 8000)


def sound_of(codec, packets, rate):
    """What ffmpeg makes of packets, one after another."""
    return numpy.frombuffer(_ffmpeg(codec, packets, "-ar", rate, "-f", "s16le", "-"), dtype="<i2") / 32_768


def loudness(file):
    """Of a prepared file in a telephone's band, in LUFS, as ffmpeg decodes and measures it."""
    wav = _ffmpeg(Path(file).stem, payloads(file), "-ar", 8000, "-f", "wav", "-")
    said = subprocess.run(["ffmpeg", "-hide_banner", "-nostats", "-i", "-", "-af", "aresample=48000,ebur128", "-f", "null", "-"],
                          input=wav, capture_output=True, check=True).stderr.decode()
    return float(re.findall(r"^\s+I:\s+(-?[\d.]+|-inf) LUFS", said, re.M)[-1])


def _ffmpeg(codec, packets, *options):
    if codec == "opus":
        form, data = ["-f", "ogg", "-c:a", "libopus"], ogg_opus(packets)
    else:
        name, rate = RAW[codec]
        form, data = ["-f", name, *(["-ar", rate, "-ac", 1] if codec != "g722" else [])], b"".join(packets)
    return run("ffmpeg", "-hide_banner", "-loglevel", "error", *form, "-i", "-", *options, into=data)
