"""What the real program says overhead is understood by somebody who does not know it."""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy
import pytest
import room
from agents.sound import read_wav
from scipy import signal
from spoken import DRIVES, LANGUAGES, OUT
from tally import Tally

PROMPTS = Path(__file__).parents[2] / "firmware" / "paging" / "prompts"
# What simulated air carries, Hz.
AIR = 24_000
# Each page is heard so often in noise, each time another one: with 36 digits one more or less is chance.
TAKES = 3
# Noise below the speech, dB, and the share of the digits that is to be understood without noise and in it. German has no aim.
AIM = {"en": (3, 1.00, 0.97), "es": (6, 0.80, 0.80), "fr": (6, 0.80, 0.80), "de": (6, 0.00, 0.00)}
# Speech below the noise in which equal peaks are compared, dB. In as much noise as speech both are read nearly whole, and chance decides.
LOUD = 6
# What German may not become worse than, without noise and in it.
GERMAN = (0.50, 0.40)


def lead_in(language):
    """The words before the digits."""
    return tomllib.loads((PROMPTS / language / "words.toml").read_text(encoding="utf-8"))["phrase"]["call-on-orbit"]["text"]


def across_the_hall(page):
    """A page as it sounds at the listener, without noise."""
    return room.hall(room.horn(signal.resample_poly(page.samples, AIR, page.rate), AIR), AIR)


def understood(recogniser, language, pages, noise_db=None, levels=None):
    """Reads pages in noise that many dB below each (or below `levels`); a tally."""
    takes = 1 if noise_db is None else TAKES
    sounds = []
    for number, page in enumerate(pages):
        sound = across_the_hall(page)
        if noise_db is None:
            sounds.append(sound)
            continue
        level = room.speech_db(sound, AIR) if levels is None else levels[number]
        sounds += [room.with_noise(sound, AIR, 100 + number + 50 * take, level - noise_db) for take in range(takes)]
    silence = [room.warehouse(5 * AIR, AIR, 900 + number) for number in range(2)]
    read = recogniser.read(sounds, AIR, language, lead_in(language), len(pages[0].orbit), silence)
    return Tally([(page.orbit, digits) for page, digits in zip([page for page in pages for _ in range(takes)], read)])


@pytest.mark.parametrize("drive", DRIVES)
@pytest.mark.parametrize("noisy", [False, True], ids=["quiet", "noisy"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_orbits_are_understood(pages, recogniser, language, noisy, drive):
    """Through a horn and across a hall, without noise and in that of a warehouse, the limiter driven and not."""
    noise_db, *aims = AIM[language]
    tally = understood(recogniser, language, pages[language, drive], noise_db if noisy else None)
    tally.enter(language, drive, f"{noise_db:+} dB" if noisy else "none")
    least = GERMAN[noisy] if language == "de" else aims[noisy]
    assert tally.rate >= least, f"{language}: {tally.rate:.0%} of the digits"


def test_a_driven_limiter_is_heard_better_at_the_same_peak(pages, recogniser):
    """The amplifier's highest peak and the noise are the same: what the limiter makes dense is louder, and so better understood."""
    driven, plain = (pages["en", drive] for drive in DRIVES)
    gain = peak(numpy.concatenate([page.samples for page in driven])) / peak(numpy.concatenate([page.samples for page in plain]))
    plain = [replace(page, samples=page.samples * gain) for page in plain]
    levels = [room.speech_db(across_the_hall(page), AIR) for page in driven]
    both = []
    for drive, spoken in zip(DRIVES, (driven, plain)):
        both.append(understood(recogniser, "en", spoken, -LOUD, levels))
        both[-1].enter("en", drive, f"-{LOUD} dB, peaks and noise equal")
    rates = [one.rate for one in both]
    assert rates[0] >= max(rates[1], 0.85), rates


@pytest.mark.parametrize("drive", DRIVES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_peak_is_over_the_ceiling(pages, language, drive):
    """Not between two samples either: with eight times as many of them the highest is at most -1 dB, within a tenth."""
    assert pages[language, drive]
    samples, _ = read_wav(OUT / f"{language}-{drive}" / "speaker.wav")
    highest = 20 * numpy.log10(peak(samples))
    assert highest <= -1.0, f"{language}: {highest:.2f} dB"
    assert drive == 0 or highest > -1.5, f"{language}: {highest:.2f} dB is far from the ceiling: the limiter is not driven"


def peak(samples):
    """The highest peak, between samples too (ITU-R BS.1770-4, annex 2, with twice its points)."""
    return float(numpy.abs(signal.resample_poly(samples, 8, 1)).max())
