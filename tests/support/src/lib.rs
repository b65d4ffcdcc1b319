//! What several test crates need: a seeded generator and an agenda in virtual time.

mod agenda;
mod seeded;

pub use agenda::Agenda;
pub use seeded::Seeded;
