//! FLAC files in memory. The one place that knows `symphonia`.

use crate::Pcm;
use std::fmt;
use std::io::Cursor;
use std::time::Duration;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

/// Channels a file may have.
const MOST_CHANNELS: usize = 8;

/// Why bytes could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeFault {
    /// Not a file of a kind we read.
    Unknown,
    /// It has no audio, or audio of a shape we do not take (no rate, more than eight channels).
    NoAudio,
    /// It plays longer than allowed.
    TooLong,
    /// It is cut short or damaged.
    Damaged,
}

impl fmt::Display for DecodeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DecodeFault::Unknown => "not an audio file of a known kind",
            DecodeFault::NoAudio => "the file has no audio that can be played",
            DecodeFault::TooLong => "the audio is too long",
            DecodeFault::Damaged => "the audio file is damaged",
        })
    }
}

impl std::error::Error for DecodeFault {}

/// Decodes a whole FLAC file, mixing its channels to one. `most` bounds how long it may play, and with it the memory.
pub fn decode(bytes: &[u8], most: Duration) -> Result<Pcm, DecodeFault> {
    let source = MediaSourceStream::new(Box::new(Cursor::new(bytes.to_vec())), Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), source, FormatOptions::default(), MetadataOptions::default())
        .map_err(|_| DecodeFault::Unknown)?;
    let track = format.default_track(TrackType::Audio).ok_or(DecodeFault::NoAudio)?;
    let track_id = track.id;
    let parameters =
        track.codec_params.as_ref().and_then(|parameters| parameters.audio()).ok_or(DecodeFault::NoAudio)?;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(|_| DecodeFault::NoAudio)?;

    let mut pcm = Pcm::default();
    let mut interleaved: Vec<i16> = Vec::new();
    loop {
        let packet = match format.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            Err(Error::ResetRequired) => break,
            Err(_) => return Err(DecodeFault::Damaged),
        };
        if packet.track_id != track_id {
            continue;
        }
        let block = decoder.decode(&packet).map_err(|_| DecodeFault::Damaged)?;
        let channels = block.num_planes();
        if channels == 0 || channels > MOST_CHANNELS || block.spec().rate() == 0 {
            return Err(DecodeFault::NoAudio);
        }
        if pcm.rate == 0 {
            pcm.rate = block.spec().rate();
        } else if pcm.rate != block.spec().rate() {
            return Err(DecodeFault::Damaged);
        }
        if pcm.samples.len() + block.frames() > crate::pcm::samples_in(pcm.rate, most) {
            return Err(DecodeFault::TooLong);
        }
        interleaved.resize(block.samples_interleaved(), 0);
        block.copy_to_slice_interleaved(&mut interleaved);
        pcm.samples.extend(interleaved.chunks_exact(channels).map(|moment| {
            let sum: i32 = moment.iter().map(|sample| i32::from(*sample)).sum();
            (sum / channels as i32) as i16
        }));
    }
    if pcm.samples.is_empty() { Err(DecodeFault::NoAudio) } else { Ok(pcm) }
}
