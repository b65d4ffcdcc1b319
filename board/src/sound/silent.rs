//! No device: the pace of one, and nothing heard.

use super::pace::Pace;
use super::speaker::{BLOCK, SoundFault, Speaker};

/// A speaker that nobody hears.
#[derive(Debug)]
pub struct SilentSpeaker {
    pace: Pace,
}

impl Default for SilentSpeaker {
    fn default() -> Self {
        Self { pace: Pace::of_a_speaker() }
    }
}

impl Speaker for SilentSpeaker {
    fn write(&mut self, _block: &[f32; BLOCK]) -> Result<(), SoundFault> {
        self.pace.wait();
        Ok(())
    }

    fn describe(&self) -> String {
        "speaker: simulated, heard in the browser only".to_owned()
    }
}
