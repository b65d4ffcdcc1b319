"""Thirty files as customers have them: twenty of every kind that is taken, ten that must be refused."""

import random
import shutil
import struct
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy

RATE = 44_100
SECONDS = 8
# Half an hour is taken; this is an hour.
HOUR = 3600


@dataclass
class Good:
    """A file that must be taken: how many seconds of it are to be heard."""

    name: str
    seconds: float = SECONDS


@dataclass
class Broken:
    """A file that must be refused, and words that the reason must have."""

    name: str
    reason: str


def piece(seed, seconds=SECONDS, rate=RATE, level_db=-14.0, channels=2):
    """A piece of music like no other: chords that change twice a second, with overtones, and a hiss up to the highest frequencies."""
    chance = numpy.random.default_rng(seed)
    count, step = int(seconds * rate), rate // 2
    at = numpy.arange(count) / rate
    samples = numpy.zeros((count, channels))
    for begin in range(0, count, step):
        place = slice(begin, min(count, begin + step))
        fade = numpy.exp(-3 * (at[place] - begin / rate))
        for note in chance.choice(24, 3, replace=False):
            hertz = 196 * 2 ** (note / 12)
            wave = sum(numpy.sin(2 * numpy.pi * hertz * part * at[place]) / part for part in range(1, 6)) * fade
            samples[place] += wave[:, None] * chance.uniform(0.5, 1, channels)
    samples += 0.02 * chance.standard_normal(samples.shape)
    return samples * 10 ** (level_db / 20) / numpy.sqrt(numpy.mean(samples ** 2))


def run(*words, into=None):
    """A program that must succeed."""
    done = subprocess.run([str(word) for word in words], input=into, capture_output=True, check=False)
    assert done.returncode == 0, (words, done.stderr[-800:])
    return done.stdout


def wav(path, samples, rate=RATE):
    """16-bit PCM."""
    whole = (numpy.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes()
    channels = samples.shape[1]
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * 2 * channels, 2 * channels, 16)
    path.write_bytes(b"RIFF" + struct.pack("<I", 36 + len(whole)) + b"WAVEfmt " + struct.pack("<I", 16) + form
                     + b"data" + struct.pack("<I", len(whole)) + whole)
    return path


class Folder:
    """Makes the files in a folder."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir()
        self.raw = self.folder.with_name(self.folder.name + "-raw")
        self.raw.mkdir()
        self.seed = 0

    def source(self, **options):
        """Another piece of music, as a plain WAV file."""
        self.seed += 1
        return wav(self.raw / f"{self.seed}.wav", piece(self.seed, **options), options.get("rate", RATE))

    def ffmpeg(self, name, *options, source=None, **sound):
        """A file made by ffmpeg."""
        source = source or self.source(**sound)
        run("ffmpeg", "-hide_banner", "-loglevel", "error", "-y", "-i", source, *options, self.folder / name)
        return self.folder / name

    def sox(self, name, options=(), effects=(), **sound):
        """A file made by sox."""
        run("sox", "-D", self.source(**sound), *options, self.folder / name, *effects)
        return self.folder / name

    def good(self):
        """Twenty files that must be taken."""
        wav(self.folder / "plain.wav", piece(100, level_db=-30))
        self.sox("telephone, eight bits.wav", ["-r", 8000, "-b", 8, "-c", 1], level_db=-20)
        self.sox("studio.wav", ["-r", 96_000, "-b", 24])
        self.sox("floating.wav", ["-r", 48_000, "-e", "floating-point", "-b", 32])
        self.sox("a-law.wav", ["-r", 8000, "-e", "a-law", "-c", 1])
        self.sox("u-law.wav", ["-r", 8000, "-e", "u-law", "-c", 1])
        self.ffmpeg("adpcm.wav", "-c:a", "adpcm_ms", "-ar", 22_050)
        self.ffmpeg("constant.mp3", "-b:a", "128k", "-metadata", "title=Another title")
        self.ffmpeg("variable, soft.mp3", "-q:a", 4, level_db=-40)
        self.ffmpeg("small.mp3", "-b:a", "32k", "-ar", 22_050, "-ac", 1)
        run("flac", "--silent", "--best", "-o", self.folder / "album.flac", self.source(level_db=-8))
        self.ffmpeg("high.flac", "-c:a", "flac", "-sample_fmt", "s32", "-ar", 96_000)
        self.ffmpeg("stereo.ogg", "-c:a", "libvorbis", "-q:a", 5)
        self.ffmpeg("mono.oga", "-c:a", "libvorbis", "-ac", 1, "-ar", 16_000)
        self.ffmpeg("stereo.opus", "-c:a", "libopus", "-b:a", "64k")
        self.ffmpeg("speech.opus", "-c:a", "libopus", "-b:a", "20k", "-ac", 1, "-application", "voip")
        self.ffmpeg("phone.m4a", "-c:a", "aac", "-b:a", "96k")
        self.ffmpeg("radio.aac", "-c:a", "aac", "-b:a", "96k", "-f", "adts")
        self.ffmpeg("lossless.m4a", "-c:a", "alac")
        # Both channels cancel, there is silence at both ends, and the name is not that of its kind, nor of any language.
        left = piece(101, channels=1, level_db=-18)
        quiet = numpy.zeros((2 * RATE, 2))
        crossed = wav(self.raw / "crossed.wav", numpy.concatenate([quiet, numpy.hstack([left, -left]), quiet]))
        shutil.copy(crossed, self.folder / "Warteschleife – schöne Grüße 保留.mp3")
        names = sorted(path.name for path in self.folder.iterdir())
        return [Good(name) for name in names]

    def broken(self):
        """Ten files that must be refused."""
        (self.folder / "empty.mp3").write_bytes(b"")
        (self.folder / "letter.wav").write_text("Dear Sir or Madam, please find our music enclosed.\n" * 200)
        run("flac", "--silent", "-o", self.folder / "silent.flac", wav(self.raw / "silent.wav", numpy.zeros((RATE * 5, 2))))
        self._hour(self.folder / "hour.wav")
        whole = self.ffmpeg("cut.flac", "-c:a", "flac").read_bytes()
        (self.folder / "cut.flac").write_bytes(whole[:len(whole) // 2])
        whole = self.ffmpeg("half.m4a", "-c:a", "aac", "-movflags", "+faststart").read_bytes()
        (self.folder / "half.m4a").write_bytes(whole[:len(whole) // 2])
        self._scratched(self.ffmpeg("scratched.mp3", "-b:a", "128k"))
        run("ffmpeg", "-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=duration=3:size=128x96:rate=10", "-c:v", "mpeg4",
            self.folder / "film.m4a")
        wav(self.folder / "twelve.wav", piece(102, channels=12, seconds=3))
        self._liar(self.folder / "liar.wav")
        return [
            Broken("empty.mp3", "not an audio file"), Broken("letter.wav", "not an audio file"), Broken("silent.flac", "silent"),
            Broken("hour.wav", "too long: 30 minutes"), Broken("cut.flac", "cut short"), Broken("half.m4a", "damaged"),
            Broken("scratched.mp3", "damaged"), Broken("film.m4a", "no audio"), Broken("twelve.wav", "12 channels"),
            Broken("liar.wav", "0 samples a second"),
        ]

    def hostile(self, into, each, seed=11):
        """Files that somebody has tampered with: `each` of every good one, in a folder of their own. How many there are."""
        chance, count = random.Random(seed), 0
        into.mkdir()
        for path in sorted(self.folder.iterdir()):
            for turn in range(each):
                data = bytearray(path.read_bytes()[:400_000])
                place = chance.randrange(min(400, len(data) - 8))
                if turn % 3 == 0:
                    data[place:place + 4] = chance.choice([b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0" * 4])
                elif turn % 3 == 1:
                    for _ in range(chance.randint(1, 100)):
                        data[chance.randrange(len(data))] = chance.randrange(256)
                else:
                    begin, length = chance.randrange(len(data)), chance.randint(1, 5000)
                    data[place:place + length] = data[begin:begin + length]
                (into / f"{count:03}{path.suffix}").write_bytes(data)
                count += 1
        return count

    def _hour(self, path):
        tone = (numpy.sin(numpy.arange(8000) / 8000 * 440 * 2 * numpy.pi) * 8000).astype("<i2").tobytes()
        form = struct.pack("<HHIIHH", 1, 1, 8000, 16_000, 2, 16)
        size = len(tone) * HOUR
        with open(path, "wb") as file:
            file.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", size))
            for _ in range(HOUR):
                file.write(tone)

    def _scratched(self, path):
        chance, data = random.Random(7), bytearray(path.read_bytes())
        for begin in range(2000, len(data) - 300, 700):
            data[begin:begin + 200] = chance.randbytes(200)
        path.write_bytes(data)

    def _liar(self, path):
        # No samples a second, four billion bytes promised, twelve there.
        form = struct.pack("<HHIIHH", 1, 2, 0, 0, 4, 16)
        path.write_bytes(b"RIFF" + b"\xff" * 4 + b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + b"\xff" * 4 + b"\0" * 12)


def ogg_opus(packets):
    """Packets of 20 ms and one channel as a file that other decoders read (RFC 3533, RFC 7845)."""
    def page(number, flags, position, body):
        lacing = bytes([255] * (len(body) // 255) + [len(body) % 255])
        head = b"OggS" + struct.pack("<BBqIIIB", 0, flags, position, 1, number, 0, len(lacing)) + lacing
        return head[:22] + struct.pack("<I", _checksum(head + body)) + head[26:] + body
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 4) + b"none" + struct.pack("<I", 0)
    pages = [page(0, 2, 0, head), page(1, 0, 0, tags)]
    for place, packet in enumerate(packets):
        pages.append(page(place + 2, 4 if place + 1 == len(packets) else 0, (place + 1) * 960, packet))
    return b"".join(pages)


def _reversed(byte):
    return int(f"{byte:08b}"[::-1], 2)


_BITS = bytes(_reversed(byte) for byte in range(256))


def _checksum(data):
    # The polynomial of every other CRC-32, but the bits come the other way round, and nothing is inverted.
    plain = zlib.crc32(data.translate(_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{plain:032b}"[::-1], 2)
