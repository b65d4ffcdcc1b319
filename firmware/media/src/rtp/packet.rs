use super::HEADER_BYTES;

/// What the header of a packet says, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// 0 to 127.
    pub payload_type: u8,
    /// Begins a stretch of sound after silence (RFC 3551 section 4.1).
    pub marker: bool,
    /// Rises by one with each packet.
    pub sequence: u16,
    /// In samples.
    pub timestamp: u32,
    /// The source.
    pub ssrc: u32,
}

/// A packet as received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Contributing sources and extension are left out.
    pub header: Header,
    /// Without padding.
    pub payload: &'a [u8],
}

/// Why a datagram is no RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRtp {
    /// Shorter than its header, extension or padding claims.
    Short,
    /// Another version than 2: something else (STUN, DTLS, a keep-alive).
    Foreign,
    /// RTCP on the RTP port (RFC 5761 section 4).
    Rtcp,
}

impl<'a> Packet<'a> {
    /// Reads a datagram (RFC 3550 section 5.1).
    pub fn read(bytes: &'a [u8]) -> Result<Self, NotRtp> {
        let Some(fixed) = bytes.first_chunk::<HEADER_BYTES>() else {
            return Err(if bytes.first().is_some_and(|first| first >> 6 == 2) {
                NotRtp::Short
            } else {
                NotRtp::Foreign
            });
        };
        let [flags, kind, s0, s1, t0, t1, t2, t3, r0, r1, r2, r3] = *fixed;
        if flags >> 6 != 2 {
            return Err(NotRtp::Foreign);
        }
        if is_report(bytes) {
            return Err(NotRtp::Rtcp);
        }
        let mut rest = bytes.get(HEADER_BYTES + 4 * usize::from(flags & 0x0f)..).ok_or(NotRtp::Short)?;
        if flags & 0x10 != 0 {
            let [_, _, high, low] = *rest.first_chunk::<4>().ok_or(NotRtp::Short)?;
            rest = rest.get(4 + 4 * usize::from(u16::from_be_bytes([high, low]))..).ok_or(NotRtp::Short)?;
        }
        if flags & 0x20 != 0 {
            let padding = usize::from(*rest.last().ok_or(NotRtp::Short)?);
            let kept = rest.len().checked_sub(padding).filter(|_| padding > 0).ok_or(NotRtp::Short)?;
            rest = &rest[..kept];
        }
        let header = Header {
            payload_type: kind & 0x7f,
            marker: kind & 0x80 != 0,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([r0, r1, r2, r3]),
        };
        Ok(Self { header, payload: rest })
    }
}

/// Whether a datagram is RTCP: SR, RR, SDES, BYE and APP (200 to 204) look like payload types 72 to 76 with a marker
/// (RFC 5761 section 4).
pub fn is_report(bytes: &[u8]) -> bool {
    matches!(bytes, [flags, 200..=204, ..] if flags >> 6 == 2)
}

impl Header {
    /// The header as sent: version 2, no extension, no padding, no contributing sources.
    pub fn write(&self) -> [u8; HEADER_BYTES] {
        let [s0, s1] = self.sequence.to_be_bytes();
        let [t0, t1, t2, t3] = self.timestamp.to_be_bytes();
        let [r0, r1, r2, r3] = self.ssrc.to_be_bytes();
        let kind = (self.payload_type & 0x7f) | if self.marker { 0x80 } else { 0 };
        [0x80, kind, s0, s1, t0, t1, t2, t3, r0, r1, r2, r3]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header =
        Header { payload_type: 8, marker: true, sequence: 0xfffe, timestamp: 0x0102_0304, ssrc: 0xdead_beef };

    fn packet(flags: u8, rest: &[u8]) -> Vec<u8> {
        let mut bytes = HEADER.write().to_vec();
        bytes[0] |= flags;
        bytes.extend_from_slice(rest);
        bytes
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(Packet::read(&packet(0, b"sound")), Ok(Packet { header: HEADER, payload: b"sound" }));
    }

    #[test]
    fn sources_extension_and_padding_are_skipped() {
        let rest = b"CSRCcsrc\xbe\xde\x00\x01extnsound\x00\x00\x03";
        let bytes = packet(0x32, rest);
        assert_eq!(Packet::read(&bytes).unwrap().payload, b"sound");
    }

    #[test]
    fn what_is_no_rtp_is_told_apart() {
        assert_eq!(Packet::read(b""), Err(NotRtp::Foreign));
        assert_eq!(Packet::read(b"\0\0"), Err(NotRtp::Foreign));
        assert_eq!(Packet::read(b"\x80\0\0"), Err(NotRtp::Short));
        assert_eq!(Packet::read(b"\x00\x01\x00\x00\x21\x12\xa4\x42stunstun"), Err(NotRtp::Foreign));
        assert_eq!(Packet::read(&packet(0x0f, b"too few")), Err(NotRtp::Short));
        assert_eq!(Packet::read(&packet(0x10, b"\0\0")), Err(NotRtp::Short));
        assert_eq!(Packet::read(&packet(0x10, b"\0\0\xff\xffabcd")), Err(NotRtp::Short));
        assert_eq!(Packet::read(&packet(0x20, b"")), Err(NotRtp::Short));
        assert_eq!(Packet::read(&packet(0x20, b"a\x00")), Err(NotRtp::Short));
        assert_eq!(Packet::read(&packet(0x20, b"a\x09")), Err(NotRtp::Short));
        for kind in 200..=204 {
            let mut rtcp = packet(0, &[0; 16]);
            rtcp[1] = kind;
            assert_eq!(Packet::read(&rtcp), Err(NotRtp::Rtcp));
        }
    }
}
