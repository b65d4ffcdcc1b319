//! The unit's own piece of music, prepared in advance: a start has nothing to decode or encode. With the feature `sounds` the
//! program carries it, else it is files beside it.

use crate::Codec;

#[cfg(feature = "sounds")]
macro_rules! carried {
    ($path:literal) => {
        Some(include_bytes!(concat!("../tracks/", $path)))
    };
}
#[cfg(not(feature = "sounds"))]
macro_rules! carried {
    ($path:literal) => {
        None
    };
}

/// The file of the piece in one codec, and what is in it where the program carries it (feature `sounds`); for
/// [`orbitbox_audio::frames::Frames::open`].
pub fn built_in_music(codec: Codec) -> (&'static str, Option<&'static [u8]>) {
    match codec {
        Codec::Pcmu => ("default.pcmu.frames", carried!("default.pcmu.frames")),
        Codec::Pcma => ("default.pcma.frames", carried!("default.pcma.frames")),
        Codec::G722 => ("default.g722.frames", carried!("default.g722.frames")),
        Codec::Opus => ("default.opus.frames", carried!("default.opus.frames")),
    }
}
