use super::session::{RTCP, RTP, Session};
use super::{MasterKey, RTCP_HEADER, RTCP_TAG, Suite, guess};
use crate::rtp::HEADER_BYTES;
use std::fmt;

/// Protects what one stream sends: one source, and a header without extension.
#[derive(Clone)]
pub struct Outbound {
    suite: Suite,
    rtp: Session,
    rtcp: Session,
    roll_over: u32,
    highest: Option<u16>,
    reports: u32,
}

impl Outbound {
    /// With keys that no other stream has.
    pub fn new(suite: Suite, key: &MasterKey) -> Self {
        let (rtp, rtcp) = (Session::new(key, RTP), Session::new(key, RTCP));
        Self { suite, rtp, rtcp, roll_over: 0, highest: None, reports: 0 }
    }

    /// Takes over the numbering of another one with the same key, so that no place in its key stream is used twice.
    pub fn go_on_from(&mut self, before: &Self) {
        (self.roll_over, self.highest, self.reports) = (before.roll_over, before.highest, before.reports);
    }

    /// Protects the RTP packet of so many bytes at the beginning of `bytes`, in place; how long it is then. `None` where
    /// it is no packet, or `bytes` has no room.
    pub fn protect(&mut self, bytes: &mut [u8], length: usize) -> Option<usize> {
        let header = bytes.first_chunk::<HEADER_BYTES>().filter(|_| length >= HEADER_BYTES)?;
        let sequence = u16::from_be_bytes([header[2], header[3]]);
        let ssrc = u32::from_be_bytes([header[8], header[9], header[10], header[11]]);
        let end = length + self.suite.tag();
        if end > bytes.len() {
            return None;
        }
        let highest = self.highest.unwrap_or(sequence);
        let roll_over = guess(self.roll_over, highest, sequence);
        if (roll_over, sequence) >= (self.roll_over, highest) {
            (self.roll_over, self.highest) = (roll_over, Some(sequence));
        }
        let index = u64::from(roll_over) << 16 | u64::from(sequence);
        self.rtp.cipher(ssrc, index, &mut bytes[HEADER_BYTES..length]);
        let tag = self.rtp.tag(&bytes[..length], &roll_over.to_be_bytes());
        bytes[length..end].copy_from_slice(&tag[..self.suite.tag()]);
        Some(end)
    }

    /// The same for RTCP (RFC 3711 section 3.4).
    pub fn protect_report(&mut self, bytes: &mut [u8], length: usize) -> Option<usize> {
        let header = bytes.first_chunk::<RTCP_HEADER>().filter(|_| length >= RTCP_HEADER)?;
        let ssrc = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
        let (covered, end) = (length + 4, length + 4 + RTCP_TAG);
        if end > bytes.len() {
            return None;
        }
        self.reports = (self.reports + 1) & 0x7fff_ffff;
        self.rtcp.cipher(ssrc, self.reports.into(), &mut bytes[RTCP_HEADER..length]);
        bytes[length..covered].copy_from_slice(&(self.reports | 0x8000_0000).to_be_bytes());
        let tag = self.rtcp.tag(&bytes[..covered], &[]);
        bytes[covered..end].copy_from_slice(&tag[..RTCP_TAG]);
        Some(end)
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Outbound").field(&self.suite).finish()
    }
}
