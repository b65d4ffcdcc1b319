//! A sound card through ALSA, by name.

use super::pace::Pace;
use super::speaker::{BLOCK, RATE, SoundFault, Speaker, quantised};
use alsa::pcm::{Access, Format, HwParams, PCM};
use alsa::{Direction, ValueOr};

/// Blocks from one try to open the device to the next: 200 ms at first, 5 s at most.
const FIRST_RETRY: u32 = 20;
const LAST_RETRY: u32 = 500;

/// `EIO`, and `EINVAL`: what ALSA itself would answer.
const GONE: i32 = 5;
const NOT_OFFERED: i32 = 22;

/// An ALSA playback device. It may come and go: while it is away, blocks are paced and lost.
pub struct AlsaSpeaker {
    device: String,
    open: Option<Open>,
    pace: Pace,
    retry_in: u32,
    retry_after: u32,
}

struct Open {
    pcm: PCM,
    channels: usize,
}

impl AlsaSpeaker {
    /// Opens the device (`plughw:CARD=DigiAMP`, `default`, …).
    ///
    /// # Errors
    /// It is not there, or cannot play 16-bit samples at 48 kHz.
    pub fn open(device: &str) -> Result<Self, SoundFault> {
        let open = Open::new(device).map_err(|error| fault(device, &error))?;
        let device = device.to_owned();
        Ok(Self { device, open: Some(open), pace: Pace::default(), retry_in: 0, retry_after: FIRST_RETRY })
    }

    /// One block to the device. `Ok(false)`: the device has no clock of its own and took it at once.
    fn play(&mut self, block: &[f32; BLOCK]) -> Result<bool, SoundFault> {
        if self.open.is_none() {
            if self.retry_in > 0 {
                self.retry_in -= 1;
                return Ok(false);
            }
            let opened = Open::new(&self.device);
            self.retry_in = self.retry_after;
            self.retry_after = (self.retry_after * 2).min(LAST_RETRY);
            self.open = Some(opened.map_err(|error| fault(&self.device, &error))?);
            self.retry_after = FIRST_RETRY;
        }
        let Some(open) = &self.open else { return Ok(false) };
        match open.write(block) {
            Ok(clocked) => Ok(clocked),
            Err(error) => {
                // An underrun (EPIPE) or a suspend (ESTRPIPE) is mended in place; anything else means reopening.
                if open.pcm.try_recover(error, true).is_ok() {
                    return open.write(block).map_err(|error| fault(&self.device, &error));
                }
                self.open = None;
                Err(fault(&self.device, &error))
            }
        }
    }
}

impl Speaker for AlsaSpeaker {
    fn write(&mut self, block: &[f32; BLOCK]) -> Result<(), SoundFault> {
        let played = self.play(block);
        if !matches!(played, Ok(true)) {
            self.pace.wait();
        }
        played.map(|_| ())
    }

    fn describe(&self) -> String {
        format!("speaker: ALSA `{}`, {} Hz", self.device, RATE)
    }
}

impl Open {
    fn new(device: &str) -> alsa::Result<Self> {
        let pcm = PCM::new(device, Direction::Playback, false)?;
        let channels = {
            let parameters = HwParams::any(&pcm)?;
            parameters.set_access(Access::RWInterleaved)?;
            parameters.set_format(Format::s16())?;
            if parameters.set_rate_near(RATE, ValueOr::Nearest)? != RATE {
                return Err(alsa::Error::new("snd_pcm_hw_params_set_rate", NOT_OFFERED));
            }
            let channels = parameters.set_channels_near(1)?;
            parameters.set_period_size_near(BLOCK as i64, ValueOr::Nearest)?;
            parameters.set_buffer_size_near(4 * BLOCK as i64)?;
            pcm.hw_params(&parameters)?;
            channels
        };
        {
            let software = pcm.sw_params_current()?;
            software.set_start_threshold(2 * BLOCK as i64)?;
            pcm.sw_params(&software)?;
        }
        Ok(Self { pcm, channels: channels as usize })
    }

    /// Writes the block; says whether the device keeps time: one that never has anything queued (`null`, `file`) takes
    /// everything at once.
    fn write(&self, block: &[f32; BLOCK]) -> alsa::Result<bool> {
        let samples: Vec<i16> =
            quantised(block).iter().flat_map(|sample| std::iter::repeat_n(*sample, self.channels)).collect();
        let io = self.pcm.io_i16()?;
        let mut written = 0;
        while written < BLOCK {
            match io.writei(&samples[written * self.channels..])? {
                // A device that takes nothing and says nothing would be asked for ever.
                0 => return Err(alsa::Error::new("snd_pcm_writei", GONE)),
                taken => written += taken,
            }
        }
        Ok(self.pcm.delay().is_ok_and(|queued| queued > 0))
    }
}

fn fault(device: &str, error: &alsa::Error) -> SoundFault {
    SoundFault::Device { device: device.to_owned(), problem: error.to_string() }
}
