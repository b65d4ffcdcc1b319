//! Comfort noise (RFC 3389): what a party that stops sending in silence says of its background.

/// Payload type of comfort noise at 8000 Hz (RFC 3551 section 6).
pub const PAYLOAD_TYPE: u8 = 13;

/// The softest level there is, in dB below overload: nothing.
pub const NOTHING: u8 = 127;

/// The level of a payload in dB below overload, 0 to 127 (RFC 3389 section 3.1). The spectrum after it is not used: a
/// telephone's background sounds the same without. `None` of an empty payload.
pub fn level(payload: &[u8]) -> Option<u8> {
    payload.first().map(|level| level & 0x7f)
}

/// A source of soft white noise. Its sequence is always the same, and none that anybody could hear repeat.
#[derive(Debug, Clone)]
pub struct Noise(u32);

impl Default for Noise {
    fn default() -> Self {
        Self(0x2545_f491)
    }
}

impl Noise {
    /// Fills with noise so many dB below overload (0 to 127), as power.
    pub fn fill(&mut self, level: u8, pcm: &mut [i16]) {
        // Even distribution from -peak to peak has a third of the power of a square wave of that peak.
        let peak = 32_768.0 * 3f32.sqrt() * crate::gain::ratio(-f32::from(level));
        for sample in pcm {
            // Marsaglia's xorshift, 32 bits.
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 17;
            self.0 ^= self.0 << 5;
            let even = self.0 as f32 / (u32::MAX / 2) as f32 - 1.0;
            *sample = (even * peak) as i16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_the_level_asked_for() {
        let mut pcm = [0; 8000];
        for wanted in [30u8, 45, 60] {
            Noise::default().fill(wanted, &mut pcm);
            let level = crate::detect::level_db(&pcm);
            assert!((level + f64::from(wanted)).abs() < 1.0, "{wanted}: {level}");
        }
        Noise::default().fill(NOTHING, &mut pcm);
        assert!(pcm.iter().all(|sample| *sample == 0));
    }

    #[test]
    fn a_payload_without_a_level_is_none() {
        assert_eq!(level(&[]), None);
        assert_eq!(level(&[60, 1, 2]), Some(60));
        assert_eq!(level(&[0xff]), Some(127));
    }
}
