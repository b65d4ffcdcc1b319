"""A horn, a hall and a warehouse at work, all made of formulas: the same seed makes the same sound."""

from functools import cache

import numpy
from scipy import signal

# What a horn plays, Hz.
BAND = (400.0, 5000.0)
# Reverberation time of the hall, seconds; how far the direct sound is above all the rest, dB. So it is 8 m before a horn
# (directivity 10) in a hall of 30 x 20 x 8 m, by the formula for the critical distance.
REVERBERATION, DIRECT_DB = 1.2, 3.0
# Frames that count as speech: within that many dB of the loudest.
ACTIVE_DB, FRAME = 20.0, 0.02


@cache
def _band(rate):
    return signal.butter(4, BAND, "bandpass", fs=rate, output="sos")


def horn(samples, rate):
    """What a horn loudspeaker leaves of a page: 400 to 5,000 Hz."""
    return signal.sosfilt(_band(rate), samples)


@cache
def _answer(rate, seed):
    """The hall's answer to one click: the direct sound, six early reflections, a tail that falls by 60 dB in its time."""
    dice = numpy.random.default_rng(seed)
    length = int(rate * REVERBERATION * 1.2)
    time = numpy.arange(length) / rate
    tail = dice.standard_normal(length) * 10 ** (-3 * time / REVERBERATION)
    # The tail grows dense only after the first reflections.
    tail *= 1 - numpy.exp(-time / 0.01)
    for moment in dice.uniform(0.006, 0.050, 6):
        tail[int(moment * rate)] += dice.choice((-1, 1)) * numpy.abs(tail).max() * dice.uniform(1.0, 2.0)
    # Air and goods swallow the highs first.
    tail = signal.sosfilt(signal.butter(1, 4000, fs=rate, output="sos"), tail)
    tail *= 10 ** (-DIRECT_DB / 20) / numpy.sqrt((tail ** 2).sum())
    tail[0] += 1.0
    return tail / numpy.sqrt((tail ** 2).sum())


def hall(samples, rate, seed=1):
    """The same heard across a hall, its last echo included. The level stays about what it was."""
    return signal.fftconvolve(samples, _answer(rate, seed))


def warehouse(length, rate, seed):
    """Noise of a hall where machines, fans and vehicles are at work: 6 dB less for each octave above 60 Hz, and a load that changes."""
    dice = numpy.random.default_rng(seed)
    spectrum = numpy.fft.rfft(dice.standard_normal(length))
    spectrum /= numpy.maximum(numpy.fft.rfftfreq(length, 1 / rate), 60.0)
    noise = numpy.fft.irfft(spectrum, length)
    time = numpy.arange(length) / rate
    load = 1 + 0.25 * numpy.sin(2 * numpy.pi * dice.uniform(0.3, 1.2) * time + dice.uniform(0, 2 * numpy.pi))
    return load * noise / noise.std()


def speech_db(samples, rate):
    """Level of a page while somebody speaks, dB: of its frames of 20 ms within 20 dB of the loudest."""
    size = int(rate * FRAME)
    frames = (samples[:len(samples) // size * size].reshape(-1, size) ** 2).mean(axis=1)
    return _db(frames[frames > frames.max() * 10 ** (-ACTIVE_DB / 10)])


def with_noise(samples, rate, seed, level_db):
    """Sound with the noise of a warehouse, which has `level_db` altogether; it begins half a second before the sound and ends after it."""
    margin = numpy.zeros(rate // 2)
    heard = numpy.concatenate([margin, samples, margin])
    noise = warehouse(len(heard), rate, seed)
    return heard + noise * 10 ** ((level_db - _db(noise ** 2)) / 20)


def _db(powers):
    return float(10 * numpy.log10(powers.mean() + 1e-20))
