//! Compound packets as bytes.

use std::time::Duration;

/// The longest compound packet we make: sender report with one block, name, farewell.
pub const MOST_BYTES: usize = 28 + 24 + 28 + 8;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const DESCRIPTION: u8 = 202;
const FAREWELL: u8 = 203;

/// Bytes of a report block.
const BLOCK: usize = 24;

/// What a sender says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender {
    /// Since the unit started: a receiver needs only differences (RFC 3550 section 4).
    pub at: Duration,
    pub timestamp: u32,
    pub packets: u32,
    pub octets: u32,
}

/// What one party says of another one's packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Whose packets.
    pub ssrc: u32,
    /// Lost since the last report, in 256ths.
    pub fraction: u8,
    /// Lost so far; may be less than none.
    pub lost: i32,
    pub highest: u32,
    /// In ticks of the RTP clock.
    pub jitter: u32,
    /// The middle of the time in the last sender report that came, 0 for none.
    pub last_report: u32,
    /// Since then, in 65,536ths of a second.
    pub since: u32,
}

/// A part of a compound packet, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The middle of the time in it.
    SenderReport(u32),
    Block(Block),
}

/// The middle 32 bits of a time as NTP writes it.
pub fn middle(at: Duration) -> u32 {
    (at.as_secs() as u32) << 16 | fraction(at) >> 16
}

fn fraction(at: Duration) -> u32 {
    ((u64::from(at.subsec_nanos()) << 32) / 1_000_000_000) as u32
}

/// Writes a compound packet of `ssrc`; its length.
pub fn write(
    into: &mut [u8; MOST_BYTES],
    ssrc: u32,
    sender: Option<Sender>,
    block: Option<Block>,
    farewell: bool,
) -> usize {
    let mut out = Out { into, length: 0 };
    let blocks = u8::from(block.is_some());
    let words = 1 + 6 * u16::from(blocks);
    match sender {
        Some(sender) => {
            out.head(blocks, SENDER_REPORT, words + 5);
            out.word(ssrc);
            out.word(sender.at.as_secs() as u32);
            out.word(fraction(sender.at));
            [sender.timestamp, sender.packets, sender.octets].into_iter().for_each(|word| out.word(word));
        }
        None => {
            out.head(blocks, RECEIVER_REPORT, words);
            out.word(ssrc);
        }
    }
    if let Some(block) = block {
        let lost = block.lost.clamp(-0x80_0000, 0x7f_ffff) as u32 & 0xff_ffff;
        let words = [
            block.ssrc,
            u32::from(block.fraction) << 24 | lost,
            block.highest,
            block.jitter,
            block.last_report,
            block.since,
        ];
        words.into_iter().for_each(|word| out.word(word));
    }
    // A name is required (section 6.1); this one tells nobody who or where we are.
    let name = format_name(ssrc);
    out.head(1, DESCRIPTION, 6);
    out.word(ssrc);
    out.bytes(&[1, name.len() as u8]);
    out.bytes(&name);
    out.bytes(&[0; 2]);
    if farewell {
        out.head(1, FAREWELL, 1);
        out.word(ssrc);
    }
    out.length
}

fn format_name(ssrc: u32) -> [u8; 16] {
    let mut name = *b"orbitbox00000000";
    for (n, digit) in name[8..].iter_mut().enumerate() {
        *digit = b"0123456789abcdef"[(ssrc >> (28 - 4 * n)) as usize & 15];
    }
    name
}

struct Out<'b> {
    into: &'b mut [u8; MOST_BYTES],
    length: usize,
}

impl Out<'_> {
    fn bytes(&mut self, bytes: &[u8]) {
        if let Some(room) = self.into.get_mut(self.length..self.length + bytes.len()) {
            room.copy_from_slice(bytes);
            self.length += bytes.len();
        }
    }

    fn word(&mut self, word: u32) {
        self.bytes(&word.to_be_bytes());
    }

    fn head(&mut self, count: u8, kind: u8, words: u16) {
        let [high, low] = words.to_be_bytes();
        self.bytes(&[0x80 | count, kind, high, low]);
    }
}

/// The parts of a compound packet; none where its beginning is no report (section 6.1). What is cut short ends it.
pub fn read(bytes: &[u8]) -> impl Iterator<Item = Part> {
    let is_report = matches!(bytes, [first, SENDER_REPORT | RECEIVER_REPORT, ..] if first >> 6 == 2);
    let mut rest = if is_report { bytes } else { &[] };
    std::iter::from_fn(move || {
        let [first, kind, high, low] = *rest.first_chunk::<4>()?;
        let length = 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
        let body = rest.get(4..length).filter(|_| first >> 6 == 2)?;
        rest = &rest[length..];
        Some(parts(kind, first & 0x1f, body))
    })
    .flatten()
}

fn parts(kind: u8, count: u8, body: &[u8]) -> impl Iterator<Item = Part> {
    let (time, blocks) = match kind {
        SENDER_REPORT => (body.get(6..10), body.get(24..)),
        RECEIVER_REPORT => (None, body.get(4..)),
        _ => (None, None),
    };
    let time = time.and_then(|time| Some(Part::SenderReport(u32::from_be_bytes(time.try_into().ok()?))));
    let blocks = blocks.unwrap_or_default().as_chunks::<BLOCK>().0.iter().take(count.into());
    time.into_iter().chain(blocks.map(|bytes| Part::Block(block(bytes))))
}

fn block(bytes: &[u8; BLOCK]) -> Block {
    let word = |n: usize| u32::from_be_bytes(bytes[4 * n..4 * n + 4].try_into().unwrap_or_default());
    Block {
        ssrc: word(0),
        fraction: bytes[4],
        // Of 24 bits the highest is the sign.
        lost: (word(1) << 8) as i32 >> 8,
        highest: word(2),
        jitter: word(3),
        last_report: word(4),
        since: word(5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENDER: Sender =
        Sender { at: Duration::from_millis(70_500), timestamp: 0x0102_0304, packets: 50, octets: 8000 };
    const BLOCK: Block = Block {
        ssrc: 0xdead_beef,
        fraction: 128,
        lost: -3,
        highest: 0x1_0007,
        jitter: 12,
        last_report: 0x0046_8000,
        since: 65_536,
    };

    #[test]
    fn what_is_written_is_read() {
        for (sender, block) in [(Some(SENDER), Some(BLOCK)), (Some(SENDER), None), (None, Some(BLOCK)), (None, None)] {
            let mut bytes = [0; MOST_BYTES];
            let length = write(&mut bytes, 7, sender, block, true);
            assert_eq!(length % 4, 0);
            let expected: Vec<Part> =
                sender.map(|_| Part::SenderReport(0x0046_8000)).into_iter().chain(block.map(Part::Block)).collect();
            assert_eq!(read(&bytes[..length]).collect::<Vec<_>>(), expected);
            for cut in 0..length {
                assert!(read(&bytes[..cut]).count() <= expected.len());
            }
        }
    }

    #[test]
    fn what_is_no_report_is_passed_over() {
        assert_eq!(read(b"").count(), 0);
        assert_eq!(read(&[0x81, 203, 0, 1, 0, 0, 0, 1]).count(), 0);
        assert_eq!(read(&[0x41, 200, 0, 1, 0, 0, 0, 1]).count(), 0);
        assert_eq!(read(&[0x9f, 201, 0, 1, 0, 0, 0, 1]).count(), 0);
        assert_eq!(read(&[0x80, 200, 0, 0]).count(), 0);
    }

    #[test]
    fn time_is_cut_in_the_middle() {
        assert_eq!(middle(Duration::from_millis(1500)), 0x0001_8000);
        assert_eq!(middle(Duration::from_secs(65_537)), 0x0001_0000);
    }
}
