"""What was heard, when: tones told apart by their frequency, silence, and anything else (music, speech)."""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy

# No tone is a harmonic of another; each lies between two notes of the scale, so that no music passes for one.
TONES = {"A": 427, "B": 605, "C": 960, "D": 1077, "E": 1523}
CHIME = (784, 659, 523)
SILENCE = 0.004
STEP = 0.1
# A window is twice as long as a step: 5 Hz between its frequencies.
WINDOW = 2


@dataclass
class Stretch:
    """A stretch of one kind of sound: `silence`, the letter of a party's tone, or `sound`."""

    begin: float
    end: float
    label: str

    @property
    def length(self):
        """In seconds."""
        return self.end - self.begin

    def __str__(self):
        return f"{self.begin:8.2f} {self.end:8.2f} {self.label}"


def read_wav(path):
    """Samples (-1 to 1, first channel) and rate of a 16-bit WAV file, also of one that is still being written."""
    data = Path(path).read_bytes()
    if len(data) < 44 or data[:4] != b"RIFF":
        return numpy.zeros(0), 8000
    at, rate, channels = 12, 8000, 1
    while at + 8 <= len(data):
        name, size = data[at:at + 4], struct.unpack("<I", data[at + 4:at + 8])[0]
        if name == b"fmt ":
            channels, rate = struct.unpack("<HI", data[at + 10:at + 16])
        if name == b"data":
            # The length is only right once the writer has closed the file.
            left = len(data) - at - 8
            body = data[at + 8:at + 8 + (size if 0 < size <= left and at + 8 + size == len(data) else left)]
            body = body[:len(body) // (2 * channels) * 2 * channels]
            samples = numpy.frombuffer(body, dtype="<i2").reshape(-1, channels)[:, 0]
            return samples.astype(numpy.float64) / 32768.0, rate
        at += 8 + size + size % 2
    return numpy.zeros(0), rate


def write_wav(path, samples, rate=8000):
    """Writes 16-bit mono."""
    body = (numpy.clip(numpy.asarray(samples), -1, 1) * 32767).astype("<i2").tobytes()
    head = b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * 2, 2, 16)
    Path(path).write_bytes(head + b"data" + struct.pack("<I", len(body)) + body)


def sine(hertz, seconds, rate=8000, level=0.25):
    """A tone."""
    return level * numpy.sin(2 * numpy.pi * hertz * numpy.arange(int(seconds * rate)) / rate)


def share(window, rate, hertz):
    """The share of a window's energy that lies within 12 Hz of a frequency, 0 to 1."""
    spectrum = numpy.abs(numpy.fft.rfft(window * numpy.hanning(len(window)))) ** 2
    total = spectrum.sum()
    if total <= 0:
        return 0.0
    bins = numpy.fft.rfftfreq(len(window), 1 / rate)
    return float(spectrum[numpy.abs(bins - hertz) <= 12].sum() / total)


class Recording:
    """Samples that begin at a moment of the shared clock."""

    def __init__(self, samples, rate, begin=0.0):
        self.samples, self.rate, self.begin = samples, rate, begin

    @property
    def end(self):
        """The moment of the last sample."""
        return self.begin + len(self.samples) / self.rate

    def between(self, begin=None, end=None):
        """The part between two moments."""
        first = 0 if begin is None else max(0, int((begin - self.begin) * self.rate))
        last = len(self.samples) if end is None else max(first, int((end - self.begin) * self.rate))
        return Recording(self.samples[first:last], self.rate, self.begin + first / self.rate)

    def windows(self):
        """Moment and samples of each whole step of 0.1 s, with half a step before and after it."""
        size, margin = int(STEP * self.rate), int(STEP * self.rate * (WINDOW - 1) / 2)
        for start in range(0, len(self.samples) - size + 1, size):
            yield self.begin + start / self.rate, self.samples[max(0, start - margin):start + size + margin]

    def labels(self):
        """Moment and kind of each window."""
        found = []
        for at, window in self.windows():
            label = "sound"
            if numpy.sqrt(numpy.mean(window ** 2)) < SILENCE:
                label = "silence"
            else:
                for name, hertz in TONES.items():
                    if share(window, self.rate, hertz) > 0.7:
                        label = name
            found.append((at, label))
        return found

    def stretches(self):
        """Neighbouring windows of one kind joined."""
        found = []
        for at, label in self.labels():
            if found and found[-1].label == label:
                found[-1].end = at + STEP
            else:
                found.append(Stretch(at, at + STEP, label))
        return found

    def part(self, label):
        """The share of the windows that are of that kind, 0 to 1."""
        labels = [one for _, one in self.labels()]
        return labels.count(label) / len(labels) if labels else 0.0

    def carries(self, name, at_least=0.3):
        """The share of the windows where a party's tone is in the mix, also beside other sounds."""
        parts = [share(window, self.rate, TONES[name]) > at_least and numpy.sqrt(numpy.mean(window ** 2)) >= SILENCE for _, window in self.windows()]
        return sum(parts) / len(parts) if parts else 0.0

    def longest(self, label):
        """Length in seconds of the longest stretch of that kind."""
        return max((one.length for one in self.stretches() if one.label == label), default=0.0)

    def first(self, label, at_least=0.2):
        """The moment the first stretch of that kind begins that lasts long enough; none if there is none."""
        return next((one.begin for one in self.stretches() if one.label == label and one.length >= at_least - 1e-6), None)

    def chimes(self):
        """The moments at which the three notes of a chime follow each other."""
        found, notes, since = [], [], 0.0
        for at, window in self.windows():
            if numpy.sqrt(numpy.mean(window ** 2)) < SILENCE:
                continue
            shares = [share(window, self.rate, hertz) for hertz in CHIME]
            best = int(numpy.argmax(shares))
            if shares[best] < 0.35:
                continue
            if notes and at - since > 2.5:
                notes = []
            if best == 0 and len(notes) != 1:
                notes, since = [0], at
            elif best == len(notes):
                notes.append(best)
            if len(notes) == 3:
                found.append(since)
                notes = []
        return found

    def report(self):
        """One line a stretch, in seconds from the first sample."""
        return "\n".join(str(Stretch(one.begin - self.begin, one.end - self.begin, one.label)) for one in self.stretches()) + "\n"


def likeness(haystack, needle):
    """How well the best place of one recording fits a short other one (normalised cross-correlation), and that place in seconds."""
    if haystack.rate != needle.rate:
        needle = Recording(resample(needle.samples, needle.rate, haystack.rate), haystack.rate, needle.begin)
    count = len(needle.samples)
    if count == 0 or len(haystack.samples) < count:
        return 0.0, 0.0
    short, long = needle.samples - needle.samples.mean(), haystack.samples
    energy = numpy.sqrt((short ** 2).sum())
    if energy < 1e-6:
        return 0.0, 0.0
    size = 1 << (len(long) + count).bit_length()
    product = numpy.fft.irfft(numpy.fft.rfft(long, size) * numpy.conj(numpy.fft.rfft(short, size)), size)[:len(long) - count + 1]
    sums = numpy.concatenate(([0.0], numpy.cumsum(long ** 2)))
    local = numpy.sqrt(numpy.maximum(sums[count:] - sums[:-count], 1e-3))
    score = product / (local * energy)
    best = int(numpy.argmax(numpy.abs(score)))
    return float(abs(score[best])), best / haystack.rate


def resample(samples, rate, wanted):
    """Changes the rate by way of the spectrum; for whole recordings, not for live sound."""
    if rate == wanted or len(samples) == 0:
        return samples
    spectrum = numpy.fft.rfft(samples)
    count = int(round(len(samples) * wanted / rate))
    return numpy.fft.irfft(spectrum[:count // 2 + 1], count) * (count / len(samples))
