//! The talk station: the unit's own handset or hands-free set. A thread at the sound card's pace takes the echo out; to the
//! unit it is a telephone like any other, the station beside it.

mod ends;
mod line;
mod open;
mod start;
#[cfg(test)]
mod tests;
mod thread;

use ends::{LineEnds, TalkEnds, rings};
use line::TalkLine;
use thread::TalkThread;

pub use open::describe;
pub use start::start;
