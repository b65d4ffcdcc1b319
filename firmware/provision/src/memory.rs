//! What a unit remembers of configurations that nobody at it has written.

use std::fmt;

/// Hashes of them: of the one that is there, and while it is being replaced of both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory(Vec<String>);

/// What a unit's configuration is to its provisioning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is none, or nothing in it.
    Empty,
    /// The one that the unit came with.
    Shipped,
    /// One that was provisioned, or that an earlier version came with.
    Remembered,
    /// Somebody has written it: it is theirs.
    Written,
}

impl Memory {
    /// Of these texts.
    pub fn of(texts: &[&str]) -> Self {
        Self(texts.iter().map(|text| hash(text)).collect())
    }

    /// As it was shown; lines that are no hash are nothing.
    pub fn read(text: &str) -> Self {
        let is_hash =
            |line: &&str| line.len() == 2 * blake3::OUT_LEN && line.bytes().all(|one| one.is_ascii_hexdigit());
        Self(text.lines().filter(is_hash).map(str::to_owned).collect())
    }

    /// Whether it knows a text.
    pub fn knows(&self, text: &str) -> bool {
        self.0.contains(&hash(text))
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|hash| writeln!(out, "{hash}"))
    }
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// What the configuration that is there is; `shipped` is the one that units come with now.
pub fn standing(present: Option<&str>, shipped: Option<&str>, memory: &Memory) -> Standing {
    match present {
        None => Standing::Empty,
        Some(text) if text.trim().is_empty() => Standing::Empty,
        present if present == shipped => Standing::Shipped,
        Some(text) if memory.knows(text) => Standing::Remembered,
        Some(_) => Standing::Written,
    }
}
