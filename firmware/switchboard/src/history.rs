//! The last things that happened, in words.

use std::collections::VecDeque;
use std::time::Duration;

/// One line of what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Time since the unit started.
    pub at: Duration,
    /// A plain sentence.
    pub text: String,
}

/// The last lines; older ones are forgotten.
#[derive(Debug, Default)]
pub(crate) struct History {
    lines: VecDeque<Line>,
    /// Lines ever.
    written: u64,
}

impl History {
    pub(crate) const KEPT: usize = 60;

    pub(crate) fn write(&mut self, at: Duration, text: String) {
        if self.lines.len() == Self::KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(Line { at, text });
        self.written += 1;
    }

    /// How many there ever were.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Oldest first.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter()
    }
}
