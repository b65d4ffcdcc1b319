//! How sound is made ready for a speaker.

/// The speaker that is played to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Equalizer {
    /// A horn: nothing below 300 Hz, which its driver does not stand, consonants raised, no hiss.
    #[default]
    Horn,
    /// A ceiling speaker or cabinet: nothing below 100 Hz, at which transformers saturate; all else as it is.
    Flat,
}

/// What is done to what is heard overhead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChainSettings {
    /// See [`Equalizer`].
    pub equalizer: Equalizer,
    /// By how much the soft sounds of announced words are raised at most, dB (0 to 12): they stand out of noise by it.
    pub clarity_db: f32,
    /// Into the limiter, dB (0 to 24): speech gets louder by it, and its peaks do not.
    pub drive_db: f32,
    /// What no peak exceeds, between two samples either, dB (-20 to -0.5).
    pub ceiling_db: f32,
    /// Of everything, after the limiter, dB (-60 to 0).
    pub level_db: f32,
}

impl Default for ChainSettings {
    fn default() -> Self {
        Self { equalizer: Equalizer::Horn, clarity_db: 3.0, drive_db: 12.0, ceiling_db: -1.0, level_db: 0.0 }
    }
}
