//! What people at the unit should see, from threads that are no planes.

/// Words for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// For the digits.
    pub digits: &'static str,
    /// For the history.
    pub text: String,
}
