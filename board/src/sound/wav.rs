//! A recording in place of a device: what would have been heard, on the wall clock.

use super::pace::Pace;
use super::speaker::{BLOCK, RATE, SoundFault, Speaker, quantised};
use orbitbox_audio::wav;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Blocks between two updates of the header; a killed unit leaves a file that lacks at most one second.
const HEADER_EVERY: u64 = 100;
/// Then the recording starts over: half an hour, 173 MB.
const MOST_SAMPLES: u64 = 30 * 60 * RATE as u64;

/// Writes what is played to a WAV file at the pace of a sound card.
#[derive(Debug)]
pub struct WavSpeaker {
    path: PathBuf,
    file: Option<File>,
    samples: u64,
    blocks: u64,
    pace: Pace,
}

impl WavSpeaker {
    /// Starts the recording.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path) -> Result<Self, SoundFault> {
        let mut speaker = Self { path: path.to_owned(), file: None, samples: 0, blocks: 0, pace: Pace::of_a_speaker() };
        speaker.open()?;
        Ok(speaker)
    }

    fn open(&mut self) -> Result<(), SoundFault> {
        let made = File::create(&self.path).and_then(|mut file| file.write_all(&wav::header(RATE, 0)).map(|()| file));
        (self.samples, self.blocks) = (0, 0);
        self.file = Some(made.map_err(|error| self.fault(&error))?);
        Ok(())
    }

    fn append(&mut self, block: &[f32; BLOCK]) -> Result<(), SoundFault> {
        if self.file.is_none() || self.samples >= MOST_SAMPLES {
            self.open()?;
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut bytes = Vec::with_capacity(2 * BLOCK);
        wav::append(&mut bytes, &quantised(block));
        self.samples += BLOCK as u64;
        self.blocks += 1;
        let header = self.blocks.is_multiple_of(HEADER_EVERY).then(|| wav::header(RATE, self.samples));
        let written = file.write_all(&bytes).and_then(|()| match header {
            None => Ok(()),
            Some(header) => {
                file.seek(SeekFrom::Start(0))?;
                file.write_all(&header)?;
                file.seek(SeekFrom::End(0)).map(|_| ())
            }
        });
        written.map_err(|error| {
            self.file = None;
            self.fault(&error)
        })
    }

    fn fault(&self, error: &std::io::Error) -> SoundFault {
        SoundFault::Recording { path: self.path.display().to_string(), problem: error.to_string() }
    }
}

impl Speaker for WavSpeaker {
    fn write(&mut self, block: &[f32; BLOCK]) -> Result<(), SoundFault> {
        let written = self.append(block);
        self.pace.wait();
        written
    }

    fn describe(&self) -> String {
        format!("speaker: recorded to {}", self.path.display())
    }
}

impl Drop for WavSpeaker {
    fn drop(&mut self) {
        if let Some(file) = &mut self.file {
            let header = wav::header(RATE, self.samples);
            file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(&header)).ok();
        }
    }
}
