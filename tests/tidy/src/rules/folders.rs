//! Things are where one looks for them: only the agreed folders, at the top and one floor below it.

use std::collections::BTreeSet;

/// What may stand at the top. Hidden folders other than these are somebody's editor.
pub const TOP: [&str; 17] = [
    "Cargo.toml",
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "Makefile",
    "README.md",
    "deny.toml",
    "rustfmt.toml",
    "board/",
    "docs/",
    "firmware/",
    "system/",
    "tests/",
    "yocto/",
    // What builds leave behind.
    "target/",
    "build/",
    "target",
];
/// The rooms of the program.
pub const FIRMWARE: [&str; 17] = [
    "admin/",
    "app/",
    "audio/",
    "backup/",
    "config/",
    "edges/",
    "fleet/",
    "journal/",
    "media/",
    "moh/",
    "paging/",
    "panel/",
    "park/",
    "provision/",
    "sip/",
    "switchboard/",
    "update/",
];
/// The kinds of whole-product tests.
pub const TESTS: [&str; 10] =
    ["bench/", "flows/", "fuzz/", "hardware/", "hearing/", "image/", "interop/", "simulation/", "support/", "tidy/"];

/// Names everything in `found` that is not agreed for `folder`.
pub fn complaints(folder: &str, found: &BTreeSet<String>, agreed: &[&str]) -> Vec<String> {
    let strange = found.iter().filter(|name| !name.starts_with('.') && !agreed.contains(&name.as_str()));
    strange.map(|name| format!("{folder}{name}: not one of the agreed places: {}", agreed.join(" "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{repository, rules::kept};

    #[test]
    fn only_the_agreed_folders_exist() {
        for (folder, agreed) in [("", &TOP[..]), ("firmware/", &FIRMWARE[..]), ("tests/", &TESTS[..])] {
            kept(&complaints(folder, &repository::listing(folder), agreed));
        }
    }

    #[test]
    fn a_strange_folder_is_seen() {
        let found = BTreeSet::from(["park/".to_owned(), "plumbing/".to_owned(), ".editor/".to_owned()]);
        let complaints = complaints("firmware/", &found, &FIRMWARE);
        assert_eq!(complaints.len(), 1);
        assert!(complaints[0].starts_with("firmware/plumbing/:"), "{complaints:?}");
    }
}
