//! Brings whoever speaks to one loudness, whether they whisper or shout.

use orbitbox_audio::gain;

/// Mean level (RMS) that leaves it, dB: the speaker's chain makes -16 LUFS of it.
pub(crate) const LEVEL_DB: f32 = -24.0;
/// Softer sound says nothing of how loud somebody speaks.
const FLOOR_DB: f32 = -60.0;
/// The same for sound so far below what was usual: a pause.
pub(crate) const PAUSE_DB: f32 = 18.0;
/// A pause of so many frames is none: they speak more softly from now on.
const LONGEST_PAUSE: u32 = 150;
/// Frames over which loudness is averaged, once there have been so many.
const AVERAGED: f32 = 75.0;
pub(crate) const MOST_GAIN_DB: f32 = 36.0;
pub(crate) const LEAST_GAIN_DB: f32 = -24.0;
/// Changes of the gain within one frame.
const RISE_DB: f32 = 2.0;
const FALL_DB: f32 = 4.0;

/// The automatic gain of one voice, in frames of 20 ms.
#[derive(Debug, Default)]
pub(crate) struct Leveller {
    /// Mean power of the frames that count.
    power: f32,
    counted: f32,
    pause: u32,
    gain_db: f32,
}

impl Leveller {
    /// Levels one frame in place.
    pub fn process(&mut self, frame: &mut [f32]) {
        let power = frame.iter().map(|sample| sample * sample).sum::<f32>() / frame.len().max(1) as f32;
        self.note(power);
        let before = self.gain_db;
        if self.counted > 0.0 {
            let wanted = (LEVEL_DB - db(self.power)).clamp(LEAST_GAIN_DB, MOST_GAIN_DB);
            self.gain_db = wanted.clamp(before - FALL_DB, before + RISE_DB);
        }
        let (from, to, length) = (gain::ratio(before), gain::ratio(self.gain_db), frame.len().max(1) as f32);
        for (index, sample) in frame.iter_mut().enumerate() {
            *sample *= from + (to - from) * index as f32 / length;
        }
    }

    fn note(&mut self, power: f32) {
        let level = db(power);
        if level < FLOOR_DB {
            return;
        }
        if self.counted > 0.0 && level < db(self.power) - PAUSE_DB {
            self.pause += 1;
            if self.pause < LONGEST_PAUSE {
                return;
            }
            self.counted = 0.0;
        }
        self.pause = 0;
        self.counted = (self.counted + 1.0).min(AVERAGED);
        self.power += (power - self.power) / self.counted;
    }
}

fn db(power: f32) -> f32 {
    10.0 * power.max(1e-12).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second and a half at one level.
    fn leave(leveller: &mut Leveller, peak: f32) -> f32 {
        let mut last = 0.0;
        for _ in 0..75 {
            let mut frame: Vec<f32> = (0..960).map(|n| peak * (n as f32 * 0.1).sin()).collect();
            leveller.process(&mut frame);
            last = db(frame.iter().map(|sample| sample * sample).sum::<f32>() / 960.0);
        }
        last
    }

    #[test]
    fn loud_and_soft_leave_alike_and_silence_is_not_raised() {
        for peak in [0.004, 0.05, 0.99] {
            let level = leave(&mut Leveller::default(), peak);
            assert!((level - LEVEL_DB).abs() < 0.5, "{peak}: {level}");
        }
        let mut leveller = Leveller::default();
        leave(&mut leveller, 0.05);
        let gain = leveller.gain_db;
        leave(&mut leveller, 0.0005);
        assert_eq!(leveller.gain_db, gain);
    }

    #[test]
    fn who_steps_back_from_the_telephone_is_followed() {
        let mut leveller = Leveller::default();
        leave(&mut leveller, 0.5);
        for _ in 0..3 {
            leave(&mut leveller, 0.02);
        }
        let level = leave(&mut leveller, 0.02);
        assert!((level - LEVEL_DB).abs() < 0.5, "{level}");
    }
}
