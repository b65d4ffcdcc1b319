//! What the installer reads.

use std::fmt;

/// How it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is right.
    Pass,
    /// It is not.
    Fail,
    /// Something to look at, or to do.
    Look,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How it is meant.
    pub verdict: Verdict,
    /// In words.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.verdict {
            Verdict::Pass => "pass",
            Verdict::Fail => "FAIL",
            Verdict::Look => "look",
        };
        write!(out, "{word}  {}", self.text)
    }
}
