//! Audio files: WAV, MP3, FLAC, Ogg Vorbis, Ogg Opus, AAC and ALAC in M4A. What is read may be hostile: every failure is a
//! fault in words, and nothing grows with what a file only claims.

mod container;
mod opus_file;

use crate::Pcm;
use container::Container;
use opus_file::OpusFile;
use std::fmt;
use std::io::{Cursor, Read, Seek};
use std::time::Duration;

/// Channels a file may have.
const MOST_CHANNELS: usize = 8;

/// Samples a second it may have.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;

/// Where a file is read from.
pub trait Input: Read + Seek + Send + Sync {}

impl<T: Read + Seek + Send + Sync> Input for T {}

/// Why a file could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeFault {
    /// Not a file of a kind we read.
    Unknown,
    /// It has no audio, or audio that none of our codecs is for.
    NoAudio,
    /// More than eight channels, or none.
    Channels(usize),
    /// Samples a second beyond 8000 to 192,000.
    Rate(u32),
    /// It plays longer than allowed.
    TooLong,
    /// It ends before the end that it promises.
    Truncated,
    /// It is damaged.
    Damaged,
}

impl fmt::Display for DecodeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeFault::Unknown => f.write_str("not an audio file of a known kind"),
            DecodeFault::NoAudio => f.write_str("the file has no audio that can be played"),
            DecodeFault::Channels(channels) => write!(f, "{channels} channels; 1 to {MOST_CHANNELS} can be played"),
            DecodeFault::Rate(rate) => write!(f, "{rate} samples a second; 8000 to 192,000 can be played"),
            DecodeFault::TooLong => f.write_str("the audio is too long"),
            DecodeFault::Truncated => f.write_str("the file is cut short"),
            DecodeFault::Damaged => f.write_str("the audio file is damaged"),
        }
    }
}

impl std::error::Error for DecodeFault {}

/// A file that is decoded piece by piece.
pub struct Reader(Inside);

enum Inside {
    Container(Box<Container>),
    Opus(Box<OpusFile>),
}

impl Reader {
    /// Looks at the beginning of a file.
    ///
    /// # Errors
    /// It is of no known kind, or has no audio of ours.
    pub fn open(mut input: impl Input + 'static) -> Result<Self, DecodeFault> {
        let mut beginning = [0; 64];
        let length = read_beginning(&mut input, &mut beginning);
        let is_opus = beginning[..length].starts_with(b"OggS") && beginning.windows(8).any(|word| word == b"OpusHead");
        Ok(Self(if is_opus {
            Inside::Opus(Box::new(OpusFile::open(Box::new(input))?))
        } else {
            Inside::Container(Box::new(Container::open(Box::new(input))?))
        }))
    }

    /// Adds the next piece to `samples`: interleaved, full scale is 1. Returns the rate and the number of channels of the
    /// piece; `None` at the end of the file.
    ///
    /// # Errors
    /// The file is damaged, cut short, or changes its shape on the way.
    pub fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<(u32, usize)>, DecodeFault> {
        let shape = match &mut self.0 {
            Inside::Container(container) => container.read(samples),
            Inside::Opus(file) => file.read(samples),
        }?;
        match shape {
            Some((_, channels)) if channels == 0 || channels > MOST_CHANNELS => Err(DecodeFault::Channels(channels)),
            Some((rate, _)) if !RATES.contains(&rate) => Err(DecodeFault::Rate(rate)),
            shape => Ok(shape),
        }
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Inside::Container(_) => "Reader(container)",
            Inside::Opus(_) => "Reader(opus)",
        })
    }
}

fn read_beginning(input: &mut impl Input, into: &mut [u8]) -> usize {
    let mut length = 0;
    while length < into.len() {
        match input.read(&mut into[length..]) {
            Ok(0) | Err(_) => break,
            Ok(read) => length += read,
        }
    }
    // A file that cannot be rewound cannot be decoded either, and says so there.
    input.rewind().ok();
    length
}

/// Decodes a whole file in memory, mixing its channels to one. `most` bounds how long it may play, and with it the memory.
///
/// # Errors
/// See [`DecodeFault`].
pub fn decode(bytes: impl AsRef<[u8]> + Send + Sync + 'static, most: Duration) -> Result<Pcm, DecodeFault> {
    let mut reader = Reader::open(Cursor::new(bytes))?;
    let (mut pcm, mut piece) = (Pcm::default(), Vec::new());
    while let Some((rate, channels)) = reader.read(&mut piece)? {
        if pcm.rate != 0 && pcm.rate != rate {
            return Err(DecodeFault::Damaged);
        }
        pcm.rate = rate;
        if pcm.samples.len() + piece.len() / channels > crate::pcm::samples_in(rate, most) {
            return Err(DecodeFault::TooLong);
        }
        pcm.samples.extend(piece.chunks_exact(channels).map(|moment| {
            let sum: f32 = moment.iter().sum();
            (sum / channels as f32 * 32_768.0).round() as i16
        }));
        piece.clear();
    }
    if pcm.samples.is_empty() { Err(DecodeFault::NoAudio) } else { Ok(pcm) }
}
