//! The ALSA speaker against ALSA's own `null` and `file` devices, which need no sound card and have no clock.

mod support;

use orbitbox_audio::detect;
use orbitbox_board::{AlsaSpeaker, RATE, Speaker};
use support::*;

#[test]
fn what_is_played_arrives_whole_and_at_the_pace_of_a_card() {
    let path = recording("alsa.raw");
    let mut speaker = AlsaSpeaker::open(&format!("file:'{}',raw", path.display())).expect("ALSA's file device");
    let blocks = sine(1000.0, 60);
    assert_paced(played(&mut speaker, &blocks), blocks.len());
    drop(speaker);
    let bytes = std::fs::read(&path).expect("the recording");
    let samples: Vec<i16> = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    assert!(samples.len() >= 60 * 480, "{} samples", samples.len());
    let heard = &samples[480..60 * 480 - 480];
    assert!((detect::tone_db(heard, RATE, 1000.0) + 6.0).abs() < 0.1);
    assert_eq!(detect::dominant(heard, RATE, &[500.0, 1000.0, 2000.0]), Some(1000.0));
}

#[test]
fn a_device_without_a_clock_is_paced() {
    let mut speaker = AlsaSpeaker::open("null").expect("ALSA's null device");
    let blocks = sine(1000.0, 50);
    assert_paced(played(&mut speaker, &blocks), blocks.len());
}

#[test]
fn a_device_that_is_not_there_is_named() {
    let fault = AlsaSpeaker::open("plughw:CARD=NoSuchCard").err().expect("no such card").to_string();
    assert!(fault.contains("plughw:CARD=NoSuchCard"), "{fault}");
}

#[test]
fn it_says_what_it_is() {
    let speaker = AlsaSpeaker::open("null").expect("ALSA's null device");
    assert_eq!(speaker.describe(), "speaker: ALSA `null`, 48000 Hz");
}
