//! Fills in for lost packets of codecs that cannot do so themselves: the last pitch period goes on, fading, and what
//! comes after it is faded in (the idea of G.711 appendix I).

/// Pitch is looked for between 66 and 400 Hz.
const LONGEST: u32 = 66;
const SHORTEST: u32 = 400;

/// After so many milliseconds nothing of the guess is left.
const FADES_IN: u32 = 60;

/// Milliseconds over which the guess turns into what is heard again.
const RETURN: u32 = 4;

#[derive(Debug, Clone)]
pub(super) struct Concealment {
    /// The last 40 ms that were heard, the newest last.
    history: Vec<i16>,
    rate: u32,
    /// Samples guessed in a row.
    guessed: u32,
    /// The pitch period that is repeated.
    period: usize,
}

impl Concealment {
    pub fn new(rate: u32) -> Self {
        Self { history: vec![0; rate as usize / 25], rate, guessed: 0, period: rate as usize / 100 }
    }

    /// Remembers what was heard; after a guess, its beginning is blended with what the guess would have gone on with.
    pub fn heard(&mut self, pcm: &mut [i16]) {
        // An empty payload ends no gap.
        if pcm.is_empty() {
            return;
        }
        if self.guessed > 0 {
            let blend = (self.rate / 1000 * RETURN) as usize;
            for n in 0..blend.min(pcm.len()) {
                let share = (n + 1) as f32 / (blend + 1) as f32;
                let guess = f32::from(self.next_guess(n as u32));
                pcm[n] = (guess * (1.0 - share) + f32::from(pcm[n]) * share) as i16;
            }
            self.guessed = 0;
        }
        self.remember(pcm);
    }

    pub fn guess(&mut self, pcm: &mut [i16]) {
        if self.guessed == 0 {
            self.period = self.pitch();
        }
        for (n, sample) in (0u32..).zip(pcm.iter_mut()) {
            *sample = self.next_guess(n);
        }
        self.guessed = self.guessed.saturating_add(pcm.len() as u32);
    }

    /// The sample that lies so far beyond the last guess.
    fn next_guess(&self, ahead: u32) -> i16 {
        let at = self.guessed.saturating_add(ahead);
        let whole = self.rate / 1000 * FADES_IN;
        let left = 1.0 - at.min(whole) as f32 / whole as f32;
        let (last, within) = (self.history.len() - 1, at as usize % self.period);
        // No sound repeats itself exactly. The step from the end of the period to its beginning would click each time it
        // comes round, so it is undone at once and let in over a quarter of the period.
        let step = f32::from(self.history[last]) - f32::from(self.history[last - self.period]);
        let undone = (1.0 - 4.0 * (within + 1) as f32 / self.period as f32).max(0.0);
        ((f32::from(self.history[last + 1 - self.period + within]) + step * undone) * left) as i16
    }

    fn remember(&mut self, pcm: &[i16]) {
        let length = self.history.len();
        let kept = length.saturating_sub(pcm.len());
        self.history.copy_within(length - kept.., 0);
        self.history[kept..].copy_from_slice(&pcm[pcm.len() - (length - kept)..]);
    }

    /// The distance at which the end of what was heard resembles itself most.
    fn pitch(&self) -> usize {
        let (shortest, longest) = ((self.rate / SHORTEST) as usize, (self.rate / LONGEST) as usize);
        // Twice the longest period fits into the history.
        let window = longest.min(self.history.len() - longest);
        let recent = &self.history[self.history.len() - window..];
        let likeness = |period: usize| {
            let start = self.history.len() - window - period;
            let (mut product, mut energy) = (0.0f32, 1.0f32);
            for (now, then) in recent.iter().zip(&self.history[start..]) {
                product += f32::from(*now) * f32::from(*then);
                energy += f32::from(*then) * f32::from(*then);
            }
            product / energy.sqrt()
        };
        let step = self.rate as usize / 8000;
        let best = (shortest..longest).step_by(step).map(|period| (likeness(period), period));
        best.fold((f32::MIN, shortest), |best, next| if next.0 > best.0 { next } else { best }).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{detect, tone};
    use std::time::Duration;

    #[test]
    fn a_tone_goes_on_through_one_lost_frame_and_then_fades() {
        for rate in [8000, 16_000] {
            let frame = rate as usize / 50;
            let mut sound = tone::sine(rate, 200.0, -6.0, Duration::from_millis(200)).samples;
            let mut concealment = Concealment::new(rate);
            concealment.heard(&mut sound[..frame * 5]);
            let mut guess = vec![0; frame];
            concealment.guess(&mut guess);
            let level = detect::tone_db(&guess, rate, 200.0);
            assert!((-10.0..-6.0).contains(&level), "{rate}: {level}");
            (0..3).for_each(|_| concealment.guess(&mut guess));
            assert_eq!(guess.last(), Some(&0), "{rate}");
        }
    }

    #[test]
    fn the_return_makes_no_click() {
        let mut sound = tone::sine(8000, 200.0, -6.0, Duration::from_millis(200)).samples;
        let mut concealment = Concealment::new(8000);
        concealment.heard(&mut sound[..800]);
        let mut guess = vec![0; 160];
        concealment.guess(&mut guess);
        let mut back = sound[960..1120].to_vec();
        concealment.heard(&mut back);
        let joined: Vec<i16> = sound[700..800].iter().chain(&guess).chain(&back).copied().collect();
        let steepest = |pcm: &[i16]| pcm.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max();
        assert!(steepest(&joined) < steepest(&sound[..800]).map(|most| most * 3 / 2));
    }

    #[test]
    fn sound_of_no_single_pitch_is_filled_in_without_clicks() {
        // The third difference is next to nothing of what lies far below half the rate, and large where there is a step.
        let roughest = |pcm: &[i16]| {
            let thirds = pcm.windows(4).map(|four| {
                let [a, b, c, d] = [0, 1, 2, 3].map(|n| i32::from(four[n]));
                (d - 3 * c + 3 * b - a).abs()
            });
            thirds.max().unwrap()
        };
        for chord in [[440.0, 554.0, 659.0], [123.0, 310.0, 977.0], [90.0, 131.0, 1210.0]] {
            for rate in [8000, 16_000] {
                let notes = chord.map(|hz| tone::sine(rate, hz, -14.0, Duration::from_millis(400)).samples);
                let sound: Vec<i16> = (0..notes[0].len()).map(|n| notes.iter().map(|note| note[n]).sum()).collect();
                let mut concealment = Concealment::new(rate);
                let mut filled = sound.clone();
                for (number, frame) in filled.chunks_exact_mut(rate as usize / 50).enumerate() {
                    match number {
                        4 | 9 | 13 | 14 => concealment.guess(frame),
                        _ => concealment.heard(frame),
                    }
                }
                let (before, after) = (roughest(&sound), roughest(&filled));
                assert!(after < 4 * before, "{chord:?} at {rate}: {before}, {after} with guesses");
            }
        }
    }

    #[test]
    fn an_empty_payload_ends_no_gap() {
        let mut sound = tone::sine(8000, 200.0, -6.0, Duration::from_millis(100)).samples;
        let mut concealment = Concealment::new(8000);
        concealment.heard(&mut sound);
        let mut guess = vec![0; 160];
        for _ in 0..4 {
            concealment.guess(&mut guess);
            concealment.heard(&mut []);
        }
        assert_eq!(guess.last(), Some(&0));
    }
}
