//! One wiring of a board, as a TOML file.

mod built_in;
mod read;
mod written;

pub use read::{Problem, Problems, Revision, read};
