//! How loud music is beside what else is heard overhead.

use orbitbox_audio::gain;

/// How much softer it is under a page. Music at its usual level is then 36 dB below speech, and at the highest one 24 dB.
pub(crate) const DEPTH_DB: f32 = 18.0;
/// Samples in which it falls so far, stays there after the last sound, and rises again: 60 ms, 2 s and 800 ms at 48 kHz.
const FALL: usize = 2_880;
const HOLD: usize = 96_000;
const RISE: usize = 38_400;

/// What else is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Above {
    /// Nothing.
    Nothing,
    /// A page, a chime, a ring, a tone.
    Sound,
    /// Music of somebody else's: two pieces at once are none.
    Music,
}

/// The gain of music, 0 to 1.
#[derive(Debug)]
pub(crate) struct Ducking {
    gain: f32,
    /// Where it goes.
    wanted: f32,
    /// Samples for which it stays down.
    hold: usize,
}

impl Default for Ducking {
    fn default() -> Self {
        Self { gain: 1.0, wanted: 1.0, hold: 0 }
    }
}

impl Ducking {
    /// Takes the next samples of music, at 48 kHz, which are heard together with what is `above`.
    pub fn apply(&mut self, samples: &mut [f32], above: Above) {
        let ducked = gain::ratio(-DEPTH_DB);
        let (fall, rise) = ((1.0 - ducked) / FALL as f32, (1.0 - ducked) / RISE as f32);
        match above {
            Above::Nothing => {}
            Above::Sound => (self.wanted, self.hold) = (ducked, HOLD),
            Above::Music => (self.wanted, self.hold) = (0.0, HOLD),
        }
        for sample in samples {
            if above == Above::Nothing {
                match self.hold.checked_sub(1) {
                    Some(left) => self.hold = left,
                    None => self.wanted = 1.0,
                }
            }
            self.gain = if self.gain > self.wanted {
                (self.gain - fall).max(self.wanted)
            } else {
                (self.gain + rise).min(self.wanted)
            };
            *sample *= self.gain;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: usize = 48;

    /// The gain at every sample of so many milliseconds.
    fn gains(ducking: &mut Ducking, milliseconds: usize, above: Above) -> Vec<f32> {
        let mut samples = vec![1.0; milliseconds * MILLISECOND];
        samples.chunks_mut(480).for_each(|block| ducking.apply(block, above));
        samples
    }

    fn db(gain: f32) -> f32 {
        gain::level_db(gain)
    }

    #[test]
    fn it_falls_within_eighty_milliseconds_stays_for_two_seconds_and_rises_in_eight_hundred() {
        let mut ducking = Ducking::default();
        assert!(gains(&mut ducking, 1_000, Above::Nothing).iter().all(|gain| *gain == 1.0), "untouched by itself");
        let under = gains(&mut ducking, 3_000, Above::Sound);
        assert!(db(under[10 * MILLISECOND]) > -3.0, "no cut");
        assert!((db(under[80 * MILLISECOND]) + DEPTH_DB).abs() < 0.01, "{}", db(under[80 * MILLISECOND]));
        let held = gains(&mut ducking, 2_000, Above::Nothing);
        assert!(held.iter().all(|gain| (db(*gain) + DEPTH_DB).abs() < 0.01), "held");
        let rising = gains(&mut ducking, 900, Above::Nothing);
        assert!(rising.is_sorted(), "it only rises");
        assert!(db(rising[400 * MILLISECOND]) < -4.0, "slowly: {}", db(rising[400 * MILLISECOND]));
        let whole = rising.iter().position(|gain| *gain == 1.0).expect("its own level");
        assert!((780..=820).contains(&(whole / MILLISECOND)), "after {} ms", whole / MILLISECOND);
    }

    #[test]
    fn a_sound_while_it_is_held_or_rises_keeps_it_down_for_as_long_again() {
        for pause in [500, 1_990, 2_300] {
            let mut ducking = Ducking::default();
            gains(&mut ducking, 200, Above::Sound);
            gains(&mut ducking, pause, Above::Nothing);
            gains(&mut ducking, 80, Above::Sound);
            let after = gains(&mut ducking, 2_000, Above::Nothing);
            assert!(after.iter().all(|gain| (db(*gain) + DEPTH_DB).abs() < 0.01), "after a pause of {pause} ms");
        }
    }

    #[test]
    fn music_of_somebody_else_silences_it() {
        let mut ducking = Ducking::default();
        let under = gains(&mut ducking, 500, Above::Music);
        assert!(under[80 * MILLISECOND..].iter().all(|gain| *gain == 0.0));
        assert_eq!(gains(&mut ducking, 3_000, Above::Nothing).last(), Some(&1.0));
    }

    #[test]
    fn it_never_clicks() {
        let mut ducking = Ducking::default();
        let mut all = vec![1.0];
        // Whatever comes when: lengths and kinds without any order.
        for turn in 0..400usize {
            let above = [Above::Nothing, Above::Sound, Above::Nothing, Above::Music][turn * 7 % 11 % 4];
            all.extend(gains(&mut ducking, 10 * (1 + turn * turn % 37), above));
        }
        assert!(all.contains(&0.0) && all.iter().skip(1).any(|gain| *gain > 0.2));
        let step = all.windows(2).fold(0.0f32, |step, pair| step.max((pair[1] - pair[0]).abs()));
        assert!(step < 1.0 / 3_000.0, "a step of {step}");
    }
}
