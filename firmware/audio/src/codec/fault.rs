use std::fmt;

/// Why a payload could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodecFault {
    /// It is no payload of this codec.
    Damaged,
    /// It lasts longer than there is room for.
    TooLong,
}

impl fmt::Display for CodecFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CodecFault::Damaged => "the payload does not belong to its codec",
            CodecFault::TooLong => "the payload lasts longer than 120 ms",
        })
    }
}

impl std::error::Error for CodecFault {}
