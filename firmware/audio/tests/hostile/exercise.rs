//! What a stream of any payloads does to a decoder, with what must hold of each. The fuzz target runs it too.

use orbitbox_audio::codec::{Codec, Decoder, Encoder};

/// What is asked of a decoder.
enum Step<'a> {
    Decode(&'a [u8]),
    Conceal(Option<&'a [u8]>),
}

/// Reads `bytes` as the story of a stream (what is done, how long the payload is, the payload, again) and lives it with
/// every codec; gives how many payloads were decoded.
///
/// # Panics
/// When something does not hold.
pub fn exercise(bytes: &[u8]) -> usize {
    Codec::ALL.into_iter().map(|codec| live(codec, bytes)).sum()
}

fn live(codec: Codec, mut bytes: &[u8]) -> usize {
    let mut decoder = Decoder::new(codec);
    let mut pcm = [0; Decoder::MOST_SAMPLES];
    let mut decoded = 0;
    while let Some(step) = next(&mut bytes) {
        match step {
            Step::Decode(payload) => decoded += usize::from(decode(&mut decoder, payload, &mut pcm)),
            Step::Conceal(next) => decoder.conceal(next, &mut pcm[..codec.frame_samples()]),
        }
    }
    // Nothing of it keeps a decoder from the next good payload.
    let mut payload = [0; Encoder::MOST_BYTES];
    let length = Encoder::new(codec).encode(&vec![100; codec.frame_samples()], &mut payload);
    assert!(decode(&mut decoder, &payload[..length], &mut pcm), "{codec:?}");
    decoded
}

/// Takes the next step off; its first byte says which, the two after it how many bytes the payload has.
fn next<'a>(bytes: &mut &'a [u8]) -> Option<Step<'a>> {
    let [order, high, low] = *bytes.split_off(..3)?.as_array()?;
    let length = usize::from(u16::from_be_bytes([high, low])).min(bytes.len());
    let payload = bytes.split_off(..length)?;
    Some(match order % 4 {
        0 => Step::Conceal(None),
        1 => Step::Conceal(Some(payload)),
        _ => Step::Decode(payload),
    })
}

/// Whether a payload is taken; it lasts as long as it says.
fn decode(decoder: &mut Decoder, payload: &[u8], pcm: &mut [i16]) -> bool {
    let codec = decoder.codec();
    let Ok(length) = decoder.decode(payload, pcm) else { return false };
    let told = codec.payload_clock(payload).unwrap_or(0) as usize;
    let wanted = told * codec.frame_samples() / codec.frame_clock() as usize;
    assert_eq!(length, wanted, "{codec:?}, {} bytes from {:02x?}", payload.len(), payload.first_chunk::<4>());
    true
}
