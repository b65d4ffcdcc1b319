//! Every codec, there and back; G.722 against another implementation.

use orbitbox_audio::codec::comfort_noise::Noise;
use orbitbox_audio::codec::{Codec, Decoder, Encoder};
use orbitbox_audio::{detect, tone};
use std::time::Duration;

fn encoded(encoder: &mut Encoder, pcm: &[i16]) -> Vec<Vec<u8>> {
    let frame = encoder.sample_rate() as usize / 50;
    let frames = pcm.chunks_exact(frame);
    frames
        .map(|frame| {
            let mut payload = [0; Encoder::MOST_BYTES];
            let length = encoder.encode(frame, &mut payload);
            payload[..length].to_vec()
        })
        .collect()
}

fn decoded(codec: Codec, payloads: &[Vec<u8>]) -> Vec<i16> {
    let mut decoder = Decoder::new(codec);
    let mut out = Vec::new();
    for payload in payloads {
        let mut pcm = [0; Decoder::MOST_SAMPLES];
        let length = decoder.decode(payload, &mut pcm).unwrap_or(0);
        out.extend_from_slice(&pcm[..length]);
    }
    out
}

#[test]
fn a_tone_keeps_its_level_and_has_no_clicks() {
    for codec in Codec::ALL {
        for mut encoder in [Encoder::new(codec), Encoder::for_music(codec)] {
            let sound = tone::sine(encoder.sample_rate(), 1000.0, -10.0, Duration::from_secs(2)).samples;
            let out = decoded(codec, &encoded(&mut encoder, &sound));
            let rate = codec.sample_rate();
            assert_eq!(out.len(), 2 * rate as usize, "{codec:?}");
            let heard = &out[rate as usize / 2..];
            let level = detect::tone_db(heard, rate, 1000.0);
            assert!((level + 10.0).abs() < 0.5, "{codec:?}: {level}");
            // What is left without the tone is noise of the codec; a click would stand out of it in its 5 ms.
            for piece in heard.chunks_exact(rate as usize / 200) {
                let level = detect::level_db(piece);
                assert!((level + 13.0).abs() < 1.0, "{codec:?}: {level} in one piece");
            }
        }
    }
}

#[test]
fn payloads_tell_how_long_they_last() {
    for codec in Codec::ALL {
        let mut encoder = Encoder::new(codec);
        let silence = vec![0; codec.frame_samples()];
        let payload = &encoded(&mut encoder, &silence)[0];
        assert_eq!(codec.payload_clock(payload), Some(codec.frame_clock()), "{codec:?}");
        assert_eq!(codec.frame_bytes().unwrap_or(payload.len()), payload.len(), "{codec:?}");
        assert_eq!(codec.payload_clock(&[]), None, "{codec:?}");
    }
    assert_eq!(Codec::Pcmu.payload_clock(&[0; 961]), None);
    // Three frames of 60 ms are more than a packet may hold.
    assert_eq!(Codec::Opus.payload_clock(&[0x1b, 3, 0, 0, 0]), None);
}

#[test]
fn wrong_payloads_are_refused() {
    let mut pcm = [0; Decoder::MOST_SAMPLES];
    for codec in Codec::ALL {
        let mut decoder = Decoder::new(codec);
        assert!(decoder.decode(&[0xff; 4000], &mut pcm).is_err(), "{codec:?}");
        // The next good one is decoded all the same.
        let payload = encoded(&mut Encoder::new(codec), &vec![100; codec.frame_samples()]);
        assert_eq!(decoder.decode(&payload[0], &mut pcm), Ok(codec.frame_samples()), "{codec:?}");
    }
}

#[test]
fn a_lost_frame_is_filled_in() {
    for codec in Codec::ALL {
        let rate = codec.sample_rate();
        let sound = tone::sine(rate, 250.0, -10.0, Duration::from_secs(1)).samples;
        let payloads = encoded(&mut Encoder::new(codec), &sound);
        let mut decoder = Decoder::new(codec);
        let (mut pcm, mut guess) = ([0; Decoder::MOST_SAMPLES], vec![0; codec.frame_samples()]);
        for payload in &payloads[..30] {
            decoder.decode(payload, &mut pcm).unwrap();
        }
        decoder.conceal(Some(&payloads[31]), &mut guess);
        let level = detect::level_db(&guess);
        assert!((-20.0..-10.0).contains(&level), "{codec:?}: {level}");
    }
}

/// A caller's phone sends Opus with everything up to 20 kHz.
#[test]
fn what_lies_above_what_is_decoded_is_not_heard_as_something_else() {
    let mut encoder = Encoder::for_music(Codec::Opus);
    for hz in [9000.0, 11_000.0] {
        let sound = tone::sine(encoder.sample_rate(), hz, -10.0, Duration::from_secs(1)).samples;
        let payloads = encoded(&mut encoder, &sound);
        let level = detect::level_db(&decoded(Codec::Opus, &payloads)[Codec::Opus.sample_rate() as usize / 2..]);
        assert!(level < -50.0, "{hz} Hz: {level}");
    }
}

/// RFC 6716 section 2.1.9: in a pause a phone sends nothing but the first byte of a packet.
#[test]
fn the_background_goes_on_in_a_pause_of_opus() {
    let mut sound = vec![0; 4 * Codec::Opus.sample_rate() as usize];
    Noise::default().fill(45, &mut sound);
    let payloads = encoded(&mut Encoder::new(Codec::Opus), &sound);
    for pause in [&payloads[199][..1], &[payloads[199][0], 0]] {
        let mut decoder = Decoder::new(Codec::Opus);
        let mut pcm = [0; Decoder::MOST_SAMPLES];
        let mut heard = Vec::new();
        for payload in payloads.iter().map(Vec::as_slice).chain([pause; 50]) {
            let length = decoder.decode(payload, &mut pcm).unwrap();
            heard.extend_from_slice(&pcm[..length]);
        }
        let second = Codec::Opus.sample_rate() as usize;
        let (before, within) =
            (detect::level_db(&heard[3 * second..4 * second]), detect::level_db(&heard[4 * second..]));
        assert!((within - before).abs() < 3.0, "{before}, {within} in the pause");
    }
}

#[test]
fn a_damaged_payload_after_a_lost_one_is_as_good_as_none() {
    let sound = tone::sine(Codec::Opus.sample_rate(), 250.0, -10.0, Duration::from_secs(1)).samples;
    let payloads = encoded(&mut Encoder::new(Codec::Opus), &sound);
    let guess = |next: Option<&[u8]>| {
        let mut decoder = Decoder::new(Codec::Opus);
        let (mut pcm, mut guess) = ([0; Decoder::MOST_SAMPLES], vec![0; Codec::Opus.frame_samples()]);
        for payload in &payloads[..30] {
            decoder.decode(payload, &mut pcm).unwrap();
        }
        decoder.conceal(next, &mut guess);
        guess
    };
    // Two frames of one length in an odd number of bytes: no packet (RFC 6716 section 3.2.3).
    let mut damaged = vec![payloads[31][0] | 1];
    damaged.extend([0x55; 61]);
    assert!(detect::level_db(&guess(None)) > -20.0);
    assert_eq!(guess(Some(&damaged)), guess(None));
}

/// Whole numbers alone, so that any machine and any language makes the same signal: noise whose loudness rises and falls,
/// and a square wave of full scale.
fn signal() -> Vec<i16> {
    let mut state = 1u32;
    let noise = (0..80_000i32).map(|n| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let wave = (state >> 16) as i32 - 32_768;
        (wave * ((n % 16_000) - 8_000).abs() / 8_000) as i16
    });
    let square = (0..8_000).map(|n| if n / 20 % 2 == 0 { i16::MAX } else { i16::MIN });
    noise.chain(square).collect()
}

/// FNV-1a, 64 bits.
fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// The two figures are those of ffmpeg 5.1 for the same signal; `tests/interop/test_codecs.py` compares whole files.
#[test]
fn g722_is_that_of_others_to_the_bit() {
    let mut encoder = Encoder::new(Codec::G722);
    let payloads = encoded(&mut encoder, &signal());
    let bytes = payloads.iter().flatten().copied();
    assert_eq!(hash(bytes), ENCODED);
    let out = decoded(Codec::G722, &payloads);
    assert_eq!(hash(out.into_iter().flat_map(i16::to_le_bytes)), DECODED);
}

const ENCODED: u64 = 0xeb39_cc5b_814f_2ba5;
const DECODED: u64 = 0x2fca_f3bc_ec0d_9355;
