//! Keys as they are named in addresses.

use orbitbox_panel::Key;

/// `orbit-71`, `park`, `retrieve`, `page`, `function`, `hook`.
pub fn key_name(key: Key) -> String {
    key.to_string()
}

/// The key of that name, whether or not a panel has it; `None` when no key can be called so.
pub fn parse_key(name: &str) -> Option<Key> {
    match name {
        "park" => Some(Key::Park),
        "retrieve" => Some(Key::Retrieve),
        "page" => Some(Key::Page),
        "function" => Some(Key::Function),
        "hook" => Some(Key::Hook),
        orbit => orbit.strip_prefix("orbit-")?.parse().ok().map(Key::Orbit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_its_name() {
        let orbits = ["71", "071", "#701"].map(|number| Key::Orbit(number.parse().expect("an orbit number")));
        for key in [Key::Park, Key::Retrieve, Key::Page, Key::Function, Key::Hook].into_iter().chain(orbits) {
            assert_eq!(parse_key(&key_name(key)), Some(key));
        }
        for name in ["", "Park", "orbit", "orbit-", "orbit-seven", "orbit-1234567", "park "] {
            assert_eq!(parse_key(name), None, "{name:?}");
        }
    }
}
