//! What is wrong with a configuration.

use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Line in the file, from 1.
    pub line: usize,
    /// The key with its table (`lot.ringback-after`); empty for the file as a whole.
    pub key: String,
    /// In words.
    pub text: String,
}

/// Everything that is wrong with one file, in the order of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// The file's name, as given.
    pub file: String,
    /// At least one.
    pub list: Vec<Problem>,
}

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.list.len();
        write!(out, "{count} {} in {}", if count == 1 { "problem" } else { "problems" }, self.file)?;
        for problem in &self.list {
            let key = if problem.key.is_empty() { String::new() } else { format!("{}: ", problem.key) };
            write!(out, "\n  {}:{}: {key}{}", self.file, problem.line, problem.text)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
