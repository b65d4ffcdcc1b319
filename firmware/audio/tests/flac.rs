//! Decoding of FLAC: right when whole, a fault (and never a panic) when not.

use orbitbox_audio::decode::{DecodeFault, decode};
use orbitbox_audio::detect;
use std::time::Duration;

/// Half a second of 440 Hz at 0.4 of full scale, the same in both channels, 44,100 Hz.
const A440: &[u8] = include_bytes!("data/a440_stereo.flac");
const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a_whole_file_comes_out_as_it_went_in() {
    let pcm = decode(A440, MINUTE).unwrap();
    assert_eq!((pcm.rate, pcm.samples.len()), (44_100, 22_050));
    assert!((detect::tone_db(&pcm.samples, 44_100, 440.0) + 7.96).abs() < 0.05);
}

#[test]
fn what_is_too_long_is_refused() {
    assert_eq!(decode(A440, Duration::from_millis(499)), Err(DecodeFault::TooLong));
    assert!(decode(A440, Duration::from_millis(500)).is_ok());
}

#[test]
fn what_is_no_flac_is_refused() {
    assert_eq!(decode(b"", MINUTE), Err(DecodeFault::Unknown));
    assert_eq!(decode([0x55; 5000], MINUTE), Err(DecodeFault::Unknown));
}

#[test]
fn damage_is_never_a_panic() {
    for cut in (0..A440.len()).step_by(97) {
        let _ = decode(&A440[..cut], MINUTE);
    }
    let mut seed = 1u32;
    for _ in 0..150 {
        let mut damaged = A440.to_vec();
        for _ in 0..3 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (seed >> 8) as usize % damaged.len();
            damaged[at] ^= (seed >> 24) as u8;
        }
        if let Ok(pcm) = decode(damaged, MINUTE) {
            assert!(pcm.duration() <= MINUTE);
        }
    }
}
