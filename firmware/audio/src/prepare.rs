//! From sound in memory to prepared music: at the rate of each codec, in whole frames, encoded once.

use crate::codec::{Codec, Encoder};
use crate::frame;
use crate::frames::{Frames, FramesFault, Writer};
use crate::{Pcm, pcm};
use std::sync::Arc;
use std::time::Duration;

/// How the end of a piece meets its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// It is played once; the last frame is filled up with silence.
    Once,
    /// It is played round and round, without a tick at the seam. Where its length is no whole number of frames, the rest
    /// is taken out by a short cross-fade.
    Loop,
}

/// Where a loop of uneven length is joined, its end fades into its beginning over this time.
const SEAM: Duration = Duration::from_millis(30);

/// Encodes a piece at any rate. `loudness` and `source` go into the header.
///
/// # Errors
/// It is shorter than a frame, or longer than [`crate::frames::MOST_FRAMES`].
pub fn prepare(pcm: &Pcm, codec: Codec, shape: Shape) -> Result<Frames, FramesFault> {
    Frames::open(Arc::new(written(pcm, codec, shape, f32::NAN, [0; 32])))
}

/// The same as the bytes of a file, with what its header says of the source.
pub fn written(pcm: &Pcm, codec: Codec, shape: Shape, loudness: f32, source: [u8; 32]) -> Vec<u8> {
    let mut encoder = Encoder::for_music(codec);
    let rate = encoder.sample_rate();
    let frame = (rate / frame::PER_SECOND) as usize;
    let samples = match shape {
        Shape::Once => {
            let mut samples = pcm.resampled(rate).samples;
            samples.resize(frames_of(pcm, shape) * frame, 0);
            samples
        }
        Shape::Loop => joined(pcm, rate, frames_of(pcm, shape) * frame),
    };
    let mut payload = [0; Encoder::MOST_BYTES];
    if shape == Shape::Loop && !matches!(codec, Codec::Pcmu | Codec::Pcma) {
        // These codecs remember: what they know at the seam has to be what they knew at the end.
        let tail = samples.len().saturating_sub(rate as usize) / frame * frame;
        for frame in samples[tail..].chunks_exact(frame) {
            encoder.encode(frame, &mut payload);
        }
    }
    let mut writer = Writer::new(codec);
    for frame in samples.chunks_exact(frame) {
        let length = encoder.encode(frame, &mut payload);
        writer.add(&payload[..length]);
    }
    writer.finish(loudness, source)
}

/// The same for every codec, whatever its rate.
fn frames_of(pcm: &Pcm, shape: Shape) -> usize {
    let parts = pcm.samples.len() * frame::PER_SECOND as usize;
    match shape {
        Shape::Once => parts.div_ceil(pcm.rate.max(1) as usize),
        Shape::Loop => parts / pcm.rate.max(1) as usize,
    }
}

/// A loop at another rate and of a shorter length.
fn joined(pcm: &Pcm, rate: u32, whole: usize) -> Vec<i16> {
    let mut samples = resampled_loop(pcm, rate);
    let seam = pcm::samples_in(rate, SEAM);
    let rest = samples.len().saturating_sub(whole);
    if rest > 0 && whole >= seam {
        for n in 0..seam {
            let share = (n as f32 + 1.0) / seam as f32;
            let (out, into) = (samples[whole - seam + n], samples[whole - seam + n + rest]);
            samples[whole - seam + n] = (f32::from(out) * (1.0 - share) + f32::from(into) * share).round() as i16;
        }
    }
    let first = samples.first().copied().unwrap_or_default();
    samples.resize(whole, first);
    samples
}

/// Beyond either end of a loop lies not silence but the loop itself.
fn resampled_loop(pcm: &Pcm, rate: u32) -> Vec<i16> {
    if pcm.rate == rate || pcm.samples.is_empty() || pcm.rate == 0 {
        return pcm.samples.clone();
    }
    // A whole second on each side comes out as a whole number of samples, whatever the rate.
    let second = pcm.rate as usize;
    let length = pcm.samples.len();
    let lead = (length - second % length) % length;
    let around = pcm.samples.iter().cycle().skip(lead).take(length + 2 * second).copied().collect();
    let samples = Pcm { rate: pcm.rate, samples: around }.resampled(rate).samples;
    let second = rate as usize;
    let end = samples.len().saturating_sub(second);
    samples.get(second..end).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Decoder;
    use crate::{detect, tone};

    /// What somebody hears who listens to a loop three times over.
    fn heard(frames: &Frames) -> Vec<i16> {
        let mut decoder = Decoder::new(frames.description().codec);
        let mut out = Vec::new();
        for payload in (0..3 * frames.count()).filter_map(|index| frames.frame(index % frames.count())) {
            let mut pcm = [0; Decoder::MOST_SAMPLES];
            let length = decoder.decode(payload, &mut pcm).unwrap_or(0);
            out.extend_from_slice(&pcm[..length]);
        }
        out
    }

    #[test]
    fn loops_have_no_tick_at_the_seam_in_any_codec() {
        // 400 Hz over 1.005 s: whole periods, but no whole number of frames.
        for rate in [8000u32, 11_025, 44_100, 48_000] {
            let pcm = tone::sine(rate, 400.0, -12.0, Duration::from_micros(1_005_000));
            for codec in Codec::ALL {
                let frames = prepare(&pcm, codec, Shape::Loop).unwrap();
                assert_eq!(frames.count(), 50, "{codec:?}");
                let heard = heard(&frames);
                let rate = codec.sample_rate() as usize;
                // A tick would lift one stretch of 5 ms out of the others.
                for piece in heard[rate / 4..].chunks_exact(rate / 200) {
                    let level = detect::level_db(piece);
                    assert!((level + 15.0).abs() < 2.5, "{codec:?} from {}: {level}", pcm.rate);
                }
            }
        }
    }

    #[test]
    fn a_piece_played_once_is_whole_in_every_codec() {
        let pcm = tone::sine(22_050, 1000.0, -12.0, Duration::from_millis(250));
        for codec in Codec::ALL {
            assert_eq!(prepare(&pcm, codec, Shape::Once).unwrap().count(), 13, "{codec:?}");
        }
        assert!(prepare(&Pcm::default(), Codec::Pcmu, Shape::Once).is_err());
        assert!(prepare(&Pcm::silence(8000, Duration::from_millis(19)), Codec::Pcmu, Shape::Loop).is_err());
    }
}
