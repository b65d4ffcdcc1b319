//! A key as four digits can ask for it.

/// `PARK`, `RETR`, `PAGE`, `FUNC`, `HOOK`; the number of an orbit. `name` is the key's.
pub(super) fn on_digits(name: &str) -> String {
    let short = name.strip_prefix("orbit-").unwrap_or(name);
    short.chars().take(4).collect::<String>().to_uppercase()
}
