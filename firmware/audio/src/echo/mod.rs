//! Takes what a loudspeaker plays out of what the microphone beside it hears.

mod adaptive;
mod half_duplex;

pub use adaptive::AdaptiveCanceller;
pub use half_duplex::HalfDuplex;

/// Samples a second.
pub const RATE: u32 = 16_000;
/// Samples of one block: 10 ms.
pub const BLOCK: usize = 160;

/// One way to do it. Samples lie between -1 and 1.
pub trait EchoCanceller: Send {
    /// Takes the echo out of `near`, which the microphone has just heard. `far` is what went to the loudspeaker since the
    /// last call, exactly as it went there: after gain and limiter, silence included. Both come at the pace of one card.
    fn process(&mut self, near: &mut [f32; BLOCK], far: &[f32; BLOCK]);
}
