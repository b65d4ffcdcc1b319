//! Orbit numbers.

use std::fmt;
use std::str::FromStr;

/// The number of an orbit as people see and dial it: `71`, `071`, `#701`.
///
/// An optional `*` or `#`, then 1 to 6 digits. Leading zeros count: `071` and `71` are two orbits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrbitNumber {
    prefix: Option<char>,
    width: u8,
    value: u32,
}

/// Why a text is not an orbit number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrbitNumberFault {
    /// There is no digit.
    NoDigit,
    /// More than 6 digits.
    TooLong,
    /// A character that is neither a digit nor a leading `*` or `#`.
    BadCharacter(char),
}

impl OrbitNumber {
    /// The most digits an orbit number may have.
    pub const MAX_DIGITS: usize = 6;

    /// The digits of the number in the order they are spoken, without the prefix.
    pub fn digits(&self) -> impl Iterator<Item = u8> + '_ {
        (0..self.width).rev().map(|place| ((self.value / 10u32.pow(u32::from(place))) % 10) as u8)
    }

    /// The next number of the same width and prefix, or `None` past the last one (`99` has none).
    pub fn next(self) -> Option<Self> {
        let value = self.value + 1;
        (value < 10u32.pow(u32::from(self.width))).then_some(Self { value, ..self })
    }
}

impl FromStr for OrbitNumber {
    type Err = OrbitNumberFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let prefix = text.chars().next().filter(|first| matches!(first, '*' | '#'));
        let digits = &text[prefix.map_or(0, char::len_utf8)..];
        if let Some(bad) = digits.chars().find(|digit| !digit.is_ascii_digit()) {
            return Err(OrbitNumberFault::BadCharacter(bad));
        }
        if digits.len() > Self::MAX_DIGITS {
            return Err(OrbitNumberFault::TooLong);
        }
        let value = digits.parse().map_err(|_| OrbitNumberFault::NoDigit)?;
        Ok(Self { prefix, width: digits.len() as u8, value })
    }
}

impl fmt::Display for OrbitNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(prefix) = self.prefix {
            write!(out, "{prefix}")?;
        }
        write!(out, "{:0width$}", self.value, width = usize::from(self.width))
    }
}

impl fmt::Display for OrbitNumberFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDigit => write!(out, "an orbit number needs at least one digit"),
            Self::TooLong => write!(out, "an orbit number has at most {} digits", OrbitNumber::MAX_DIGITS),
            Self::BadCharacter(bad) => write!(out, "`{bad}` cannot stand in an orbit number"),
        }
    }
}

impl std::error::Error for OrbitNumberFault {}
