//! The microphones: those of the simulated board, and ALSA's on devices that need no sound card and have no clock.

mod support;

use orbitbox_audio::{Pcm, detect, tone, wav};
use orbitbox_board::{AlsaMicrophone, BLOCK, LoopedMicrophone, Microphone, RATE};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use support::*;

/// Reads so many blocks; returns their samples and how long they were waited for.
fn captured(microphone: &mut dyn Microphone, blocks: usize) -> (Vec<i16>, Duration) {
    let begin = monotonic();
    let mut samples = Vec::new();
    for _ in 0..blocks {
        let mut block = [0.0; BLOCK];
        microphone.read(&mut block).expect("a microphone that works");
        samples.extend(block.map(|sample| (sample * 32_768.0) as i16));
        assert!(microphone.delay() >= Duration::from_millis(10), "{:?}", microphone.delay());
    }
    (samples, monotonic() - begin)
}

#[test]
fn silence_is_paced() {
    let (samples, took) = captured(&mut LoopedMicrophone::silent(), 50);
    assert_paced(took, 50);
    assert!(samples.iter().all(|sample| *sample == 0));
}

#[test]
fn a_tone_goes_on_without_a_seam() {
    let mut microphone = LoopedMicrophone::tone(440);
    let (samples, took) = captured(&mut microphone, 110);
    assert_paced(took, 110);
    let steepest = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).max();
    assert!(steepest.is_some_and(|step| (200..260).contains(&step)), "{steepest:?}");
    assert!((detect::tone_db(&samples, RATE, 440.0) + 18.0).abs() < 0.1);
    assert_eq!(microphone.describe(), "microphone: simulated, hears a tone of 440 Hz");
}

#[test]
fn a_recording_is_heard_at_its_own_pitch_over_and_over() {
    let path = recording("spoken.wav");
    let sound = tone::sine(16_000, 700.0, -12.0, Duration::from_millis(200));
    std::fs::write(&path, wav::write(&sound)).expect("a place for the recording");
    let (samples, _) = captured(&mut LoopedMicrophone::wav(&path).expect("the recording"), 50);
    for part in samples.chunks_exact(20 * BLOCK) {
        assert!((detect::tone_db(part, RATE, 700.0) + 12.0).abs() < 0.3);
    }
}

#[test]
fn a_recording_that_is_none_is_named() {
    let path = recording("no-sound.wav");
    let empty = wav::write(&Pcm { rate: 8000, samples: Vec::new() });
    for (bytes, problem) in [(b"noise".as_slice(), "not a WAV file"), (&empty, "no sound")] {
        std::fs::write(&path, bytes).expect("a place for the recording");
        let fault = LoopedMicrophone::wav(&path).expect_err("no recording").to_string();
        assert!(fault.contains("no-sound.wav") && fault.contains(problem), "{fault}");
    }
    let fault = LoopedMicrophone::wav(&recording("not-there.wav")).expect_err("no file").to_string();
    assert!(fault.contains("not-there.wav"), "{fault}");
}

#[test]
fn a_capture_device_without_a_clock_is_paced() {
    let mut microphone = AlsaMicrophone::open("null").expect("ALSA's null device");
    let (_, took) = captured(&mut microphone, 50);
    assert_paced(took, 50);
    assert_eq!(microphone.describe(), "microphone: ALSA `null`, 48000 Hz");
}

#[test]
fn a_capture_device_that_is_not_there_is_named() {
    let fault = AlsaMicrophone::open("plughw:CARD=NoSuchCard").err().expect("no such card").to_string();
    assert!(fault.contains("plughw:CARD=NoSuchCard"), "{fault}");
}

#[test]
fn a_card_that_comes_late_is_found() {
    let mut microphone = AlsaMicrophone::awaited("null");
    let (samples, took) = captured(&mut microphone, 30);
    assert_paced(took, 30);
    assert_eq!(samples.len(), 30 * BLOCK);
    let mut absent = AlsaMicrophone::awaited("plughw:CARD=NoSuchCard");
    let told = (0..70).filter(|_| absent.read(&mut [1.0; BLOCK]).is_err()).count();
    // It is asked for after 200 and 400 ms, then more rarely; that it is away is told once.
    assert_eq!(told, 1);
}

/// ALSA's file device takes its capture from a file only by a configuration of its own, which has to be in the environment
/// before the library is first used: the test runs itself again in another process.
#[test]
fn what_a_card_captures_arrives_whole_and_in_order() {
    let sound = tone::sine(RATE, 1000.0, -6.0, Duration::from_millis(500));
    if std::env::var_os("ALSA_CONFIG_PATH").is_none() {
        run_again_with(&configuration_that_captures(&sound), "what_a_card_captures_arrives_whole_and_in_order");
        return;
    }
    let mut microphone = AlsaMicrophone::open("from_file").expect("ALSA's file device");
    let (samples, took) = captured(&mut microphone, 50);
    assert_paced(took, 50);
    assert_eq!(samples, sound.samples);
}

fn configuration_that_captures(sound: &Pcm) -> PathBuf {
    let (configuration, raw) = (recording("capture.conf"), recording("capture.raw"));
    let mut bytes = Vec::new();
    wav::append(&mut bytes, &sound.samples);
    std::fs::write(&raw, bytes).expect("a place for the sound");
    let device = format!(
        "</usr/share/alsa/alsa.conf>\npcm.from_file {{ type file slave.pcm null file /dev/null infile \"{}\" format raw }}\n",
        raw.display()
    );
    std::fs::write(&configuration, device).expect("a place for the configuration");
    configuration
}

fn run_again_with(configuration: &Path, test: &str) {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program);
    child.args(["--exact", test, "--nocapture"]).env("ALSA_CONFIG_PATH", configuration);
    let output = child.output().expect("this program once more");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}{}", String::from_utf8_lossy(&output.stderr));
}
