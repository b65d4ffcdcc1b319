//! Errors of many lines, for places that show one.

/// The same words with one space between them.
pub fn in_a_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
