use super::conceal::Concealment;
use super::{Codec, CodecFault, g722, opus, pcma, pcmu};
use std::fmt;

/// The payloads of one stream to sound, at the codec's [`Codec::sample_rate`].
pub struct Decoder {
    inside: Inside,
    concealment: Concealment,
}

enum Inside {
    Pcmu,
    Pcma,
    G722(Box<g722::Decoder>),
    Opus(Box<opus::Decoder>),
}

impl Decoder {
    /// Samples of the longest payload that is taken: 120 ms at 16,000 Hz.
    pub const MOST_SAMPLES: usize = 1920;

    /// A stream begins.
    pub fn new(codec: Codec) -> Self {
        let inside = match codec {
            Codec::Pcmu => Inside::Pcmu,
            Codec::Pcma => Inside::Pcma,
            Codec::G722 => Inside::G722(Box::default()),
            Codec::Opus => Inside::Opus(Box::default()),
        };
        Self { inside, concealment: Concealment::new(codec.sample_rate()) }
    }

    /// Whose payloads it takes.
    pub fn codec(&self) -> Codec {
        match self.inside {
            Inside::Pcmu => Codec::Pcmu,
            Inside::Pcma => Codec::Pcma,
            Inside::G722(_) => Codec::G722,
            Inside::Opus(_) => Codec::Opus,
        }
    }

    /// Decodes one payload into `pcm`, which has room for [`Self::MOST_SAMPLES`]; returns how many samples it took.
    ///
    /// # Errors
    /// The payload is longer than 120 ms, or no payload of this codec.
    pub fn decode(&mut self, payload: &[u8], pcm: &mut [i16]) -> Result<usize, CodecFault> {
        let longest = self.codec().frame_bytes().map(|bytes| bytes * Codec::MOST_FRAMES as usize);
        if longest.is_some_and(|longest| payload.len() > longest) {
            return Err(CodecFault::TooLong);
        }
        let length = match &mut self.inside {
            Inside::Pcmu => each(payload, pcm, pcmu::decode)?,
            Inside::Pcma => each(payload, pcm, pcma::decode)?,
            Inside::G722(decoder) if 2 * payload.len() <= pcm.len() => decoder.decode(payload, pcm),
            Inside::G722(_) => return Err(CodecFault::TooLong),
            Inside::Opus(decoder) => return decoder.decode(payload, pcm),
        };
        self.concealment.heard(&mut pcm[..length]);
        Ok(length)
    }

    /// A guess at what was lost, 20 ms at most. `next` is the payload after it, where it is there: Opus may carry a copy.
    pub fn conceal(&mut self, next: Option<&[u8]>, pcm: &mut [i16]) {
        match (&mut self.inside, next) {
            (Inside::Opus(decoder), Some(next)) => decoder.recover(next, pcm),
            (Inside::Opus(decoder), None) => decoder.conceal(pcm),
            (Inside::Pcmu | Inside::Pcma | Inside::G722(_), _) => self.concealment.guess(pcm),
        }
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Decoder").field(&self.codec()).finish()
    }
}

fn each(payload: &[u8], pcm: &mut [i16], decode: fn(u8) -> i16) -> Result<usize, CodecFault> {
    let out = pcm.get_mut(..payload.len()).ok_or(CodecFault::TooLong)?;
    out.iter_mut().zip(payload).for_each(|(out, code)| *out = decode(*code));
    Ok(payload.len())
}
