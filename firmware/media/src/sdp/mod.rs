//! SDP offer and answer (RFC 3264) for one audio stream.

mod fault;
mod line;
mod negotiation;

pub use fault::SdpFault;
pub use negotiation::Negotiation;

/// The payload type we give telephone-event in our own offers.
pub(crate) const TELEPHONE_EVENT: u8 = 101;

/// The static payload type of a codec (RFC 3551 section 6).
pub(crate) fn static_type(codec: crate::Codec) -> u8 {
    match codec {
        crate::Codec::Pcmu => 0,
        crate::Codec::Pcma => 8,
    }
}
