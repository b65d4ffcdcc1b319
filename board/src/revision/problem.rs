//! What is wrong with a file, for whoever has written it.

use std::fmt;

/// What is wrong with one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// `lamp.orbit-3`; empty where the line is no TOML.
    pub key: String,
    /// In words.
    pub text: String,
}

/// Everything that is wrong with a file, by line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems {
    /// As it was named.
    pub file: String,
    /// Never empty.
    pub list: Vec<Problem>,
}

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Problem { line, key, text }) in self.list.iter().enumerate() {
            let (end, colon) = (if place > 0 { "\n" } else { "" }, if key.is_empty() { "" } else { ": " });
            write!(out, "{end}{}:{line}: {key}{colon}{text}", self.file)?;
        }
        Ok(())
    }
}
