use super::jitter::{Jitter, Taken};
use orbitbox_audio::codec::comfort_noise::{self, Noise};
use orbitbox_audio::codec::{Codec, Decoder};
use orbitbox_audio::convert::Converter;
use orbitbox_audio::{detect, frame};
use std::time::Duration;

/// Where nothing comes, so many frames are guessed; then nothing is sent.
const MOST_GUESSES: u32 = 3;

/// The same while an Opus party rests: it says so with payloads of up to two bytes, one every 400 ms (RFC 7587 section 3.1.3).
const MOST_AT_REST: u32 = 30;
const REST: usize = 2;

/// One frame that waits needlessly may be left out where it is softer than this.
const QUIET_DB: f64 = -45.0;

/// What a party says, made even, decoded and brought to another rate.
#[derive(Debug)]
pub(crate) struct Hearing {
    jitter: Jitter,
    decoder: Decoder,
    converter: Converter,
    /// At the rate that is wanted; what packets of other lengths leave over.
    ready: Vec<i16>,
    decoded: [i16; Decoder::MOST_SAMPLES],
    converted: Vec<i16>,
    noise: Noise,
    /// What the party has said of its background since it stopped sending.
    background: Option<u8>,
    guesses: u32,
    most_guesses: u32,
    /// Samples of the last packet: a lost one was as long.
    usual: usize,
}

impl Hearing {
    /// Of a party that speaks this codec, for somebody who wants `rate` samples a second, 48,000 at most.
    pub fn new(from: Codec, rate: u32) -> Self {
        let most = Decoder::MOST_SAMPLES * rate.div_ceil(from.sample_rate()) as usize;
        Self {
            jitter: Jitter::default(),
            decoder: Decoder::new(from),
            converter: Converter::new(from.sample_rate(), rate),
            ready: Vec::with_capacity(2 * most),
            decoded: [0; Decoder::MOST_SAMPLES],
            converted: vec![0; most],
            noise: Noise::default(),
            background: None,
            guesses: 0,
            most_guesses: MOST_GUESSES,
            usual: from.frame_samples(),
        }
    }

    pub fn is_from(&self, codec: Codec) -> bool {
        self.decoder.codec() == codec
    }

    /// Of the party: whether its packets came too late to be played is known here alone.
    pub fn late(&self) -> u64 {
        self.jitter.late()
    }

    pub fn hear(&mut self, now: Duration, ssrc: u32, sequence: u16, payload: &[u8]) {
        self.background = None;
        self.jitter.put(now, ssrc, sequence, payload);
    }

    /// The party falls silent, and says how loud its background is.
    pub fn rest(&mut self, payload: &[u8]) {
        self.background = comfort_noise::level(payload);
    }

    /// The next samples, as many as wanted; `false` while there is nothing to say.
    pub fn fill(&mut self, now: Duration, samples: &mut [i16]) -> bool {
        while self.ready.len() < samples.len() {
            let Some(length) = self.next_piece(now) else { return false };
            let converted = self.converter.convert(&self.decoded[..length], &mut self.converted);
            self.ready.extend_from_slice(&self.converted[..converted]);
        }
        samples.copy_from_slice(&self.ready[..samples.len()]);
        self.ready.drain(..samples.len());
        true
    }

    /// Decodes, guesses or makes up the next piece; how many samples it has.
    fn next_piece(&mut self, now: Duration) -> Option<usize> {
        let one = self.decoder.codec().frame_samples();
        loop {
            match self.jitter.take(now) {
                Taken::Packet(payload) => {
                    let decoded = self.decoder.decode(&payload, &mut self.decoded);
                    let rests = self.decoder.codec() == Codec::Opus && payload.len() <= REST;
                    self.jitter.give_back(payload);
                    let Ok(length) = decoded.map(|length| length.min(self.decoded.len())) else {
                        return Some(self.guess_packet());
                    };
                    self.guesses = 0;
                    self.most_guesses = if rests { MOST_AT_REST } else { MOST_GUESSES };
                    if length > 0 {
                        self.usual = length;
                    }
                    if self.jitter.has_slack(frame::DURATION) && detect::level_db(&self.decoded[..length]) < QUIET_DB {
                        continue;
                    }
                    return Some(length);
                }
                Taken::Lost => return Some(self.guess_packet()),
                Taken::Nothing => {
                    if let Some(level) = self.background {
                        self.noise.fill(level, &mut self.decoded[..one]);
                        return Some(one);
                    }
                    self.guesses = self.guesses.saturating_add(1);
                    // Before the first packet there is nothing to guess from: zeros would be sent for sound.
                    if self.guesses > self.most_guesses || !self.jitter.has_played() {
                        return None;
                    }
                    self.decoder.conceal(None, &mut self.decoded[..one]);
                    return Some(one);
                }
            }
        }
    }

    /// Guesses a packet that is lost or unreadable; how many samples it has.
    fn guess_packet(&mut self) -> usize {
        let (one, whole) = (self.decoder.codec().frame_samples(), self.usual);
        let mut at = 0;
        while at < whole {
            let end = (at + one).min(whole);
            // The next packet's copy is of the last 20 ms.
            let next = if end == whole { self.jitter.peek() } else { None };
            self.decoder.conceal(next, &mut self.decoded[at..end]);
            at = end;
        }
        whole
    }
}
