//! Encodes or decodes raw sound with the unit's own codecs, so that other implementations can be held against them:
//! `transcode encode g722 speech.raw speech.g722`. Raw sound is 16-bit little-endian at the codec's rate.

use orbitbox_audio::codec::{Codec, Decoder, Encoder};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [order, name, from, to] = arguments.as_slice() else { return ExitCode::from(2) };
    let codec = Codec::ALL.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name));
    let (Some(codec), Ok(bytes)) = (codec, std::fs::read(from)) else { return ExitCode::from(2) };
    let out = match order.as_str() {
        "encode" => encode(codec, &bytes),
        "decode" => decode(codec, &bytes),
        _ => return ExitCode::from(2),
    };
    if std::fs::write(to, out).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn encode(codec: Codec, bytes: &[u8]) -> Vec<u8> {
    let pcm: Vec<i16> = bytes.as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
    let mut encoder = Encoder::new(codec);
    let mut out = Vec::new();
    for frame in pcm.chunks_exact(codec.frame_samples()) {
        let mut payload = [0; Encoder::MOST_BYTES];
        let length = encoder.encode(frame, &mut payload);
        // Packets of Opus vary in length, so that each is written after its own.
        if codec == Codec::Opus {
            out.extend_from_slice(&(length as u16).to_le_bytes());
        }
        out.extend_from_slice(&payload[..length]);
    }
    out
}

fn decode(codec: Codec, mut bytes: &[u8]) -> Vec<u8> {
    let mut decoder = Decoder::new(codec);
    let mut out = Vec::new();
    let mut pcm = [0; Decoder::MOST_SAMPLES];
    while let Some(payload) = next(codec, &mut bytes) {
        let length = decoder.decode(payload, &mut pcm).unwrap_or(0);
        out.extend(pcm[..length].iter().flat_map(|sample| sample.to_le_bytes()));
    }
    out
}

fn next<'a>(codec: Codec, bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = match codec.frame_bytes() {
        Some(length) => length,
        None => usize::from(u16::from_le_bytes(bytes.split_off(..2)?.try_into().ok()?)),
    };
    bytes.split_off(..length.min(bytes.len())).filter(|payload| !payload.is_empty())
}
