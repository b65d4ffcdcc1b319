//! Wirings that a file can start from.

/// The text of a built-in revision.
pub(super) fn built_in(name: &str) -> Option<&'static str> {
    NAMES.iter().position(|known| *known == name).and_then(|place| TEXTS.get(place).copied())
}

/// All there are.
pub(super) const NAMES: [&str; 1] = ["pi4-reference"];
const TEXTS: [&str; 1] = [include_str!("pi4-reference.toml")];
