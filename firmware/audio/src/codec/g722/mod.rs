//! G.722 at 64 kbit/s (mode 1 of ITU-T G.722): two samples at 16,000 Hz in one byte.

mod band;
mod tables;

use band::Band;
use tables::{
    HIGH_GROWTH, HIGH_VALUES, LOW_COARSE, LOW_GROWTH, LOW_LEVELS, LOW_NEGATIVE, LOW_POSITIVE, LOW_VALUES, MIRROR,
};

/// Samples to bytes.
#[derive(Debug, Clone)]
pub struct Encoder {
    mirror: Mirror,
    low: Band,
    high: Band,
}

/// Bytes to samples.
#[derive(Debug, Clone)]
pub struct Decoder {
    mirror: Mirror,
    low: Band,
    high: Band,
}

/// The 24 last values that went into a mirror filter, in pairs, the newest last.
#[derive(Debug, Clone, Default)]
struct Mirror([[i32; 2]; 12]);

impl Default for Encoder {
    fn default() -> Self {
        Self { mirror: Mirror::default(), low: Band::low(), high: Band::high() }
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self { mirror: Mirror::default(), low: Band::low(), high: Band::high() }
    }
}

impl Encoder {
    /// One byte for two samples, as many as both have room for.
    pub fn encode(&mut self, pcm: &[i16], out: &mut [u8]) -> usize {
        let (pairs, _) = pcm.as_chunks::<2>();
        for (pair, out) in pairs.iter().zip(out.iter_mut()) {
            *out = self.byte(*pair);
        }
        pairs.len().min(out.len())
    }

    fn byte(&mut self, [one, two]: [i16; 2]) -> u8 {
        let (odd, even) = self.mirror.pass([one.into(), two.into()]);
        let (low, high) = ((even + odd) >> 14, (even - odd) >> 14);

        let difference = saturate(low - self.low.expected);
        let size = if difference < 0 { !difference } else { difference };
        let level = (1..30).find(|level| size < (LOW_LEVELS[*level] * self.low.step) >> 12).unwrap_or(30);
        let low = if difference < 0 { LOW_NEGATIVE[level] } else { LOW_POSITIVE[level] };
        learn_low(&mut self.low, low);

        let difference = saturate(high - self.high.expected);
        let size = if difference < 0 { !difference } else { difference };
        let large = size >= (564 * self.high.step) >> 12;
        let high = match (difference < 0, large) {
            (true, false) => 1,
            (true, true) => 0,
            (false, false) => 3,
            (false, true) => 2,
        };
        learn_high(&mut self.high, high);
        high << 6 | low
    }
}

impl Decoder {
    /// Two samples for each byte, as many as both have room for.
    pub fn decode(&mut self, bytes: &[u8], pcm: &mut [i16]) -> usize {
        let (pairs, _) = pcm.as_chunks_mut::<2>();
        for (byte, pair) in bytes.iter().zip(pairs.iter_mut()) {
            *pair = self.pair(*byte);
        }
        2 * pairs.len().min(bytes.len())
    }

    fn pair(&mut self, byte: u8) -> [i16; 2] {
        let (low, high) = (byte & 0x3f, byte >> 6);
        let limit = |value: i32| value.clamp(-16_384, 16_383);
        let low_value = limit(self.low.expected + ((self.low.step * LOW_VALUES[usize::from(low)]) >> 15));
        learn_low(&mut self.low, low);
        let high_value = limit(self.high.expected + ((self.high.step * HIGH_VALUES[usize::from(high)]) >> 15));
        learn_high(&mut self.high, high);
        let (two, one) = self.mirror.pass([low_value + high_value, low_value - high_value]);
        [saturate(one >> 11) as i16, saturate(two >> 11) as i16]
    }
}

impl Mirror {
    /// Takes in a pair; yields the sums over the first and over the second of all pairs.
    fn pass(&mut self, pair: [i32; 2]) -> (i32, i32) {
        self.0.rotate_left(1);
        self.0[11] = pair;
        let (mut firsts, mut seconds) = (0, 0);
        for (n, [first, second]) in self.0.iter().enumerate() {
            firsts += first * MIRROR[n];
            seconds += second * MIRROR[11 - n];
        }
        (firsts, seconds)
    }
}

fn learn_low(band: &mut Band, code: u8) {
    let coarse = usize::from(code >> 2);
    band.learn((band.step * LOW_COARSE[coarse]) >> 15, LOW_GROWTH[coarse]);
}

fn learn_high(band: &mut Band, code: u8) {
    let code = usize::from(code);
    band.learn((band.step * HIGH_VALUES[code]) >> 15, HIGH_GROWTH[code]);
}

fn saturate(value: i32) -> i32 {
    value.clamp(-32_768, 32_767)
}
