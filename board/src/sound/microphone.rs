//! The microphone role: blocks in, at the device's pace.

use super::speaker::{BLOCK, SoundFault};
use std::time::Duration;

/// Somewhere to listen.
pub trait Microphone: Send {
    /// Fills the block with the next 10 ms that were captured, as samples between -1 and 1 at [`super::speaker::RATE`].
    /// Returns when they are there, at the pace of a card also where nothing can be captured.
    ///
    /// # Errors
    /// Nothing was captured: the block is silent. A fault that lasts is reported once, and the next block is tried again.
    fn read(&mut self, block: &mut [f32; BLOCK]) -> Result<(), SoundFault>;

    /// From the first sample of the last block at the microphone to the moment it was handed out; 10 ms at least.
    fn delay(&self) -> Duration;

    /// What it is, for `orbitbox board`.
    fn describe(&self) -> String;
}
