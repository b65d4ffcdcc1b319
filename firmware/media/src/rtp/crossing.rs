use super::hearing::Hearing;
use orbitbox_audio::codec::{Codec, Encoder};
use std::time::Duration;

/// Of 20 ms at 48,000 Hz.
const MOST_SAMPLES: usize = 960;

/// The way from a party to a peer with another codec: heard, brought to the other rate, encoded.
#[derive(Debug)]
pub(super) struct Crossing {
    hearing: Hearing,
    encoder: Encoder,
    samples: [i16; MOST_SAMPLES],
    payload: [u8; Encoder::MOST_BYTES],
}

impl Crossing {
    pub fn new(from: Codec, to: Codec) -> Self {
        Self {
            hearing: Hearing::new(from, to.sample_rate()),
            encoder: Encoder::new(to),
            samples: [0; MOST_SAMPLES],
            payload: [0; Encoder::MOST_BYTES],
        }
    }

    pub fn is_from(&self, codec: Codec) -> bool {
        self.hearing.is_from(codec)
    }

    pub fn is_to(&self, codec: Codec) -> bool {
        self.encoder.codec() == codec
    }

    pub fn late(&self) -> u64 {
        self.hearing.late()
    }

    pub fn hear(&mut self, now: Duration, ssrc: u32, sequence: u16, payload: &[u8]) {
        self.hearing.hear(now, ssrc, sequence, payload);
    }

    pub fn rest(&mut self, payload: &[u8]) {
        self.hearing.rest(payload);
    }

    /// The payload of the next 20 ms; `None` while there is nothing to say.
    pub fn frame(&mut self, now: Duration) -> Option<&[u8]> {
        let samples = &mut self.samples[..self.encoder.codec().frame_samples()];
        if !self.hearing.fill(now, samples) {
            return None;
        }
        let length = self.encoder.encode(samples, &mut self.payload);
        (length > 0).then_some(&self.payload[..length])
    }
}
