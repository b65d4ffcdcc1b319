//! Levels in decibels.

/// The factor on samples for a gain; -6.02 dB halves them.
pub fn ratio(level_db: f32) -> f32 {
    10f32.powf(level_db / 20.0)
}

/// The gain of a factor on samples; minus infinity for zero.
pub fn level_db(ratio: f32) -> f32 {
    20.0 * ratio.abs().log10()
}

/// Makes samples louder or softer; what no longer fits is clipped.
pub fn apply(samples: &mut [i16], level_db: f32) {
    let ratio = ratio(level_db);
    for sample in samples {
        *sample = (f32::from(*sample) * ratio).round() as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_decibels_double_and_clip() {
        let mut samples = [1000, -1000, 30_000, -30_000];
        apply(&mut samples, 6.0206);
        assert_eq!(samples, [2000, -2000, 32_767, -32_768]);
        assert!((level_db(ratio(-13.5)) + 13.5).abs() < 1e-4);
        assert_eq!(level_db(0.0), f32::NEG_INFINITY);
    }
}
