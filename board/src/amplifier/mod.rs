//! The amplifier role: it makes loud what the speaker is given, and sleeps in between.

mod mixer;
mod none;
mod pin;
mod simulated;

pub(crate) use mixer::Mute;
pub use mixer::{MixerAmplifier, MixerControl};
pub use none::NoAmplifier;
pub use pin::{PinAmplifier, Pins};
pub use simulated::simulated;

use std::time::Duration;

/// Why an amplifier does not do as it is told, in words.
pub type AmplifierFault = String;

/// Something that can be woken.
pub trait Amplifier: Send {
    /// Switches it on. What the speaker plays is heard whole when [`settle`](Self::settle) has passed.
    ///
    /// # Errors
    /// It cannot be reached; the next time it is tried anew.
    fn wake(&mut self) -> Result<(), AmplifierFault>;

    /// Switches it off.
    ///
    /// # Errors
    /// As for waking.
    fn sleep(&mut self) -> Result<(), AmplifierFault>;

    /// The time from waking to the first sound that is heard whole.
    fn settle(&self) -> Duration;

    /// What it says of itself: a fault, where it has a line for that.
    ///
    /// # Errors
    /// There is one.
    fn condition(&mut self) -> Result<(), AmplifierFault>;

    /// What it is, for `orbitbox board`.
    fn describe(&self) -> String;
}
