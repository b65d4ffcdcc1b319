//! One wiring of a board, as a TOML file: each section is a file here, and all note their problems with one checker.

mod amplifier;
mod built_in;
mod bus;
mod candidates;
mod check;
mod chip;
mod contact;
mod entry;
mod face;
mod hat;
mod key;
mod lamp;
mod problem;
mod read;
mod relay;

pub use amplifier::WiredAmplifier;
pub use candidates::{candidate, devices, numbered};
pub use chip::{ChipKind, Reach, WiredChip};
pub use contact::WiredContact;
pub use key::{Named, Source};
pub use problem::{Problem, Problems};
pub use read::{Revision, read};
pub use relay::WiredRelay;
