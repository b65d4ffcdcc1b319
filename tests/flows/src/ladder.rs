//! Reading a ladder.

use std::fmt;
use std::time::Duration;

/// One line, with those indented below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is to happen or to be seen.
    pub what: What,
    /// `name: value` lines below.
    pub fields: Vec<(String, String)>,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// `C -> S INVITE 70`.
    Sends {
        /// The phone.
        phone: char,
        /// The words after the arrow.
        words: Vec<String>,
    },
    /// `S -> C 200`.
    Receives {
        /// The phone.
        phone: char,
        /// The words after the arrow.
        words: Vec<String>,
    },
    /// `-- wait 60 s`.
    Waits(Duration),
    /// Any other `--` line.
    Checks(Vec<String>),
}

/// A whole ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// Its first line.
    pub title: String,
    /// In order.
    pub steps: Vec<Step>,
}

/// What is wrong with a ladder, or what the unit did otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line in the file, from 1.
    pub line: usize,
    /// In words.
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}", self.line, self.text)
    }
}

impl Ladder {
    /// Reads a ladder: a title, then steps. Lines that begin with `#` are for people.
    ///
    /// # Errors
    /// The first line that is not understood.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
        let title = lines.next().map(|(_, line)| line.trim().to_owned()).unwrap_or_default();
        let mut steps: Vec<Step> = Vec::new();
        for (line, text) in lines.filter(|(_, text)| !text.trim().is_empty() && !text.starts_with('#')) {
            let fault = |text: String| Fault { line, text };
            if text.starts_with(' ') {
                let (name, value) =
                    text.trim().split_once(':').ok_or_else(|| fault(format!("`{text}` has no colon")))?;
                let step = steps.last_mut().ok_or_else(|| fault("a field before any step".to_owned()))?;
                step.fields.push((name.trim().to_owned(), value.trim().to_owned()));
                continue;
            }
            let words: Vec<&str> = text.split_whitespace().collect();
            let rest = |from: usize| words[from..].iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
            let what = match words.as_slice() {
                ["S", "->", phone, ..] if words.len() > 3 => What::Receives { phone: letter(phone), words: rest(3) },
                [phone, "->", "S", ..] if words.len() > 3 => What::Sends { phone: letter(phone), words: rest(3) },
                ["--", "wait", count, unit] => {
                    What::Waits(span(count, unit).ok_or_else(|| fault(format!("`{count} {unit}` is no time")))?)
                }
                ["--", _, ..] => What::Checks(rest(1)),
                _ => return Err(fault(format!("`{text}` is not understood"))),
            };
            steps.push(Step { line, what, fields: Vec::new() });
        }
        Ok(Self { title, steps })
    }
}

fn letter(word: &str) -> char {
    word.chars().next().unwrap_or('?')
}

fn span(count: &str, unit: &str) -> Option<Duration> {
    let count: u64 = count.parse().ok()?;
    match unit {
        "s" => Some(Duration::from_secs(count)),
        "ms" => Some(Duration::from_millis(count)),
        _ => None,
    }
}
