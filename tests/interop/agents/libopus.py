"""The reference implementation of Opus, packet by packet. On Debian it comes with baresip."""

import cffi
import numpy

VOIP, AUDIO = 2048, 2049
_SET_BITRATE, _SET_BANDWIDTH, _SET_COMPLEXITY, _SET_FEC, _SET_LOSS, _SET_DTX, _SET_CHANNELS = 4002, 4008, 4010, 4012, 4014, 4016, 4022
NARROW, MEDIUM, WIDE, SUPER_WIDE, FULL = range(1101, 1106)
_MOST_BYTES = 4000

_FFI = cffi.FFI()
_FFI.cdef("""
    void *opus_encoder_create(int32_t rate, int channels, int application, int *error);
    int32_t opus_encode(void *encoder, const int16_t *pcm, int samples, unsigned char *packet, int32_t most);
    int opus_encoder_ctl(void *encoder, int request, ...);
    void opus_encoder_destroy(void *encoder);
    void *opus_decoder_create(int32_t rate, int channels, int *error);
    int opus_decode(void *decoder, const unsigned char *packet, int32_t length, int16_t *pcm, int samples, int fec);
    void opus_decoder_destroy(void *decoder);
    int opus_packet_get_nb_samples(const unsigned char *packet, int32_t length, int32_t rate);
    const char *opus_get_version_string(void);
""")
_LIBRARY = _FFI.dlopen("libopus.so.0")


def version():
    """As the library calls itself."""
    return _FFI.string(_LIBRARY.opus_get_version_string()).decode()


def duration(packet):
    """In milliseconds."""
    return _good(_LIBRARY.opus_packet_get_nb_samples(packet, len(packet), 48000)) / 48


def encode(samples, rate, milliseconds=20, application=VOIP, bitrate=24000, channels=1, bandwidth=None, complexity=9, loss=None, dtx=False):
    """Packets. Samples are 16-bit, those of two channels in turn; `loss` in percent asks for copies of packets in the next ones."""
    error = _FFI.new("int *")
    encoder = _LIBRARY.opus_encoder_create(rate, channels, application, error)
    _good(error[0])
    wishes = [(_SET_BITRATE, bitrate), (_SET_COMPLEXITY, complexity), (_SET_DTX, int(dtx)), (_SET_CHANNELS, channels)]
    if bandwidth is not None:
        wishes.append((_SET_BANDWIDTH, bandwidth))
    if loss is not None:
        wishes += [(_SET_FEC, 1), (_SET_LOSS, loss)]
    for request, value in wishes:
        _good(_LIBRARY.opus_encoder_ctl(encoder, request, _FFI.cast("int32_t", value)))
    samples = numpy.ascontiguousarray(samples, dtype="<i2")
    frame, room, packets = int(rate * milliseconds / 1000), _FFI.new("unsigned char[]", _MOST_BYTES), []
    for begin in range(0, len(samples) - frame * channels + 1, frame * channels):
        pcm = _FFI.from_buffer("int16_t[]", samples[begin:begin + frame * channels])
        length = _good(_LIBRARY.opus_encode(encoder, pcm, frame, room, _MOST_BYTES))
        packets.append(bytes(_FFI.buffer(room, length)))
    _LIBRARY.opus_encoder_destroy(encoder)
    return packets


def decode(packets, rate=16000, fec=True):
    """Samples of one channel. `None` is a lost packet of 20 ms: made good from the next one where `fec` is asked for, else guessed."""
    error = _FFI.new("int *")
    decoder = _LIBRARY.opus_decoder_create(rate, 1, error)
    _good(error[0])
    room, out = _FFI.new("int16_t[]", rate * 120 // 1000), []
    for index, packet in enumerate(packets):
        following = packets[index + 1] if index + 1 < len(packets) else None
        if packet is not None:
            length = _LIBRARY.opus_decode(decoder, packet, len(packet), room, rate * 120 // 1000, 0)
        elif fec and following is not None:
            length = _LIBRARY.opus_decode(decoder, following, len(following), room, rate // 50, 1)
        else:
            length = _LIBRARY.opus_decode(decoder, _FFI.NULL, 0, room, rate // 50, 0)
        out.append(numpy.frombuffer(bytes(_FFI.buffer(room, 2 * _good(length))), dtype="<i2"))
    _LIBRARY.opus_decoder_destroy(decoder)
    return numpy.concatenate(out)


def _good(result):
    assert result >= 0, f"libopus says {result}"
    return result
