//! Microphones of the simulated board: the same sound over and over.

use super::microphone::Microphone;
use super::pace::Pace;
use super::speaker::{BLOCK, RATE, SoundFault};
use orbitbox_audio::{resample, tone, wav};
use std::path::Path;
use std::time::Duration;

/// The largest recording: half an hour at 48 kHz.
const MOST_BYTES: u64 = 30 * 60 * RATE as u64 * 2;

/// A microphone that hears a loop.
#[derive(Debug)]
pub struct LoopedMicrophone {
    /// Not empty.
    samples: Vec<i16>,
    at: usize,
    pace: Pace,
    name: String,
}

impl LoopedMicrophone {
    /// Hears nothing.
    pub fn silent() -> Self {
        Self::new(Vec::new(), "silence".to_owned())
    }

    /// Hears a tone of so many whole Hz, at -18 dB.
    pub fn tone(hz: u16) -> Self {
        let sine = tone::sine(RATE, f64::from(hz), -18.0, Duration::from_secs(1));
        Self::new(sine.samples, format!("a tone of {hz} Hz"))
    }

    /// Hears a recording (16-bit PCM WAV of at most half an hour).
    ///
    /// # Errors
    /// It cannot be read, or is something else.
    pub fn wav(path: &Path) -> Result<Self, SoundFault> {
        let named = path.display().to_string();
        let fault = |problem: String| SoundFault::Recording { path: named.clone(), problem };
        let length = std::fs::metadata(path).map_err(|error| fault(error.to_string()))?.len();
        if length > MOST_BYTES {
            return Err(fault(format!("{length} bytes are more than half an hour")));
        }
        let bytes = std::fs::read(path).map_err(|error| fault(error.to_string()))?;
        let pcm = wav::read(&bytes).map_err(|error| fault(error.to_string()))?;
        let samples = resample::resample(&pcm.samples, pcm.rate, RATE);
        if samples.is_empty() {
            return Err(fault("there is no sound in it".to_owned()));
        }
        Ok(Self::new(samples, named))
    }

    fn new(mut samples: Vec<i16>, name: String) -> Self {
        if samples.is_empty() {
            samples.push(0);
        }
        Self { samples, at: 0, pace: Pace::of_a_microphone(), name }
    }
}

impl Microphone for LoopedMicrophone {
    fn read(&mut self, block: &mut [f32; BLOCK]) -> Result<(), SoundFault> {
        for sample in block {
            *sample = f32::from(self.samples[self.at]) / 32_768.0;
            self.at = (self.at + 1) % self.samples.len();
        }
        self.pace.wait();
        Ok(())
    }

    fn delay(&self) -> Duration {
        Duration::from_millis(10)
    }

    fn describe(&self) -> String {
        format!("microphone: simulated, hears {}", self.name)
    }
}
