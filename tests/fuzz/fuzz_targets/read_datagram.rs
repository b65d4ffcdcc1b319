//! Any datagram: no panic, and what is read can be printed and read again.
#![no_main]

#[path = "../../../firmware/sip/tests/message_generated/exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    exercise::exercise(bytes, "");
});
