//! The injected source of tags, branches and Call-IDs.

/// A source of unguessable numbers. Tests inject a seeded one; the unit uses the system's.
pub trait Random: std::fmt::Debug + Send {
    /// The next 64 random bits.
    fn next(&mut self) -> u64;
}
