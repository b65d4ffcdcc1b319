//! Wirings that a file can start from.

/// The text of a built-in revision.
pub(super) fn built_in(name: &str) -> Option<&'static str> {
    NAMES.iter().position(|known| *known == name).and_then(|place| TEXTS.get(place).copied())
}

/// All there are.
pub(super) const NAMES: [&str; 2] = ["pi4-reference", "pi4-tm1638"];
const TEXTS: [&str; 2] = [include_str!("pi4-reference.toml"), include_str!("pi4-tm1638.toml")];
