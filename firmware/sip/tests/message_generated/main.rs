//! Messages made of seeds: read as they were meant, printed and read again, agreed on with another parser, and broken at
//! random.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../rfc4475/corpus.rs"]
mod corpus;
mod differential;
mod exercise;
mod generator;
mod mutation;
mod round_trip;
