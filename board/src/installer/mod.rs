//! What whoever mounts a unit is helped with: is everything there, and which key is which. Both decide without touching
//! anything; whoever runs them hands in edges and shows their faces.

mod check;
mod course;
mod learn;
mod line;
mod wish;
mod written;

pub use check::BoardCheck;
pub use course::Course;
pub use learn::{Learn, Learnt};
pub use line::{Line, Verdict};
pub use written::{EMPTY, written};
