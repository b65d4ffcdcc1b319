//! Whatever a party sends for sound is refused or decoded to as much as it says it lasts: no panic, and nothing that
//! spoils the good payload after it. `ORBITBOX_SEEDS=100000` lives more streams.

mod exercise;

use exercise::exercise;
use orbitbox_audio::codec::{Codec, Decoder, Encoder};
use orbitbox_audio::tone;
use std::time::Duration;

/// Streams of the fast suite, and the payloads of each.
const STREAMS: u32 = 150;
const PAYLOADS: usize = 40;

/// Numbers that a seed gives again: the multiplier and increment of Numerical Recipes.
struct Chance(u32);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((u64::from(self.0) * limit as u64) >> 32) as usize
    }

    fn byte(&mut self) -> u8 {
        self.below(256) as u8
    }
}

/// Good packets of Opus, of speech and of music.
fn good() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for mut encoder in [Encoder::new(Codec::Opus), Encoder::for_music(Codec::Opus)] {
        let rate = encoder.sample_rate();
        let mut sound = tone::chime(rate).samples;
        sound.extend(tone::sine(rate, 170.0, -3.0, Duration::from_millis(400)).samples);
        for frame in sound.chunks_exact(rate as usize / 50) {
            let mut payload = [0; Encoder::MOST_BYTES];
            let length = encoder.encode(frame, &mut payload);
            all.push(payload[..length].to_vec());
        }
    }
    all
}

/// One that no encoder need have made: cut, prolonged, with flipped bits, under the head of another kind of packet, or of
/// nothing but chance.
fn payload(chance: &mut Chance, good: &[Vec<u8>]) -> Vec<u8> {
    let mut payload = good[chance.below(good.len())].clone();
    match chance.below(8) {
        0 => payload = (0..chance.below(1400)).map(|_| chance.byte()).collect(),
        1 => payload.truncate(chance.below(4)),
        2 => payload.truncate(chance.below(payload.len())),
        3 => payload.extend((0..chance.below(300)).map(|_| chance.byte())),
        4 => (0..=chance.below(8)).for_each(|_| {
            let place = chance.below(payload.len());
            payload[place] ^= 1 << chance.below(8);
        }),
        5 | 6 => payload[0] = chance.byte(),
        _ => {}
    }
    payload
}

#[test]
fn no_stream_of_payloads_does_harm() {
    let streams = std::env::var("ORBITBOX_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(STREAMS);
    let good = good();
    let mut decoded = 0;
    for seed in 0..streams {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9));
        let story = (0..PAYLOADS).flat_map(|_| {
            let payload = payload(&mut chance, &good);
            let [high, low] = (payload.len() as u16).to_be_bytes();
            [chance.byte() | (2 * u8::from(chance.below(2) > 0)), high, low].into_iter().chain(payload)
        });
        let story: Vec<u8> = story.collect();
        decoded += std::panic::catch_unwind(|| exercise(&story)).unwrap_or_else(|_| panic!("seed {seed}"));
    }
    assert!(decoded > streams as usize * PAYLOADS, "only {decoded} payloads were decoded");
}

#[test]
fn every_length_is_decoded_or_refused() {
    for codec in Codec::ALL {
        let mut decoder = Decoder::new(codec);
        for length in 0..2_000 {
            let payload = vec![0x55; length];
            let mut pcm = [0; Decoder::MOST_SAMPLES];
            let decoded = decoder.decode(&payload, &mut pcm).ok();
            if let Some(bytes) = codec.frame_bytes() {
                let samples = length * codec.frame_samples() / bytes;
                assert_eq!(decoded, (length <= 6 * bytes).then_some(samples), "{codec:?}, {length} bytes");
            }
            // Room for less than the payload holds is refused, not filled in part.
            if let Some(samples @ 1..) = decoded {
                assert!(decoder.decode(&payload, &mut pcm[..samples - 1]).is_err(), "{codec:?}, {length} bytes");
            }
        }
    }
}
