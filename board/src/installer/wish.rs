//! How a key is asked for.

/// What the installer is to do. `name` is the key's.
pub(super) fn in_words(name: &str) -> String {
    match name {
        "hook" => "lift the handset".to_owned(),
        key => format!("press the key for {key}"),
    }
}

/// `PARK`, `RETR`, `PAGE`, `FUNC`, `HOOK`; the number of an orbit. `name` is the key's.
pub(super) fn on_digits(name: &str) -> String {
    let short = name.strip_prefix("orbit-").unwrap_or(name);
    short.chars().take(4).collect::<String>().to_uppercase()
}
