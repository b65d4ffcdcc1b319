//! The speakers of the simulated board, and the tee in front of them.

mod support;

use orbitbox_audio::{detect, wav};
use orbitbox_board::{BLOCK, HEARD_RATE, RATE, SilentSpeaker, Tee, WavSpeaker};
use support::*;
use tokio::sync::broadcast;

#[test]
fn a_recording_is_paced_and_whole() {
    let path = recording("whole.wav");
    let mut speaker = WavSpeaker::create(&path).expect("a place for the recording");
    let blocks = sine(700.0, 30);
    assert_paced(played(&mut speaker, &blocks), blocks.len());
    drop(speaker);
    let pcm = wav::read(&std::fs::read(&path).expect("the recording")).expect("a WAV file");
    assert_eq!((pcm.rate, pcm.samples.len()), (RATE, 30 * BLOCK));
    assert!((detect::tone_db(&pcm.samples, RATE, 700.0) + 6.0).abs() < 0.1);
}

#[test]
fn a_killed_unit_leaves_a_recording_that_lacks_at_most_a_second() {
    let path = recording("killed.wav");
    let mut speaker = WavSpeaker::create(&path).expect("a place for the recording");
    played(&mut speaker, &sine(700.0, 110));
    let pcm = wav::read(&std::fs::read(&path).expect("the recording")).expect("a WAV file");
    assert!(pcm.samples.len() >= 100 * BLOCK, "{} samples", pcm.samples.len());
    drop(speaker);
}

#[test]
fn a_recording_that_cannot_be_made_is_named() {
    let fault = WavSpeaker::create(&recording("no-such-folder").join("x.wav")).expect_err("no folder");
    assert!(fault.to_string().contains("no-such-folder/x.wav"), "{fault}");
}

#[test]
fn listeners_hear_the_sound_and_nothing_of_the_silence() {
    let (heard, mut listener) = broadcast::channel(64);
    let mut tee = Tee::new(Box::new(SilentSpeaker::default()), heard);
    played(&mut tee, &[[0.0; BLOCK]; 10]);
    assert!(listener.try_recv().is_err(), "silence is not passed on");
    played(&mut tee, &sine(1000.0, 20));
    let mut samples = Vec::new();
    while let Ok(frame) = listener.try_recv() {
        assert_eq!(frame.len(), 320, "20 ms at 16 kHz");
        samples.extend_from_slice(&frame);
    }
    assert_eq!(samples.len(), 10 * 320);
    let level = detect::tone_db(&samples, HEARD_RATE, 1000.0);
    assert!((level + 6.0).abs() < 1.0, "{level} dB");
}

#[test]
fn a_slow_listener_holds_up_nobody() {
    let (heard, mut listener) = broadcast::channel(2);
    let mut tee = Tee::new(Box::new(SilentSpeaker::default()), heard);
    let blocks = sine(1000.0, 30);
    assert_paced(played(&mut tee, &blocks), blocks.len());
    assert!(matches!(listener.try_recv(), Err(broadcast::error::TryRecvError::Lagged(_))));
}
