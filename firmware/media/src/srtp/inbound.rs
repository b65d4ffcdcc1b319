use super::session::{RTCP, RTP, Session};
use super::{MasterKey, RTCP_HEADER, RTCP_TAG, Suite, guess};
use crate::rtp::HEADER_BYTES;
use std::collections::VecDeque;
use std::fmt;

/// Sources whose numbering is remembered; one more, and the oldest is forgotten.
const MOST_SOURCES: usize = 4;

/// Checks and opens what one stream receives. Nothing is remembered of a packet whose tag is wrong.
#[derive(Clone)]
pub struct Inbound {
    suite: Suite,
    rtp: Session,
    rtcp: Session,
    /// The newest first.
    sources: VecDeque<Numbering>,
    reports: Seen,
}

/// The numbering of one source.
#[derive(Debug, Clone, Copy)]
struct Numbering {
    ssrc: u32,
    seen: Seen,
}

/// Which of the last 64 indices have come (RFC 3711 section 3.3.2).
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    highest: u64,
    /// Bit n: the index n below the highest.
    window: u64,
}

impl Seen {
    fn is_new(&self, index: u64) -> bool {
        match self.highest.checked_sub(index) {
            None => true,
            Some(behind) => behind < 64 && self.window & (1 << behind) == 0,
        }
    }

    fn note(&mut self, index: u64) {
        match self.highest.checked_sub(index) {
            Some(behind) => self.window |= 1 << behind.min(63),
            None => {
                let ahead = index - self.highest;
                self.window = if ahead < 64 { self.window << ahead | 1 } else { 1 };
                self.highest = index;
            }
        }
    }
}

impl Inbound {
    /// With the other side's keys.
    pub fn new(suite: Suite, key: &MasterKey) -> Self {
        let (rtp, rtcp) = (Session::new(key, RTP), Session::new(key, RTCP));
        Self { suite, rtp, rtcp, sources: VecDeque::with_capacity(MOST_SOURCES), reports: Seen::default() }
    }

    /// Opens an RTP packet in place; how long it is then. `None` where it is no packet of the holder of the key, or one
    /// that came before.
    pub fn open(&mut self, bytes: &mut [u8]) -> Option<usize> {
        let header = bytes.first_chunk::<HEADER_BYTES>()?;
        let sequence = u16::from_be_bytes([header[2], header[3]]);
        let ssrc = u32::from_be_bytes([header[8], header[9], header[10], header[11]]);
        let payload = payload_of(bytes)?;
        let end = bytes.len().checked_sub(self.suite.tag()).filter(|end| *end >= payload)?;
        let place = self.sources.iter().position(|source| source.ssrc == ssrc);
        let mut seen = place.map_or_else(Seen::default, |place| self.sources[place].seen);
        let roll_over = match place {
            Some(_) => guess((seen.highest >> 16) as u32, seen.highest as u16, sequence),
            None => 0,
        };
        let index = u64::from(roll_over) << 16 | u64::from(sequence);
        let (covered, tag) = bytes.split_at(end);
        if !seen.is_new(index) || !self.rtp.verify(covered, &roll_over.to_be_bytes(), tag) {
            return None;
        }
        self.rtp.cipher(ssrc, index, &mut bytes[payload..end]);
        seen.note(index);
        match place {
            Some(place) => self.sources[place].seen = seen,
            None => {
                self.sources.truncate(MOST_SOURCES - 1);
                self.sources.push_front(Numbering { ssrc, seen });
            }
        }
        Some(end)
    }

    /// The same for RTCP. Reports that are not encrypted are not taken, tag or not.
    pub fn open_report(&mut self, bytes: &mut [u8]) -> Option<usize> {
        let header = bytes.first_chunk::<RTCP_HEADER>()?;
        let ssrc = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
        let covered = bytes.len().checked_sub(RTCP_TAG)?;
        let end = covered.checked_sub(4).filter(|end| *end >= RTCP_HEADER)?;
        let number = u32::from_be_bytes(bytes[end..covered].try_into().ok()?);
        let index = u64::from(number & 0x7fff_ffff);
        let encrypted = number & 0x8000_0000 != 0;
        if !encrypted || !self.reports.is_new(index) || !self.rtcp.verify(&bytes[..covered], &[], &bytes[covered..]) {
            return None;
        }
        self.rtcp.cipher(ssrc, index, &mut bytes[RTCP_HEADER..end]);
        self.reports.note(index);
        Some(end)
    }
}

/// Where the encrypted part begins: after contributing sources and extension (RFC 3711 section 3.1).
fn payload_of(bytes: &[u8]) -> Option<usize> {
    let flags = *bytes.first()?;
    let mut at = HEADER_BYTES + 4 * usize::from(flags & 0x0f);
    if flags & 0x10 != 0 {
        let [_, _, high, low] = *bytes.get(at..)?.first_chunk::<4>()?;
        at += 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
    }
    (at <= bytes.len()).then_some(at)
}

impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Inbound").field(&self.suite).finish()
    }
}
