//! How a parked call ended.

/// How a parked call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    /// A retriever has it.
    Retrieved,
    /// The parker has it.
    RungBack,
    /// The fallback has it.
    FellBack,
    /// The caller hung up.
    Abandoned,
    /// It reached its maximum life.
    Expired,
    /// Nobody came, not even the fallback.
    Dropped,
}
