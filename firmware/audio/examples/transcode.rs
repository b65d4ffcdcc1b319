//! Encodes or decodes raw sound with the unit's own codecs, so that other implementations can be held against them:
//! `transcode encode g722 speech.raw speech.g722`. Raw sound is 16-bit little-endian at the codec's rate; `encode-music`
//! takes that of the encoder for prepared music. Fails where a payload is refused.
//!
//! Packets of Opus vary in length: each is written after its own, two bytes, the low one first. Length 0 is a lost packet.

use orbitbox_audio::codec::{Codec, CodecFault, Decoder, Encoder};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [order, name, from, to] = arguments.as_slice() else { return ExitCode::from(2) };
    let codec = Codec::ALL.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name));
    let (Some(codec), Ok(bytes)) = (codec, std::fs::read(from)) else { return ExitCode::from(2) };
    let out = match order.as_str() {
        "encode" => Ok(encode(Encoder::new(codec), &bytes)),
        "encode-music" => Ok(encode(Encoder::for_music(codec), &bytes)),
        "decode" => decode(codec, &payloads(codec, &bytes)),
        _ => return ExitCode::from(2),
    };
    match out.map(|out| std::fs::write(to, out)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(_)) | Err(_) => ExitCode::FAILURE,
    }
}

fn encode(mut encoder: Encoder, bytes: &[u8]) -> Vec<u8> {
    let pcm: Vec<i16> = bytes.as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
    let mut out = Vec::new();
    for frame in pcm.chunks_exact(encoder.sample_rate() as usize / 50) {
        let mut payload = [0; Encoder::MOST_BYTES];
        let length = encoder.encode(frame, &mut payload);
        if encoder.codec() == Codec::Opus {
            out.extend_from_slice(&(length as u16).to_le_bytes());
        }
        out.extend_from_slice(&payload[..length]);
    }
    out
}

fn decode(codec: Codec, payloads: &[&[u8]]) -> Result<Vec<u8>, CodecFault> {
    let mut decoder = Decoder::new(codec);
    let mut out = Vec::new();
    for (index, payload) in payloads.iter().enumerate() {
        let mut pcm = [0; Decoder::MOST_SAMPLES];
        let length = if payload.is_empty() {
            let next = payloads.get(index + 1).filter(|next| !next.is_empty());
            decoder.conceal(next.copied(), &mut pcm[..codec.frame_samples()]);
            codec.frame_samples()
        } else {
            decoder.decode(payload, &mut pcm)?
        };
        out.extend(pcm[..length].iter().flat_map(|sample| sample.to_le_bytes()));
    }
    Ok(out)
}

fn payloads(codec: Codec, mut bytes: &[u8]) -> Vec<&[u8]> {
    if let Some(length) = codec.frame_bytes() {
        return bytes.chunks(length).collect();
    }
    let mut payloads = Vec::new();
    while let Some(length) = bytes.split_off(..2).and_then(|length| length.first_chunk()) {
        let length = usize::from(u16::from_le_bytes(*length));
        payloads.extend(bytes.split_off(..length.min(bytes.len())));
    }
    payloads
}
