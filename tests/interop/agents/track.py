"""The unit's own music, to tell it from other sound and to know the place in it."""

from functools import lru_cache
from pathlib import Path

import numpy
import soundfile

from . import sound

PIECE = 0.3
PATH = Path(__file__).parents[3] / "firmware" / "media" / "tracks" / "default.flac"


@lru_cache
def whole():
    """The track at 8 kHz, with its first five seconds once more behind its end, as it is a loop."""
    samples, rate = soundfile.read(PATH)
    if samples.ndim > 1:
        samples = samples.mean(axis=1)
    narrow = sound.resample(samples, rate, 8000)
    return sound.Recording(numpy.concatenate([narrow, narrow[:40000]]), 8000)


def length():
    """Of the loop, in seconds."""
    return len(whole().samples) / 8000 - 5


def likeness(recording):
    """How well most of a recording fits the track (above 0.7 it is the track), piece by piece: a phone's jitter buffer may skip a frame."""
    size = int(PIECE * recording.rate)
    pieces = [recording.samples[at:at + size] for at in range(0, len(recording.samples) - size + 1, size // 2)]
    scores = sorted(place(sound.Recording(piece, recording.rate))[0] for piece in pieces)
    return scores[len(scores) // 2] if scores else 0.0


def place(recording):
    """How well a short recording fits the track at its best place (above 0.7 it is the track), and that place in seconds."""
    score, at = sound.likeness(whole(), recording)
    return score, at % length()
