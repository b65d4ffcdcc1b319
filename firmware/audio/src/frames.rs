//! Music that was prepared in advance: the payloads of one codec, one after another, in a file or in memory.
//!
//! A header of [`HEADER_BYTES`] (magic, version, codec, loudness, number of frames, hash of the source), then the frames.
//! Those of a codec with payloads of varying length follow a table of their ends, so that finding a frame costs the same
//! wherever it lies. Numbers are little-endian.

use crate::codec::Codec;
use std::fmt;
use std::sync::Arc;

const MAGIC: [u8; 8] = *b"ORBITMOH";
const VERSION: u8 = 1;

/// Frames begin at a multiple of a page of memory.
pub const HEADER_BYTES: usize = 4096;

/// Frames of the longest piece: 6 hours.
pub const MOST_FRAMES: usize = 6 * 3600 * 50;

/// Bytes of the largest frame.
pub const MOST_FRAME_BYTES: usize = crate::codec::Encoder::MOST_BYTES;

/// Where prepared bytes live: in memory, or in a file that is mapped into it.
pub type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// Why bytes are no prepared music.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FramesFault {
    /// They do not begin as such a file does.
    Foreign,
    /// They were written by another version of the program.
    OtherVersion,
    /// They end early, or their table does not fit them.
    Damaged,
}

impl fmt::Display for FramesFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FramesFault::Foreign => "no file of prepared music",
            FramesFault::OtherVersion => "prepared by another version",
            FramesFault::Damaged => "a damaged file of prepared music",
        })
    }
}

impl std::error::Error for FramesFault {}

/// What the header says beside the frames.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Description {
    /// Whose payloads they are.
    pub codec: Codec,
    /// How loud it is on a telephone, in LUFS (ITU-R BS.1770).
    pub loudness: f32,
    /// BLAKE3 of the file it was made from; zeros where there was none.
    pub source: [u8; 32],
}

/// Prepared payloads. Clones share the bytes.
#[derive(Clone)]
pub struct Frames {
    bytes: Bytes,
    description: Description,
    count: usize,
    /// Where the first frame begins.
    start: usize,
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frames({:?}, {})", self.description.codec, self.count)
    }
}

impl Frames {
    /// Checks the header and the table; frames themselves are not looked at.
    ///
    /// # Errors
    /// See [`FramesFault`].
    pub fn open(bytes: Bytes) -> Result<Self, FramesFault> {
        let all = (*bytes).as_ref();
        let header = all.get(..HEADER_BYTES).ok_or(FramesFault::Foreign)?;
        if header[..8] != MAGIC {
            return Err(FramesFault::Foreign);
        }
        if header[8] != VERSION {
            return Err(FramesFault::OtherVersion);
        }
        let codec = *Codec::ALL.get(usize::from(header[9])).ok_or(FramesFault::OtherVersion)?;
        let count = number(header, 12).ok_or(FramesFault::Damaged)? as usize;
        let loudness = f32::from_bits(number(header, 16).ok_or(FramesFault::Damaged)?);
        let mut source = [0; 32];
        source.copy_from_slice(&header[24..56]);
        if count == 0 || count > MOST_FRAMES {
            return Err(FramesFault::Damaged);
        }
        let start = HEADER_BYTES + if codec.frame_bytes().is_some() { 0 } else { 4 * count };
        let frames = Self { description: Description { codec, loudness, source }, count, start, bytes: bytes.clone() };
        let whole = match codec.frame_bytes() {
            Some(size) => all.len() == start + count * size,
            None => frames.table_fits(all),
        };
        if whole { Ok(frames) } else { Err(FramesFault::Damaged) }
    }

    fn table_fits(&self, all: &[u8]) -> bool {
        let mut end = 0;
        for index in 0..self.count {
            let Some(next) = number(all, HEADER_BYTES + 4 * index) else { return false };
            let next = next as usize;
            if next <= end || next - end > MOST_FRAME_BYTES {
                return false;
            }
            end = next;
        }
        all.len() == self.start + end
    }

    /// Beside the frames.
    pub fn description(&self) -> Description {
        self.description
    }

    /// How many frames of 20 ms there are; never none.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The payload of a frame; `None` beyond the end.
    pub fn frame(&self, index: usize) -> Option<&[u8]> {
        if index >= self.count {
            return None;
        }
        let all = (*self.bytes).as_ref();
        let (from, to) = match self.description.codec.frame_bytes() {
            Some(size) => (index * size, (index + 1) * size),
            None => {
                let end = |index: usize| number(all, HEADER_BYTES + 4 * index).map(|end| end as usize);
                (if index == 0 { 0 } else { end(index - 1)? }, end(index)?)
            }
        };
        all.get(self.start + from..self.start + to)
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Puts payloads together, one by one.
#[derive(Debug)]
pub struct Writer {
    codec: Codec,
    ends: Vec<u32>,
    payloads: Vec<u8>,
}

impl Writer {
    /// Nothing so far.
    pub fn new(codec: Codec) -> Self {
        Self { codec, ends: Vec::new(), payloads: Vec::new() }
    }

    /// Adds a frame; `false`, with nothing added, where it has the wrong size or there are too many.
    pub fn add(&mut self, payload: &[u8]) -> bool {
        let fits = match self.codec.frame_bytes() {
            Some(size) => payload.len() == size,
            None => (1..=MOST_FRAME_BYTES).contains(&payload.len()),
        };
        if !fits || self.ends.len() >= MOST_FRAMES {
            return false;
        }
        self.payloads.extend_from_slice(payload);
        self.ends.push(self.payloads.len() as u32);
        true
    }

    /// The whole file.
    pub fn finish(self, loudness: f32, source: [u8; 32]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8] = VERSION;
        bytes[9] = Codec::ALL.iter().position(|codec| *codec == self.codec).unwrap_or(0) as u8;
        bytes[12..16].copy_from_slice(&(self.ends.len() as u32).to_le_bytes());
        bytes[16..20].copy_from_slice(&loudness.to_bits().to_le_bytes());
        bytes[24..56].copy_from_slice(&source);
        if self.codec.frame_bytes().is_none() {
            bytes.extend(self.ends.iter().flat_map(|end| end.to_le_bytes()));
        }
        bytes.extend_from_slice(&self.payloads);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(codec: Codec, payloads: &[Vec<u8>]) -> Vec<u8> {
        let mut writer = Writer::new(codec);
        payloads.iter().for_each(|payload| assert!(writer.add(payload)));
        writer.finish(-24.0, [7; 32])
    }

    fn payloads(codec: Codec) -> Vec<Vec<u8>> {
        (1..=30u8).map(|n| vec![n; codec.frame_bytes().unwrap_or(usize::from(n))]).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        for codec in Codec::ALL {
            let frames = Frames::open(Arc::new(written(codec, &payloads(codec)))).unwrap();
            assert_eq!(frames.description(), Description { codec, loudness: -24.0, source: [7; 32] });
            assert_eq!(frames.count(), 30);
            for (index, payload) in payloads(codec).iter().enumerate() {
                assert_eq!(frames.frame(index), Some(payload.as_slice()), "{codec:?}");
            }
            assert_eq!(frames.frame(30), None);
            assert_eq!(frames.frame(usize::MAX), None);
        }
    }

    #[test]
    fn every_cut_is_noticed() {
        for codec in Codec::ALL {
            let bytes = written(codec, &payloads(codec));
            for length in (0..bytes.len()).step_by(13).chain([bytes.len() - 1]) {
                assert!(Frames::open(Arc::new(bytes[..length].to_vec())).is_err(), "{codec:?}: {length}");
            }
            let mut longer = bytes;
            longer.push(0);
            assert_eq!(Frames::open(Arc::new(longer)).unwrap_err(), FramesFault::Damaged);
        }
    }

    #[test]
    fn a_damaged_header_or_table_is_refused_and_never_read_past_the_end() {
        for codec in Codec::ALL {
            let bytes = written(codec, &payloads(codec));
            let places = (0..64).chain(HEADER_BYTES..HEADER_BYTES + 120);
            for (place, value) in places.flat_map(|place| [0x01, 0x80, 0xff].map(|value| (place, value))) {
                let mut damaged = bytes.clone();
                damaged[place] ^= value;
                if let Ok(frames) = Frames::open(Arc::new(damaged)) {
                    assert!((0..frames.count()).all(|index| frames.frame(index).is_some()));
                }
            }
        }
    }

    #[test]
    fn frames_of_the_wrong_size_are_not_added() {
        assert!(!Writer::new(Codec::Pcmu).add(&[0; 159]));
        assert!(!Writer::new(Codec::Opus).add(&[]));
        assert!(!Writer::new(Codec::Opus).add(&[0; MOST_FRAME_BYTES + 1]));
        assert_eq!(Frames::open(Arc::new(written(Codec::Pcmu, &[]))).unwrap_err(), FramesFault::Damaged);
    }
}
