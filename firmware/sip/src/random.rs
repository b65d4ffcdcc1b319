//! The injected source of tags, branches and Call-IDs.

/// A source of unguessable numbers. Tests inject a seeded one; the unit uses the system's.
pub trait Random: std::fmt::Debug + Send {
    /// The next 64 random bits.
    fn next(&mut self) -> u64;

    /// The next 64 random bits, for a key. Whoever writes down what is drawn leaves these out.
    fn secret(&mut self) -> u64 {
        self.next()
    }

    /// What was found out by means of a secret. Whoever plays a run again without its secrets puts back what was found then.
    fn found_out(&mut self, answer: u8) -> u8 {
        answer
    }
}
