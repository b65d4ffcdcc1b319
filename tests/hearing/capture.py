"""What the real program says overhead: calls are parked on one orbit after the other, and the speaker is recorded."""

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy
from agents.raw_phone import RawPhone
from agents.sound import TONES, read_wav
from agents.timeline import until
from agents.unit import Unit

# A page ends with that much silence, seconds; there is none so long within one.
END = 0.6
# Between two words there is at least that much silence, seconds, and less within a word.
BETWEEN_WORDS = 0.11
# So far below the loudest 10 ms of a page is silence, dB; the highest sample of silence while it is being recorded.
QUIET_DB, QUIET = 42.0, 64
STEP = 0.01


@dataclass
class Page:
    """A page as it left the unit: the chime is cut off, `words` are where the lead-in and each digit begin and end, seconds."""

    orbit: str
    samples: numpy.ndarray
    rate: int
    words: list


class Announcer:
    """A unit that speaks one language, and a caller who is parked on each orbit in turn."""

    def __init__(self, folder, language, speaker, orbits):
        self.folder, self.orbits, self.failure = Path(folder), orbits, None
        self.folder.mkdir(parents=True)
        self.unit = Unit(self.folder, speaker=speaker, orbits=", ".join(orbits), page_repeats=1, more=f'[page]\nlanguages = "{language}"\n')
        self.phone = RawPhone(self.folder, "A", TONES["A"], "204")
        self._thread = threading.Thread(target=self._park_on_each, daemon=True)

    def start(self):
        """Goes to work. The unit has been started by the thread that made this, with which the kernel ends it."""
        self.unit.ready()
        self._thread.start()

    def _park_on_each(self):
        try:
            for orbit in self.orbits:
                begin, since = self._length(), self.phone.timeline.mark()
                self.phone.call(self.unit.uri(orbit), {"Referred-By": "<sip:102@127.0.0.1>"})
                assert self.phone.final(since=since)["code"] == 200, orbit
                until(lambda: self._over(begin), 30, f"the page of orbit {orbit}", every=0.2)
                self.phone.hangup()
                until(lambda: orbit not in self.unit.occupied(), 5, f"orbit {orbit} is free", every=0.2)
        except Exception as failure:  # noqa: BLE001: told by `pages`, in the thread that asks.
            self.failure = failure

    def _length(self):
        path = self.unit.speaker_path
        return path.stat().st_size if path.exists() else 0

    def _over(self, begin):
        """Whether a page has been recorded since the file had `begin` bytes, and silence after it."""
        path = self.unit.speaker_path
        if not path.exists():
            return False
        with open(path, "rb") as file:
            file.seek(max(begin, 44) // 2 * 2)
            samples = numpy.abs(numpy.frombuffer((data := file.read())[:len(data) // 2 * 2], "<i2").astype(numpy.int32))
        tail = int(END * 48_000)
        return len(samples) > 2 * tail and samples.max() > 8 * QUIET and samples[-tail:].max() < QUIET

    def pages(self):
        """Waits for the end of the recording, at most 15 s an orbit; a page for each orbit."""
        self._thread.join(15 * len(self.orbits))
        alive = self.unit.alive()
        self.phone.stop()
        self.unit.stop()
        assert self.failure is None, f"{self.folder.name}: {self.failure!r}"
        assert alive, self.unit.log()[-2000:]
        samples, rate = read_wav(self.unit.speaker_path)
        spoken = stretches(samples, rate, END)
        assert len(spoken) == len(self.orbits), f"{self.folder.name}: {len(spoken)} pages of {len(self.orbits)} orbits"
        return [cut(orbit, samples[begin:end], rate) for orbit, (begin, end) in zip(self.orbits, spoken)]


def stretches(samples, rate, pause):
    """Where there is sound: begin and end in samples, apart by at least `pause` seconds."""
    size = int(rate * STEP)
    frames = (samples[:len(samples) // size * size].reshape(-1, size) ** 2).mean(axis=1)
    loud = numpy.flatnonzero(frames > frames.max() * 10 ** (-QUIET_DB / 10))
    breaks = numpy.flatnonzero(numpy.diff(loud) * STEP > pause)
    first, last = numpy.concatenate([[0], breaks + 1]), numpy.concatenate([breaks, [len(loud) - 1]])
    return [(int(loud[begin]) * size, (int(loud[end]) + 1) * size) for begin, end in zip(first, last)]


def cut(orbit, samples, rate):
    """A page without its chime. The digits are the last words, as many as the orbit's number has; before them comes the lead-in."""
    heard = stretches(samples, rate, BETWEEN_WORDS)
    digits, lead = heard[-len(orbit):], heard[1:-len(orbit)]
    assert lead, f"orbit {orbit}: only {len(heard)} words"
    begin = lead[0][0]
    words = [(begin, lead[-1][1]), *digits]
    return Page(orbit, samples[begin:], rate, [((one - begin) / rate, (other - begin) / rate) for one, other in words])
