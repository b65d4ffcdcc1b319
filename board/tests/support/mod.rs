//! A sound to play and the time it took.
#![allow(dead_code, reason = "each test file uses some of it")]

use orbitbox_audio::tone;
use orbitbox_board::{BLOCK, RATE, Speaker};
use std::path::PathBuf;
use std::time::Duration;

/// A fresh place for a recording, by the test's name.
pub fn recording(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_file(&path).ok();
    path
}

/// A tone in blocks of 10 ms.
pub fn sine(hz: f64, blocks: u64) -> Vec<[f32; BLOCK]> {
    let sine = tone::sine(RATE, hz, -6.0, Duration::from_millis(10 * blocks));
    let floats = |block: &[i16]| std::array::from_fn(|at| f32::from(block[at]) / 32_768.0);
    sine.samples.chunks_exact(BLOCK).map(floats).collect()
}

/// Plays the blocks; returns how long the speaker made its caller wait.
pub fn played(speaker: &mut dyn Speaker, blocks: &[[f32; BLOCK]]) -> Duration {
    let begin = monotonic();
    for block in blocks {
        speaker.write(block).expect("a speaker that works");
    }
    monotonic() - begin
}

/// Half a second of sound is out: at most 40 ms before its time, and late only as a busy machine is.
pub fn assert_paced(took: Duration, blocks: usize) {
    let sound = Duration::from_millis(10 * blocks as u64);
    assert!(took + Duration::from_millis(60) >= sound, "{took:?} for {sound:?}");
    assert!(took < sound + Duration::from_secs(5), "{took:?} for {sound:?}");
}

/// The kernel's monotonic clock.
pub fn monotonic() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}
