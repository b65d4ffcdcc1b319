//! The codecs of the telephone side. G.711 is computed once at compile time by the integer method of G.191.

pub mod comfort_noise;
mod conceal;
mod decoder;
mod encoder;
mod fault;
mod g722;
mod kind;
mod opus;
pub mod pcma;
pub mod pcmu;

pub use decoder::Decoder;
pub use encoder::Encoder;
pub use fault::CodecFault;
pub use kind::Codec;

/// The A-law code whose decoded value is nearest to that of each mu-law code.
pub static PCMU_TO_PCMA: [u8; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = pcma::encode(pcmu::decode(code as u8));
        code += 1;
    }
    table
};

/// The mu-law code whose decoded value is nearest to that of each A-law code.
pub static PCMA_TO_PCMU: [u8; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = pcmu::encode(pcma::decode(code as u8));
        code += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    /// The step of either law near a value: a 16th of its segment, never under 16.
    fn step(value: i32) -> i32 {
        (value.abs() / 16).max(16)
    }

    #[test]
    fn converting_between_the_laws_stays_within_one_step() {
        for code in 0..=255u8 {
            let (mu, a) = (pcmu::decode(code), pcma::decode(PCMU_TO_PCMA[usize::from(code)]));
            assert!((i32::from(mu) - i32::from(a)).abs() <= step(mu.into()), "mu {code}: {mu} {a}");
            let (a, mu) = (pcma::decode(code), pcmu::decode(PCMA_TO_PCMU[usize::from(code)]));
            assert!((i32::from(mu) - i32::from(a)).abs() <= step(a.into()), "A {code}: {a} {mu}");
        }
    }
}
