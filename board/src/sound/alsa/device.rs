//! One direction of one card, open: 16-bit samples at 48 kHz in periods of 10 ms.

use crate::sound::speaker::{BLOCK, RATE};
use alsa::pcm::{Access, Format, HwParams, PCM};
use alsa::{Direction, Error, Result, ValueOr};

/// `EAGAIN`: nothing is ready. `EIO`, and `EINVAL`: what ALSA itself would answer.
const NOT_YET: i32 = 11;
const GONE: i32 = 5;
const NOT_OFFERED: i32 = 22;

/// Periods in the device's buffer.
pub(super) const PERIODS: u32 = 4;
/// The longest that a period is waited for, and how often it is before the device counts as gone: a card that was pulled
/// out from under `dmix` says for ever that it is not ready, and one in trouble ends every wait at once.
const WAIT_MS: u32 = 20;
const MOST_WAITS: u32 = 10;

/// How a block came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// It was there already, or there was room for it.
    AtOnce,
    /// It was waited for.
    InTime,
}

/// An open device.
pub(super) struct Device {
    pcm: PCM,
    channels: usize,
    /// A block as the device has it, its channels side by side.
    interleaved: Vec<i16>,
}

impl Device {
    pub(super) fn open(name: &str, direction: Direction) -> Result<Self> {
        let pcm = PCM::new(name, direction, true)?;
        let channels = {
            let parameters = HwParams::any(&pcm)?;
            parameters.set_access(Access::RWInterleaved)?;
            parameters.set_format(Format::s16())?;
            if parameters.set_rate_near(RATE, ValueOr::Nearest)? != RATE {
                return Err(Error::new("snd_pcm_hw_params_set_rate", NOT_OFFERED));
            }
            let channels = parameters.set_channels_near(1)?;
            parameters.set_period_size_near(BLOCK as i64, ValueOr::Nearest)?;
            parameters.set_buffer_size_near(i64::from(PERIODS) * BLOCK as i64)?;
            pcm.hw_params(&parameters)?;
            channels as usize
        };
        {
            let software = pcm.sw_params_current()?;
            let begin = if direction == Direction::Playback { 2 * BLOCK as i64 } else { 1 };
            software.set_start_threshold(begin)?;
            software.set_avail_min(BLOCK as i64)?;
            pcm.sw_params(&software)?;
        }
        Ok(Self { pcm, channels, interleaved: vec![0; BLOCK * channels] })
    }

    /// Writes a block, the same to every channel.
    pub(super) fn write(&mut self, block: &[i16; BLOCK]) -> Result<Came> {
        for (moment, sample) in self.interleaved.chunks_exact_mut(self.channels).zip(block) {
            moment.fill(*sample);
        }
        let io = self.pcm.io_i16()?;
        self.transfer(|done| io.writei(&self.interleaved[done * self.channels..]))
    }

    /// Reads a block, its channels mixed to one.
    pub(super) fn read(&mut self, block: &mut [i16; BLOCK]) -> Result<Came> {
        let mut interleaved = std::mem::take(&mut self.interleaved);
        let read =
            self.pcm.io_i16().and_then(|io| self.transfer(|done| io.readi(&mut interleaved[done * self.channels..])));
        for (sample, moment) in block.iter_mut().zip(interleaved.chunks_exact(self.channels)) {
            let sum: i32 = moment.iter().map(|sample| i32::from(*sample)).sum();
            *sample = (sum / self.channels as i32) as i16;
        }
        self.interleaved = interleaved;
        read
    }

    /// Moves a block piece by piece, waiting in between, but not for ever. An underrun or overrun (EPIPE) and a suspend
    /// (ESTRPIPE) are mended in place.
    fn transfer(&self, mut piece: impl FnMut(usize) -> Result<usize>) -> Result<Came> {
        let (mut done, mut waits, mut came) = (0, 0, Came::AtOnce);
        while done < BLOCK {
            match piece(done) {
                Ok(moved) if moved > 0 => {
                    (done, waits) = (done + moved, 0);
                    continue;
                }
                Err(error) if error.errno() != NOT_YET => self.pcm.try_recover(error, true)?,
                _ => {
                    self.pcm.wait(Some(WAIT_MS)).ok();
                }
            }
            (waits, came) = (waits + 1, Came::InTime);
            if waits > MOST_WAITS {
                return Err(Error::new("snd_pcm_wait", GONE));
            }
        }
        Ok(came)
    }

    /// Samples that are written and not yet played, or captured and not yet read.
    pub(super) fn queued(&self) -> usize {
        self.pcm.delay().map_or(0, |frames| usize::try_from(frames).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn null() -> Device {
        Device::open("null", Direction::Playback).unwrap()
    }

    #[test]
    fn a_block_may_come_in_pieces() {
        let mut pieces = vec![];
        let came = null().transfer(|done| {
            pieces.push(done);
            Ok((BLOCK - done).min(200))
        });
        assert_eq!((came.unwrap(), pieces), (Came::AtOnce, vec![0, 200, 400]));
    }

    #[test]
    fn a_block_that_is_late_or_overrun_comes_all_the_same() {
        let (mut asked, answers) = (0, [NOT_YET, 32, NOT_YET]);
        let came = null().transfer(|_| {
            asked += 1;
            answers.get(asked - 1).map_or(Ok(BLOCK), |errno| Err(Error::new("snd_pcm_readi", *errno)))
        });
        assert_eq!(came.unwrap(), Came::InTime);
    }

    #[test]
    fn a_device_that_never_answers_is_not_waited_for_for_ever() {
        for silence in [Err(NOT_YET), Ok(0)] {
            let mut asked = 0;
            let ended = null().transfer(|_| {
                asked += 1;
                silence.map_err(|errno| Error::new("snd_pcm_readi", errno))
            });
            assert_eq!((ended.unwrap_err().errno(), asked), (GONE, MOST_WAITS + 1));
        }
    }

    #[test]
    fn a_device_that_is_gone_says_so_at_once() {
        let mut asked = 0;
        let ended = null().transfer(|_| {
            asked += 1;
            Err(Error::new("snd_pcm_readi", 19))
        });
        assert_eq!((ended.unwrap_err().errno().abs(), asked), (19, 1));
    }
}
