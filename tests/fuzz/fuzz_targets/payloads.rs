//! Any stream of payloads, good and lost, to every decoder: no panic, and each lasts as long as it says.
#![no_main]

#[path = "../../../firmware/audio/tests/hostile/exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    exercise::exercise(bytes);
});
