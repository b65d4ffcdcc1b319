//! What the unit can play to a party, encoded once and shared by all streams.

use crate::Codec;
use orbitbox_audio::codec::{pcma, pcmu};
use orbitbox_audio::{Pcm, decode, frame, tone};
use std::sync::Arc;
use std::time::Duration;

/// Longest built-in track.
const MOST_MUSIC: Duration = Duration::from_secs(300);

/// Where a loop of uneven length is joined, its end fades into its beginning over this many samples (30 ms).
const SEAM: usize = 240;

/// Everything there is to play.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// Played in a loop. An empty track is silence.
    pub music: Track,
    /// By [`crate::ClipId`].
    pub clips: Vec<Track>,
}

impl Library {
    /// The unit's own piece of music; should it ever be unreadable, a soft tone now and then, so that nobody waits in
    /// silence.
    pub fn built_in_music() -> Track {
        decode::decode(include_bytes!("../tracks/default.flac"), MOST_MUSIC)
            .map_or_else(|_| comfort_tone(), |pcm| Track::prepare_loop(&pcm))
    }
}

fn comfort_tone() -> Track {
    let mut pcm = tone::sine(frame::RATE, 425.0, -26.0, Duration::from_millis(300));
    pcm.samples.extend(Pcm::silence(frame::RATE, Duration::from_millis(3700)).samples);
    Track::prepare(&pcm)
}

/// A piece of sound in both codecs, in whole frames. Clones share the bytes.
#[derive(Debug, Clone, Default)]
pub struct Track {
    pcmu: Arc<[u8]>,
    pcma: Arc<[u8]>,
}

impl Track {
    /// Encodes a clip at any rate; the last frame is filled up with silence.
    pub fn prepare(pcm: &Pcm) -> Self {
        let mut samples = pcm.resampled(frame::RATE).samples;
        samples.resize(samples.len().next_multiple_of(frame::SAMPLES), 0);
        Self::encode(&samples)
    }

    /// Encodes a piece whose end is followed by its beginning, without a tick at the seam. Where its length is no whole
    /// number of frames, the rest is taken out by a short cross-fade.
    pub fn prepare_loop(pcm: &Pcm) -> Self {
        let mut samples = resampled_loop(pcm);
        let whole = samples.len() / frame::SAMPLES * frame::SAMPLES;
        let rest = samples.len() - whole;
        if rest > 0 && whole >= SEAM {
            for n in 0..SEAM {
                let share = (n as f32 + 1.0) / SEAM as f32;
                let (out, into) = (samples[whole - SEAM + n], samples[whole - SEAM + n + rest]);
                samples[whole - SEAM + n] = (f32::from(out) * (1.0 - share) + f32::from(into) * share).round() as i16;
            }
        }
        samples.truncate(whole);
        Self::encode(&samples)
    }

    fn encode(samples: &[i16]) -> Self {
        Self {
            pcmu: samples.iter().map(|sample| pcmu::encode(*sample)).collect(),
            pcma: samples.iter().map(|sample| pcma::encode(*sample)).collect(),
        }
    }

    /// Frames of 20 ms.
    pub fn frames(&self) -> usize {
        self.pcmu.len() / frame::SAMPLES
    }

    /// How long it plays.
    pub fn duration(&self) -> Duration {
        frame::DURATION * u32::try_from(self.frames()).unwrap_or(u32::MAX)
    }

    /// The payload of one frame; `None` beyond the end.
    pub fn frame(&self, codec: Codec, index: usize) -> Option<&[u8]> {
        let bytes = match codec {
            Codec::Pcmu => &self.pcmu,
            Codec::Pcma => &self.pcma,
        };
        let start = index.checked_mul(frame::SAMPLES)?;
        bytes.get(start..start.checked_add(frame::SAMPLES)?)
    }
}

/// Beyond either end of a loop lies not silence but the loop itself.
fn resampled_loop(pcm: &Pcm) -> Vec<i16> {
    if pcm.rate == frame::RATE || pcm.samples.is_empty() {
        return pcm.samples.clone();
    }
    // A whole second on each side comes out as a whole number of samples, whatever the rate.
    let second = pcm.rate as usize;
    let length = pcm.samples.len();
    let lead = (length - second % length) % length;
    let around = pcm.samples.iter().cycle().skip(lead).take(length + 2 * second).copied().collect();
    let samples = Pcm { rate: pcm.rate, samples: around }.resampled(frame::RATE).samples;
    let second = frame::RATE as usize;
    let end = samples.len().saturating_sub(second);
    samples.get(second..end).unwrap_or_default().to_vec()
}
