//! Opus (RFC 6716), one channel. The one place that knows `opus_pure`.

use super::CodecFault;
use crate::convert::Converter;
use opus_pure::{Application, MAX_PACKET_SAMPLES, OpusDecoder, OpusEncoder, Signal, packet};

/// Bytes of the largest packet we make.
pub const MOST_BYTES: usize = 400;

/// Live speech: enough for wideband, and light enough for many bridges.
const SPEECH: i32 = 24_000;
/// Prepared music is encoded once and may take its time.
const MUSIC: i32 = 32_000;

/// What is lost between us and phones on a common network, in percent.
const EXPECTED_LOSS: i32 = 5;

/// Ticks of 48,000 Hz that a packet lasts (RFC 6716 section 3.1).
pub(super) fn ticks(payload: &[u8]) -> Option<u32> {
    packet::samples_48k(payload).ok().and_then(|ticks| u32::try_from(ticks).ok())
}

/// Samples to packets.
pub struct Encoder {
    encoder: OpusEncoder,
    rate: u32,
}

impl Encoder {
    /// For live speech at 16,000 Hz.
    pub fn speech() -> Self {
        Self::new(16_000, Application::Voip, SPEECH, 5)
    }

    /// For music at 48,000 Hz.
    pub fn music() -> Self {
        Self::new(48_000, Application::Audio, MUSIC, 9)
    }

    fn new(rate: u32, application: Application, bitrate: i32, complexity: i32) -> Self {
        // Rate and channels are among those the codec has: refusing them would be a fault of this file.
        #[expect(clippy::expect_used, reason = "constants of this file")]
        let mut encoder = OpusEncoder::new(rate as i32, 1, application).expect("a rate and channels of RFC 6716");
        encoder.bitrate_bps = bitrate;
        encoder.complexity = complexity;
        encoder.packet_loss_perc = EXPECTED_LOSS;
        encoder.use_inband_fec = application == Application::Voip;
        // Left to find out by itself, it begins with speech and clicks where it changes its mind.
        encoder.signal_type = (application == Application::Audio).then_some(Signal::Music);
        Self { encoder, rate }
    }

    /// Samples a second that go in.
    pub fn sample_rate(&self) -> u32 {
        self.rate
    }

    /// One packet for 20 ms; its length, or 0 where `pcm` is no such frame.
    pub fn encode(&mut self, pcm: &[i16], out: &mut [u8]) -> usize {
        let room = out.len().min(MOST_BYTES);
        self.encoder.encode_s16(pcm, (self.rate / 50) as usize, &mut out[..room]).unwrap_or(0)
    }
}

/// Packets to samples at 16,000 Hz.
///
/// They are decoded at 48,000 Hz and then brought down: asked for a lower rate, `opus_pure` 0.2 leaves what lies above half
/// of it in the packet, and folds it back into what is heard.
pub struct Decoder {
    decoder: OpusDecoder,
    converter: Converter,
    wide: Vec<i16>,
}

const RATE: u32 = 16_000;
const WIDE_RATE: u32 = 48_000;
const RATIO: usize = (WIDE_RATE / RATE) as usize;

impl Default for Decoder {
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "constants of this file")]
        let decoder = OpusDecoder::new(WIDE_RATE as i32, 1).expect("a rate and channels of RFC 6716");
        Self { decoder, converter: Converter::new(WIDE_RATE, RATE), wide: vec![0; MAX_PACKET_SAMPLES] }
    }
}

impl Decoder {
    /// Samples of one packet.
    pub fn decode(&mut self, payload: &[u8], pcm: &mut [i16]) -> Result<usize, CodecFault> {
        let length = packet::samples(payload, RATE as i32).map_err(|_| CodecFault::Damaged)?;
        let out = pcm.get_mut(..length).ok_or(CodecFault::TooLong)?;
        let wide = self.wide.get_mut(..length * RATIO).ok_or(CodecFault::TooLong)?;
        // A frame of a byte or none is a pause, in which the background goes on as after a loss: `opus_pure` 0.2 would take
        // it for a frame of silence.
        let sound = if payload.len() <= 2 && payload[0] & 3 == 0 { &[] } else { payload };
        self.decoder.decode_s16(sound, wide.len(), wide).map_err(|_| CodecFault::Damaged)?;
        narrow(&mut self.converter, wide, out);
        Ok(length)
    }

    /// What the lost packet before this one may have held: its copy inside it, else a guess.
    pub fn recover(&mut self, next: &[u8], pcm: &mut [i16]) {
        let Some(wide) = self.wide.get_mut(..pcm.len() * RATIO) else { return pcm.fill(0) };
        match self.decoder.decode_fec_s16(next, wide.len(), wide) {
            Ok(_) => narrow(&mut self.converter, wide, pcm),
            Err(_) => self.conceal(pcm),
        }
    }

    /// A guess at 20 ms that were lost.
    pub fn conceal(&mut self, pcm: &mut [i16]) {
        let Some(wide) = self.wide.get_mut(..pcm.len() * RATIO) else { return pcm.fill(0) };
        if self.decoder.decode_s16(&[], wide.len(), wide).is_err() {
            wide.fill(0);
        }
        narrow(&mut self.converter, wide, pcm);
    }
}

/// The converter takes pieces of 60 ms at most.
fn narrow(converter: &mut Converter, wide: &[i16], pcm: &mut [i16]) {
    for (wide, pcm) in wide.chunks(320 * RATIO).zip(pcm.chunks_mut(320)) {
        converter.convert(wide, pcm);
    }
}
