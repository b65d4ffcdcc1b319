//! The second time through a file: louder or softer, one channel, at the rate of every codec, encoded.

use crate::ImportFault;
use crate::measure::{Measured, Meter};
use orbitbox_audio::codec::{Codec, Encoder};
use orbitbox_audio::convert::Converter;
use orbitbox_audio::decode::{DecodeFault, Reader};
use orbitbox_audio::frames::Writer;
use orbitbox_audio::gain;
use orbitbox_audio::limiter::Limiter;
use std::time::Duration;

/// Both ends are faded over this time, so that no seam ticks.
const FADE: Duration = Duration::from_millis(30);

/// Silence before each track. A decoder of G.722 remembers what it has heard, or that it has heard nothing yet; after so
/// long a rest it stands where the encoder does, whatever was before.
const REST: Duration = Duration::from_millis(200);

/// No peak lies above, in dB.
const CEILING: f32 = -1.0;

/// What has become of a file.
pub(crate) struct Prepared {
    pub frames: Vec<(Codec, Writer)>,
    pub loudness: f32,
    pub seconds: f64,
}

/// Prepares the file in every codec. `progress` is told how much was done so far.
pub(crate) fn prepare(
    reader: &mut Reader,
    measured: &Measured,
    progress: &mut dyn FnMut(Duration),
) -> Result<Prepared, ImportFault> {
    let Measured { rate, channel, from, to, gain } = *measured;
    // Converters lag behind by 3 ms at most.
    let count = ((to - from + u64::from(rate) / 250) * 50).div_ceil(u64::from(rate)) + REST.as_millis() as u64 / 20;
    let mut makers: Vec<Maker> = Codec::ALL.into_iter().map(|codec| Maker::new(codec, rate, count)).collect();
    makers.iter_mut().for_each(|maker| maker.rest(REST));
    let mut meter = Meter::new(rate).ok_or(DecodeFault::Rate(rate))?;
    let mut limiter = Limiter::new(rate, CEILING);
    let (ratio, delay) = (gain::ratio(gain as f32), limiter.delay() as u64);
    let fade = (FADE.as_secs_f64() * f64::from(rate)).max(1.0);
    let length = to - from;
    let (mut at, mut piece, mut mono) = (0u64, Vec::new(), Vec::new());
    // The limiter hands out what went in a little before: silence at the end brings out the last of it.
    let mut flushed = false;
    let mut out = 0u64;
    loop {
        mono.clear();
        match reader.read(&mut piece)? {
            Some((_, channels)) => {
                for moment in piece.chunks_exact(channels) {
                    let mix = moment.iter().sum::<f32>() / channels as f32;
                    let sample = channel.and_then(|channel| moment.get(channel)).copied().unwrap_or(mix);
                    if (from..to).contains(&at) {
                        let (begun, left) = ((at - from) as f64 / fade, (to - at) as f64 / fade);
                        let faded = begun.min(left).min(1.0) as f32;
                        mono.push(if sample.is_finite() {
                            sample.clamp(-Meter::HEADROOM, Meter::HEADROOM) * ratio * faded
                        } else {
                            0.0
                        });
                    }
                    at += 1;
                }
                piece.clear();
            }
            None if flushed => break,
            None => {
                mono.resize(delay as usize, 0.0);
                flushed = true;
            }
        }
        limiter.process(&mut mono);
        for sample in &mono {
            if out >= delay && out - delay < length {
                let sample = *sample;
                meter.add(sample);
                let whole = (sample * 32_767.0).round() as i16;
                makers.iter_mut().for_each(|maker| maker.add(whole));
            }
            out += 1;
        }
        progress(Duration::from_secs_f64(at as f64 / f64::from(rate)));
    }
    let frames = makers.into_iter().map(Maker::finish).collect();
    Ok(Prepared { frames, loudness: meter.loudness() as f32, seconds: length as f64 / f64::from(rate) })
}

/// One codec's share of the work.
struct Maker {
    codec: Codec,
    encoder: Encoder,
    converter: Converter,
    writer: Writer,
    /// Frames that are still to be written.
    left: u64,
    rate: u32,
    waiting: Vec<i16>,
    converted: Vec<i16>,
    room: Vec<i16>,
}

impl Maker {
    const PIECE: usize = 1024;

    fn new(codec: Codec, rate: u32, left: u64) -> Self {
        let encoder = Encoder::for_music(codec);
        let most = Self::PIECE * (encoder.sample_rate() as usize).div_ceil(rate.max(1) as usize) + 8;
        Self {
            codec,
            converter: Converter::new(rate, encoder.sample_rate()),
            encoder,
            writer: Writer::new(codec),
            left,
            rate,
            waiting: Vec::with_capacity(Self::PIECE),
            converted: Vec::new(),
            room: vec![0; most],
        }
    }

    fn add(&mut self, sample: i16) {
        self.waiting.push(sample);
        if self.waiting.len() == Self::PIECE {
            self.pass();
        }
    }

    fn pass(&mut self) {
        let length = self.converter.convert(&self.waiting, &mut self.room);
        self.waiting.clear();
        self.converted.extend_from_slice(&self.room[..length]);
        let frame = self.encoder.sample_rate() as usize / 50;
        let whole = self.converted.len() / frame * frame;
        for frame in self.converted[..whole].chunks_exact(frame) {
            let Some(left) = self.left.checked_sub(1) else { break };
            self.left = left;
            let mut payload = [0; Encoder::MOST_BYTES];
            let length = self.encoder.encode(frame, &mut payload);
            self.writer.add(&payload[..length]);
        }
        self.converted.drain(..whole);
    }

    fn rest(&mut self, time: Duration) {
        let silence = time.as_millis() as u64 * u64::from(self.rate) / 1000;
        (0..silence).for_each(|_| self.add(0));
    }

    /// Silence brings out what the converter still holds, and fills up the last frame.
    fn finish(mut self) -> (Codec, Writer) {
        self.rest(Duration::from_millis(50));
        self.pass();
        (self.codec, self.writer)
    }
}
