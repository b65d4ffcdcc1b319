//! The one place that knows `symphonia`.

use super::{DecodeFault, Input};
use std::io::{self, Read, Seek, SeekFrom};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;

/// One packet in so many may be damaged: a scratch that nobody hears. Players skip them too.
const DAMAGED_OF: u64 = 200;

/// Of what a file promises so much may be missing, in percent: encoders pad, and some count wrong.
const MISSING: u64 = 2;

/// Any kind of file but Opus.
pub(super) struct Container {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    /// What the file says it has, and what came out of it.
    promised: Option<u64>,
    decoded: u64,
    packets: u64,
    damaged: u64,
    shape: Option<(u32, usize)>,
}

impl Container {
    pub fn open(input: Box<dyn Input>) -> Result<Self, DecodeFault> {
        let source = MediaSourceStream::new(Box::new(Source::new(input)), Default::default());
        let format = symphonia::default::get_probe()
            .probe(&Hint::new(), source, FormatOptions::default(), MetadataOptions::default())
            .map_err(|_| DecodeFault::Unknown)?;
        let track = format.default_track(TrackType::Audio).ok_or(DecodeFault::NoAudio)?;
        let parameters =
            track.codec_params.as_ref().and_then(|parameters| parameters.audio()).ok_or(DecodeFault::NoAudio)?;
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|_| DecodeFault::NoAudio)?;
        let (track, promised) = (track.id, track.num_frames);
        Ok(Self { format, decoder, track, promised, decoded: 0, packets: 0, damaged: 0, shape: None })
    }

    pub fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<(u32, usize)>, DecodeFault> {
        loop {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) | Err(Error::ResetRequired) => return self.end(),
                Err(Error::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => return self.cut(),
                Err(_) => return Err(DecodeFault::Damaged),
            };
            if packet.track_id != self.track {
                continue;
            }
            self.packets += 1;
            let block = match self.decoder.decode(&packet) {
                Ok(block) => block,
                Err(Error::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => return self.cut(),
                Err(_) => {
                    self.damaged += 1;
                    // Judged at the end, but not put off for ever.
                    if self.damaged > 20 && self.damaged * 4 > self.packets {
                        return Err(DecodeFault::Damaged);
                    }
                    continue;
                }
            };
            let shape = (block.spec().rate(), block.num_planes());
            if *self.shape.get_or_insert(shape) != shape {
                return Err(DecodeFault::Damaged);
            }
            if block.frames() == 0 {
                continue;
            }
            self.decoded += block.frames() as u64;
            let before = samples.len();
            samples.resize(before + block.samples_interleaved(), 0.0);
            block.copy_to_slice_interleaved(&mut samples[before..]);
            return Ok(Some(shape));
        }
    }

    /// The file has ended between two packets.
    fn end(&self) -> Result<Option<(u32, usize)>, DecodeFault> {
        if self.damaged * DAMAGED_OF > self.packets {
            return Err(DecodeFault::Damaged);
        }
        let missing = self.promised.map_or(0, |promised| promised.saturating_sub(self.decoded));
        if missing * 100 > self.promised.unwrap_or(0) * MISSING { Err(DecodeFault::Truncated) } else { Ok(None) }
    }

    /// It has ended within one.
    fn cut(&self) -> Result<Option<(u32, usize)>, DecodeFault> {
        // Many encoders leave such an end; only what is missing besides tells it from a cut.
        if self.promised.is_none() { Err(DecodeFault::Truncated) } else { self.end() }
    }
}

/// An input whose length is known.
struct Source {
    input: Box<dyn Input>,
    length: Option<u64>,
}

impl Source {
    fn new(mut input: Box<dyn Input>) -> Self {
        let length = input.seek(SeekFrom::End(0)).ok();
        input.rewind().ok();
        Self { input, length }
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.input.read(into)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.input.seek(to)
    }
}

impl MediaSource for Source {
    fn is_seekable(&self) -> bool {
        self.length.is_some()
    }

    fn byte_len(&self) -> Option<u64> {
        self.length
    }
}
