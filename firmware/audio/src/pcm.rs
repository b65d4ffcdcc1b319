//! A piece of sound in memory.

use std::time::Duration;

/// Mono samples at one rate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pcm {
    /// Samples a second.
    pub rate: u32,
    /// Full scale is -32768 to 32767.
    pub samples: Vec<i16>,
}

impl Pcm {
    /// Silence of a length, rounded down to whole samples.
    pub fn silence(rate: u32, length: Duration) -> Self {
        Self { rate, samples: vec![0; samples_in(rate, length)] }
    }

    /// How long it plays. Zero when the rate is zero.
    pub fn duration(&self) -> Duration {
        let nanoseconds = (self.samples.len() as u128 * 1_000_000_000).checked_div(u128::from(self.rate)).unwrap_or(0);
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }

    /// The same sound at another rate, see [`crate::resample::resample`].
    pub fn resampled(&self, rate: u32) -> Self {
        if rate == self.rate {
            return self.clone();
        }
        Self { rate, samples: crate::resample::resample(&self.samples, self.rate, rate) }
    }
}

/// Whole samples that fit into a length.
pub fn samples_in(rate: u32, length: Duration) -> usize {
    (length.as_nanos() * u128::from(rate) / 1_000_000_000) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_samples_agree() {
        let pcm = Pcm::silence(44_100, Duration::from_millis(250));
        assert_eq!(pcm.samples.len(), 11_025);
        assert_eq!(pcm.duration(), Duration::from_millis(250));
        assert_eq!(Pcm::default().duration(), Duration::ZERO);
    }
}
