"""The unit's codecs against those of others, on the same sound: G.722 to the bit, Opus to what the ear cannot tell."""

import subprocess
from functools import lru_cache
from pathlib import Path

import numpy
import pytest
import soundfile

from agents import libopus, sound, transcoder

FIRMWARE = Path(__file__).parents[2] / "firmware"
RATE = 16000
# The unit decodes at 48,000 Hz and brings that down by a filter of 144 taps.
DELAY = 71.5 / 48000
HEARD = 7000


@lru_cache
def piece(kind, rate, seconds=6):
    """The unit's own voice or music, in 16 bits, with silence before and after."""
    names = ("*.flac", "digits/[0-9].flac", "digits/[0-9]-last.flac")
    said = sorted((path for name in names for path in FIRMWARE.glob(f"paging/prompts/en/{name}")), key=lambda path: path.name)
    paths = said if kind == "speech" else [FIRMWARE / "media" / "tracks" / "default.flac"]
    read = [soundfile.read(path, always_2d=True) for path in paths]
    whole = numpy.concatenate([sound.resample(samples.mean(axis=1), was, rate) for samples, was in read])[:seconds * rate]
    whole = numpy.pad(whole, rate // 5)
    return samples_of(whole[:len(whole) // (rate * 3 // 25) * (rate * 3 // 25)])


def samples_of(values):
    """16 bits of -1 to 1."""
    return numpy.clip(numpy.round(numpy.asarray(values) * 32768), -32768, 32767).astype("<i2")


def minutes():
    """Two minutes at 16 kHz: speech, music, noise that comes and goes, and a square wave of full scale."""
    chance = numpy.random.default_rng(722)
    noise = chance.uniform(-1, 1, 20 * RATE) * numpy.abs(numpy.sin(numpy.arange(20 * RATE) / 9000))
    square = numpy.where(numpy.arange(5 * RATE) // 23 % 2, 1.0, -1.0)
    parts = [piece("speech", RATE, 60), piece("music", RATE, 90), samples_of(noise), samples_of(square)]
    whole = numpy.concatenate(parts)
    assert len(whole) > 120 * RATE
    return whole[:len(whole) // 320 * 320]


def ffmpeg(data, *words):
    """What ffmpeg makes of some bytes."""
    done = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *words[:-1], "-i", "pipe:0", *words[-1], "pipe:1"], input=data, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout


PCM = ["-f", "s16le", "-ar", str(RATE), "-ac", "1"]


def likeness(ours, theirs, delay=DELAY):
    """How far the difference lies below what libopus made at 48 kHz, in dB, up to 7 kHz."""
    assert len(theirs) == 3 * len(ours)
    ours, theirs = numpy.fft.rfft(ours.astype(float)), numpy.fft.rfft(theirs.astype(float)) / 3
    hertz = numpy.arange(len(ours)) * RATE / (2 * (len(ours) - 1))
    theirs = theirs[:len(ours)] * numpy.exp(-2j * numpy.pi * hertz * delay)
    heard = hertz < HEARD
    return 10 * numpy.log10((numpy.abs(theirs[heard]) ** 2).sum() / (numpy.abs(ours[heard] - theirs[heard]) ** 2).sum())


def narrow(samples):
    """48 kHz brought down to 16 kHz, as late as the unit does it."""
    spectrum = numpy.fft.rfft(samples.astype(float))
    hertz = numpy.arange(len(spectrum)) * 48000 / len(samples)
    return sound.resample(numpy.fft.irfft(spectrum * numpy.exp(-2j * numpy.pi * hertz * DELAY), len(samples)), 48000, RATE)


def kinds(packets):
    """The configurations (RFC 6716 table 2) of some packets."""
    return {packet[0] >> 3 for packet in packets}


def test_g722_encodes_as_ffmpeg_does(folder):
    """To the bit."""
    samples = minutes()
    ours = transcoder.encode(folder, "G722", samples)
    theirs = ffmpeg(samples.tobytes(), *PCM, ["-c:a", "g722", "-f", "g722"])
    assert len(ours) == len(samples) // 2
    assert ours == theirs


def test_g722_decodes_as_ffmpeg_does(folder):
    """To the bit, what was encoded as well as bytes of pure chance."""
    encoded = transcoder.encode(folder, "G722", minutes())
    for payload in (encoded, numpy.random.default_rng(2).bytes(480_000), encoded[:12_345]):
        ours = transcoder.decode(folder, "G722", payload)
        theirs = ffmpeg(payload, "-f", "g722", [*PCM])
        assert len(ours) == 2 * len(payload)
        assert ours.tobytes() == theirs


@pytest.mark.parametrize("kind", ["speech", "music"])
@pytest.mark.parametrize("order,rate,bits", [("encode", RATE, 24_000), ("encode-music", 48_000, 32_000)])
def test_libopus_understands_our_packets(folder, kind, order, rate, bits):
    """One channel, 20 ms each, no more bits than said; decoded alike by both."""
    packets = transcoder.encode(folder, "opus", piece(kind, rate), order)
    assert {libopus.duration(packet) for packet in packets} == {20}
    assert not any(packet[0] & 4 for packet in packets)
    # Copies for packets that are lost come out of the same bits.
    assert 0.7 < sum(map(len, packets)) * 8 * 50 / len(packets) / bits < 1.1
    assert likeness(transcoder.decode(folder, "opus", packets), libopus.decode(packets, 48000)) > 60


@pytest.mark.parametrize("kind", ["speech", "music"])
@pytest.mark.parametrize("application", [libopus.VOIP, libopus.AUDIO])
@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_we_understand_packets_of_libopus(folder, kind, application, rate):
    """Every length, width and number of channels, at few bits and at many."""
    seen, faults = set(), []
    samples = piece(kind, rate)
    both = numpy.repeat(samples, 2)
    for milliseconds in (2.5, 5, 10, 20, 40, 60):
        for bits, channels, width in ((12_000, 1, None), (24_000, 1, None), (64_000, 1, libopus.FULL), (32_000, 1, libopus.SUPER_WIDE), (48_000, 2, None), (16_000, 1, libopus.NARROW)):
            packets = libopus.encode(both if channels == 2 else samples, rate, milliseconds, application, bits, channels, width)
            assert channels == 1 or any(packet[0] & 4 for packet in packets)
            seen |= kinds(packets)
            like = likeness(transcoder.decode(folder, "opus", packets), libopus.decode(packets, 48000))
            if like < 60:
                faults.append((milliseconds, bits, channels, width, sorted(kinds(packets)), round(like, 1)))
    assert len(seen) > 5, seen
    assert not faults, "\n".join(map(str, faults))


@pytest.mark.parametrize("background", [10, 100, 300])
def test_pauses_sound_like_the_background(folder, background):
    """A phone that sends next to nothing in silence (DTX), packets of one byte: its background goes on as loud as with libopus."""
    chance = numpy.random.default_rng(background)
    samples = numpy.pad(piece("speech", RATE), (0, 4 * RATE)).astype(float)
    samples = samples_of((samples + background * chance.standard_normal(len(samples))) / 32768)
    packets = libopus.encode(samples, RATE, 20, bitrate=16_000, dtx=True)
    pause = numpy.repeat([len(packet) <= 2 for packet in packets], RATE // 50)
    assert pause.sum() > RATE
    ours, theirs = transcoder.decode(folder, "opus", packets).astype(float), narrow(libopus.decode(packets, 48000))
    louder = 10 * numpy.log10((ours[pause] ** 2).mean() / (theirs[pause] ** 2).mean())
    assert abs(louder) < 1, louder


def lossy(packets, share):
    """Packets of which some are lost, now and then two in a row."""
    chance = numpy.random.default_rng(6716)
    return [None if chance.random() < share and index > 10 else packet for index, packet in enumerate(packets)]


@pytest.mark.parametrize("rate", [RATE, 48000])
def test_lost_packets_are_made_good_from_the_next(folder, rate):
    """Copies that libopus sends along are used: as near to what was said as libopus itself comes, and far nearer than a guess."""
    packets = libopus.encode(piece("speech", rate), rate, 20, bitrate=32_000, bandwidth=libopus.WIDE, loss=20)
    whole, lost = libopus.decode(packets, 48000), lossy(packets, 0.15)
    assert 40 < lost.count(None) < 120
    ours = transcoder.decode(folder, "opus", lost)
    theirs, guessed = (narrow(libopus.decode(lost, 48000, fec=copies)) for copies in (True, False))
    reached, wanted, guess = (likeness(samples, whole) for samples in (ours, theirs, guessed))
    print(f"{rate} Hz: {reached:.1f} dB, libopus {wanted:.1f} dB, guessed {guess:.1f} dB")
    assert reached > wanted - 0.5
    assert reached > guess + 3


@pytest.mark.parametrize("kind", ["speech", "music"])
def test_lost_packets_are_guessed_as_well_as_libopus_does(folder, kind):
    """No copies at hand."""
    packets = libopus.encode(piece(kind, 48000), 48000, 20, libopus.AUDIO, bitrate=48_000)
    whole, lost = libopus.decode(packets, 48000), lossy(packets, 0.05)
    ours, theirs = transcoder.decode(folder, "opus", lost), narrow(libopus.decode(lost, 48000))
    reached, wanted = likeness(ours, whole), likeness(theirs, whole)
    print(f"{kind}: {reached:.1f} dB, libopus {wanted:.1f} dB")
    assert reached > wanted - 1


def test_our_packets_make_lost_ones_good(folder):
    """What we send carries copies that libopus finds."""
    packets = transcoder.encode(folder, "opus", piece("speech", RATE))
    whole, lost = libopus.decode(packets, 48000), lossy(packets, 0.1)
    copied, guessed = (likeness(narrow(libopus.decode(lost, 48000, fec=copies)), whole) for copies in (True, False))
    print(f"{copied:.1f} dB, guessed {guessed:.1f} dB")
    assert copied > guessed + 3


def test_a_tone_keeps_its_level_on_the_way_to_libopus_and_back(folder):
    """1 kHz within half a dB."""
    tone = samples_of(sound.sine(1000, 3, RATE, 0.3))
    there = libopus.decode(transcoder.encode(folder, "opus", tone), RATE)
    back = transcoder.decode(folder, "opus", libopus.encode(tone, RATE))
    for heard in (there, back):
        level = numpy.sqrt(numpy.mean((heard[RATE:2 * RATE] / 32768.0) ** 2))
        assert abs(20 * numpy.log10(level / (0.3 / numpy.sqrt(2)))) < 0.5
