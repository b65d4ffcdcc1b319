use std::fmt;

/// Master key and salt of one direction (RFC 4568 section 6.1). Never printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MasterKey([u8; Self::BYTES]);

impl MasterKey {
    /// 16 of the key, then 14 of the salt.
    pub const BYTES: usize = 30;

    /// Key and salt, one after the other.
    pub const fn of(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Key and salt, one after the other.
    pub fn bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

/// A crypto suite (RFC 4568 section 6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// `AES_CM_128_HMAC_SHA1_80`.
    Tag80,
    /// `AES_CM_128_HMAC_SHA1_32`.
    Tag32,
}

impl Suite {
    /// The stronger one first.
    pub const ALL: [Suite; 2] = [Suite::Tag80, Suite::Tag32];

    /// Its name in a session description.
    pub const fn name(self) -> &'static str {
        match self {
            Suite::Tag80 => "AES_CM_128_HMAC_SHA1_80",
            Suite::Tag32 => "AES_CM_128_HMAC_SHA1_32",
        }
    }

    /// Bytes of the tag of an RTP packet.
    pub(crate) const fn tag(self) -> usize {
        match self {
            Suite::Tag80 => 10,
            Suite::Tag32 => 4,
        }
    }
}
