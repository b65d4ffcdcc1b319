use super::{Codec, g722, opus, pcma, pcmu};
use std::fmt;

/// Sound to the payloads of one stream.
pub struct Encoder(Inside);

enum Inside {
    Pcmu,
    Pcma,
    G722(Box<g722::Encoder>),
    Opus(Box<opus::Encoder>),
}

impl Encoder {
    /// Bytes that hold any frame.
    pub const MOST_BYTES: usize = opus::MOST_BYTES;

    /// For live sound at the codec's [`Codec::sample_rate`].
    pub fn new(codec: Codec) -> Self {
        Self(match codec {
            Codec::Pcmu => Inside::Pcmu,
            Codec::Pcma => Inside::Pcma,
            Codec::G722 => Inside::G722(Box::default()),
            Codec::Opus => Inside::Opus(Box::new(opus::Encoder::speech())),
        })
    }

    /// For music that is prepared in advance: at the widest rate the codec can carry.
    pub fn for_music(codec: Codec) -> Self {
        match codec {
            Codec::Pcmu | Codec::Pcma | Codec::G722 => Self::new(codec),
            Codec::Opus => Self(Inside::Opus(Box::new(opus::Encoder::music()))),
        }
    }

    /// Whose payloads it makes.
    pub fn codec(&self) -> Codec {
        match self.0 {
            Inside::Pcmu => Codec::Pcmu,
            Inside::Pcma => Codec::Pcma,
            Inside::G722(_) => Codec::G722,
            Inside::Opus(_) => Codec::Opus,
        }
    }

    /// Samples a second that go in.
    pub fn sample_rate(&self) -> u32 {
        match &self.0 {
            Inside::Pcmu | Inside::Pcma | Inside::G722(_) => self.codec().sample_rate(),
            Inside::Opus(encoder) => encoder.sample_rate(),
        }
    }

    /// Encodes 20 ms into `out`, which has room for [`Self::MOST_BYTES`]; returns how many bytes it took.
    pub fn encode(&mut self, pcm: &[i16], out: &mut [u8]) -> usize {
        match &mut self.0 {
            Inside::Pcmu => each(pcm, out, pcmu::encode),
            Inside::Pcma => each(pcm, out, pcma::encode),
            Inside::G722(encoder) => encoder.encode(pcm, out),
            Inside::Opus(encoder) => encoder.encode(pcm, out),
        }
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Encoder").field(&self.codec()).finish()
    }
}

fn each(pcm: &[i16], out: &mut [u8], encode: fn(i16) -> u8) -> usize {
    out.iter_mut().zip(pcm).for_each(|(out, sample)| *out = encode(*sample));
    out.len().min(pcm.len())
}
