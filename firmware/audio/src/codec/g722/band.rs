//! One of the two bands: a difference coder that predicts with two poles and six zeros.

use super::saturate;
use super::tables::POWERS;

/// The state that coder and decoder keep alike.
#[derive(Debug, Clone)]
pub struct Band {
    /// What the next sample is expected to be.
    pub expected: i32,
    /// The quantiser's step.
    pub step: i32,
    /// Its logarithm, in 2048ths of an octave.
    log_step: i32,
    /// The most that the logarithm may be.
    most_log: i32,
    /// The octave at which the logarithm is zero.
    octave: i32,
    /// The part of the expectation that the zeros make.
    from_zeros: i32,
    /// Reconstructed samples, the newest first.
    rebuilt: [i32; 2],
    /// Partly reconstructed samples (the zeros' part), the newest first.
    partial: [i32; 2],
    poles: [i32; 2],
    /// Quantised differences, the newest first.
    differences: [i32; 6],
    zeros: [i32; 6],
}

impl Band {
    /// The lower band (0 to 4000 Hz) at rest.
    pub fn low() -> Self {
        Self::at_rest(32, 18_432, 8)
    }

    /// The higher band (4000 to 8000 Hz) at rest.
    pub fn high() -> Self {
        Self::at_rest(8, 22_528, 10)
    }

    fn at_rest(step: i32, most_log: i32, octave: i32) -> Self {
        Self {
            expected: 0,
            step,
            log_step: 0,
            most_log,
            octave,
            from_zeros: 0,
            rebuilt: [0; 2],
            partial: [0; 2],
            poles: [0; 2],
            differences: [0; 6],
            zeros: [0; 6],
        }
    }

    /// Takes in one quantised difference: the step grows or shrinks, the predictor learns (blocks 3 and 4).
    pub fn learn(&mut self, difference: i32, growth: i32) {
        self.log_step = (((self.log_step * 127) >> 7) + growth).clamp(0, self.most_log);
        let shift = self.octave - (self.log_step >> 11);
        let power = POWERS[(self.log_step >> 6) as usize & 31];
        self.step = (if shift < 0 { power << -shift } else { power >> shift }) << 2;

        let rebuilt = saturate(self.expected + difference);
        let partial = saturate(self.from_zeros + difference);
        self.move_poles(partial);
        self.move_zeros(difference);

        self.differences.rotate_right(1);
        self.differences[0] = difference;
        self.rebuilt = [rebuilt, self.rebuilt[0]];
        self.partial = [partial, self.partial[0]];

        let doubled = |value: i32| saturate(value + value);
        let poles = self.poles.iter().zip(self.rebuilt).map(|(pole, past)| (pole * doubled(past)) >> 15).sum();
        let zeros = self.zeros.iter().zip(self.differences).map(|(zero, past)| (zero * doubled(past)) >> 15).sum();
        self.from_zeros = saturate(zeros);
        self.expected = saturate(saturate(poles) + self.from_zeros);
    }

    /// UPPOL2, UPPOL1.
    fn move_poles(&mut self, partial: i32) {
        let like = |past: i32| (partial < 0) == (past < 0);
        let [first, second] = self.poles;
        let steep = saturate(first << 2);
        let toward = if like(self.partial[0]) { -steep } else { steep }.min(32_767);
        let drift = if like(self.partial[1]) { 128 } else { -128 };
        let second = ((toward >> 7) + drift + ((second * 32_512) >> 15)).clamp(-12_288, 12_288);
        let drift = if like(self.partial[0]) { 192 } else { -192 };
        let most = saturate(15_360 - second);
        let first = saturate(drift + ((first * 32_640) >> 15)).clamp(-most, most);
        self.poles = [first, second];
    }

    /// UPZERO.
    fn move_zeros(&mut self, difference: i32) {
        let drift = if difference == 0 { 0 } else { 128 };
        for (zero, past) in self.zeros.iter_mut().zip(self.differences) {
            let drift = if (past < 0) == (difference < 0) { drift } else { -drift };
            *zero = saturate(drift + ((*zero * 32_640) >> 15));
        }
    }
}
