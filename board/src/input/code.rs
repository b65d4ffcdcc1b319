//! Key codes by their names.

use orbitbox_config::nearest;
use std::str::FromStr;

/// What an input device says of a key: `KEY_PHONE`, `KEY_KP7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyCode(pub(super) evdev::KeyCode);

impl KeyCode {
    /// As the kernel numbers it.
    pub fn number(self) -> u16 {
        self.0.code()
    }

    /// A revision can name it.
    pub(super) fn is_named(self) -> bool {
        self.to_string().parse::<evdev::KeyCode>().is_ok()
    }
}

/// Codes that can be: those of the kernel.
const CODES: std::ops::Range<u16> = 0..0x300;

impl FromStr for KeyCode {
    /// In words, with the name that may have been meant.
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        name.parse().map(Self).map_err(|_| {
            let names: Vec<String> = names().map(|name| name.to_lowercase().replace('_', "-")).collect();
            match nearest(name, names.iter().map(String::as_str)).map(|near| near.to_uppercase().replace('-', "_")) {
                Some(near) => format!("there is no key code `{name}`; was `{near}` meant?"),
                None => format!("there is no key code `{name}`; KEY_PHONE and KEY_KP7 are two"),
            }
        })
    }
}

impl std::fmt::Display for KeyCode {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?}", self.0)
    }
}

fn names() -> impl Iterator<Item = String> {
    let known = |name: &String| name.starts_with("KEY_") || name.starts_with("BTN_");
    CODES.map(|code| format!("{:?}", evdev::KeyCode(code))).filter(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_by_its_name() {
        assert!(names().count() > 500);
        for name in names() {
            assert_eq!(name.parse::<KeyCode>().map(|code| code.to_string()), Ok(name));
        }
    }

    #[test]
    fn a_name_that_is_none_is_told_with_the_nearest() {
        for (written, wanted) in [
            ("KEY_PHNE", "there is no key code `KEY_PHNE`; was `KEY_PHONE` meant?"),
            ("key_kp7", "there is no key code `key_kp7`; was `KEY_KP7` meant?"),
            ("hook", "there is no key code `hook`; KEY_PHONE and KEY_KP7 are two"),
        ] {
            assert_eq!(written.parse::<KeyCode>().map_err(|error| error.to_string()), Err(wanted.to_owned()));
        }
    }
}
