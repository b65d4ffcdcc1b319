//! Everything that touches hardware, real and simulated, by role: the program knows a speaker, not a chip.

mod amplifier;
pub mod chips;
pub mod contact;
pub mod front;
pub mod input;
pub mod installer;
pub mod keys;
pub mod pins;
pub mod relay;
pub mod revision;
mod sound;

pub use amplifier::{
    Amplifier, AmplifierFault, MixerAmplifier, MixerControl, NoAmplifier, PinAmplifier, Pins, simulated,
};
pub use sound::alsa::microphone::AlsaMicrophone;
pub use sound::alsa::speaker::AlsaSpeaker;
pub use sound::looped::LoopedMicrophone;
pub use sound::microphone::Microphone;
pub use sound::silent::SilentSpeaker;
pub use sound::speaker::{BLOCK, RATE, SoundFault, Speaker};
pub use sound::tee::{HEARD_RATE, Heard, Tee};
pub use sound::wav::WavSpeaker;
