use std::fmt;

/// Why an offer or answer was not taken. The negotiation is then as if it had never come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SdpFault {
    /// It is no SDP: answer 400, or end the call that sent it as an answer.
    Unreadable,
    /// More bytes or media lines than we read: answer 400 or 513.
    TooLarge,
    /// No audio line we can use: other codecs, refused, or at an address we cannot send to. Answer 488.
    NothingInCommon,
    /// Audio we could use, but protected where we may not be, or unprotected where we must be. Answer 488.
    Protection,
    /// An answer, but we have made no offer.
    NoOffer,
}

impl fmt::Display for SdpFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SdpFault::Unreadable => "the session description cannot be read",
            SdpFault::TooLarge => "the session description is too large",
            SdpFault::NothingInCommon => "no audio line with a codec of ours that we can reach",
            SdpFault::Protection => "the audio is to be encrypted, and one side does not do that",
            SdpFault::NoOffer => "an answer came without an offer of ours",
        })
    }
}

impl std::error::Error for SdpFault {}
