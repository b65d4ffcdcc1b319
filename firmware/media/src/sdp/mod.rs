//! SDP offer and answer (RFC 3264) for one audio stream.

mod crypto;
mod fault;
mod line;
mod negotiation;
mod record;
mod terms;

pub use fault::SdpFault;
pub use negotiation::Negotiation;
pub use record::{MediaRecord, SettledRecord};
pub use terms::{Protection, Terms};

use orbitbox_audio::codec::Codec;

/// The payload type we give telephone-event in our own offers.
pub(crate) const TELEPHONE_EVENT: u8 = 101;

/// The payload type that a codec has in our own offers: the static one where there is one (RFC 3551 section 6).
pub(crate) fn own_type(codec: Codec) -> u8 {
    match codec {
        Codec::Pcmu => 0,
        Codec::Pcma => 8,
        Codec::G722 => 9,
        Codec::Opus => 96,
    }
}
