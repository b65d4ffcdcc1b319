use crate::srtp::MasterKey;
use orbitbox_audio::codec::Codec;

/// What we would agree to with one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// In the order of our own offers.
    pub codecs: Vec<Codec>,
    /// Whether what is said may be overheard.
    pub protection: Protection,
    /// Ours, for what we send; random, and for this party alone. Unused where the protection is [`Protection::Never`].
    pub key: MasterKey,
}

/// SRTP with keys in the session description (RFC 4568).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protection {
    /// Plain RTP alone.
    #[default]
    Never,
    /// Where they offer it.
    WhenOffered,
    /// Where they can: our offers carry a key on a line for plain RTP too, which others pass over.
    WhenPossible,
    /// No call without it.
    Always,
}

impl Default for Terms {
    fn default() -> Self {
        Self { codecs: Codec::ALL.to_vec(), protection: Protection::Never, key: MasterKey::of([0; MasterKey::BYTES]) }
    }
}
