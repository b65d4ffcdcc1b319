//! One address per third-party package: to replace one is to edit one place.

use crate::repository::{Package, SourceFile};
use crate::rules::names::words;

/// Each package, and the only places whose sources may name it. Tests of the whole product have places of their own.
pub const ADDRESSES: [(&str, &[&str]); 54] = [
    ("aes", &["firmware/media/src/srtp/"]),
    ("age", &["firmware/backup/src/secrets.rs"]),
    ("alsa", &["board/src/sound/alsa/"]),
    ("anyhow", &["firmware/app/"]),
    ("audio-codec-algorithms", &["firmware/audio/tests/"]),
    ("axum", &["firmware/admin/"]),
    ("base64", &["firmware/media/src/sdp/crypto.rs"]),
    ("biquad", &["firmware/paging/src/filter.rs"]),
    ("blake3", &["firmware/backup/", "firmware/journal/", "firmware/moh/", "firmware/provision/src/memory.rs"]),
    ("clap", &["firmware/app/src/command_line.rs"]),
    ("ctr", &["firmware/media/src/srtp/"]),
    ("ebur128", &["firmware/moh/src/measure.rs", "firmware/moh/tests/", "firmware/paging/tests/"]),
    ("embedded-hal", &["board/src/chips/", "board/src/front/", "board/src/pins/", "board/tests/"]),
    ("embedded-hal-mock", &["board/tests/"]),
    ("evdev", &["board/src/input/"]),
    ("futures-util", &["firmware/admin/"]),
    ("gpiocdev", &["board/src/pins/"]),
    ("hickory-resolver", &["firmware/app/src/resolver/"]),
    ("hmac", &["firmware/media/src/srtp/", "firmware/sip/src/digest/"]),
    ("jiff", &["firmware/app/src/clock.rs"]),
    ("linux-embedded-hal", &["board/src/front/open.rs"]),
    ("md-5", &["firmware/sip/src/digest/"]),
    ("nix", &["firmware/app/src/provision/cards.rs", "tests/bench/"]),
    ("opus-pure", &["firmware/audio/src/codec/opus.rs", "firmware/audio/src/decode/opus_file.rs"]),
    ("quick-xml", &["firmware/switchboard/src/dialog_info.rs", "firmware/switchboard/tests/"]),
    ("rcgen", &["firmware/app/src/streams/tls.rs"]),
    ("rppal", &["board/src/pins/rppal.rs"]),
    ("rsip", &["firmware/sip/src/message/"]),
    ("rtrb", &["firmware/app/src/overhead.rs", "firmware/app/src/talk/"]),
    ("rusqlite", &["firmware/journal/"]),
    ("rustix", &["board/", "firmware/app/", "firmware/backup/", "firmware/moh/", "tests/bench/"]),
    ("sdp-types", &["firmware/media/src/sdp/"]),
    ("sd-notify", &["firmware/app/src/watchdog/"]),
    (
        "serde",
        &[
            "board/src/pins/line.rs",
            "board/src/revision/",
            "firmware/admin/",
            "firmware/backup/",
            "firmware/media/src/sdp/record.rs",
            "firmware/moh/",
            "firmware/sip/src/restart/",
            "firmware/switchboard/src/records/",
            "firmware/switchboard/src/trace/",
            "firmware/update/src/",
        ],
    ),
    (
        "serde_json",
        &[
            "firmware/admin/",
            "firmware/backup/",
            "firmware/switchboard/src/records/",
            "firmware/switchboard/src/trace/",
            "firmware/update/src/",
            "tests/tidy/",
        ],
    ),
    ("sha1", &["firmware/media/src/srtp/"]),
    ("sha2", &["firmware/sip/src/digest/"]),
    ("sipx-sip", &["firmware/sip/tests/"]),
    ("socket2", &["firmware/app/src/provision/ask.rs", "firmware/app/src/sockets.rs", "tests/bench/"]),
    ("sonora", &["firmware/audio/src/echo/adaptive.rs"]),
    ("subtle", &["firmware/sip/src/digest/"]),
    ("symphonia", &["firmware/audio/src/decode/container.rs"]),
    ("tar", &["firmware/backup/src/archive.rs"]),
    (
        "tempfile",
        &[
            "firmware/app/src/configuration/",
            "firmware/app/src/journal/",
            "firmware/app/src/life/",
            "firmware/app/src/limits.rs",
            "firmware/app/src/music/desk.rs",
            "firmware/app/src/prompts/errand.rs",
            "firmware/app/src/provision/",
            "firmware/app/src/replace.rs",
            "firmware/app/src/sounds.rs",
            "firmware/app/src/talk/tests.rs",
            "firmware/app/src/update/thread.rs",
            "firmware/backup/tests/",
            "firmware/journal/",
            "firmware/moh/tests/",
        ],
    ),
    ("thiserror", &["board/"]),
    ("thread-priority", &["firmware/app/src/supervisor.rs"]),
    ("tokio", &["board/", "firmware/admin/", "firmware/app/", "tests/bench/"]),
    ("tokio-rustls", &["firmware/app/src/provision/fetch.rs", "firmware/app/src/streams/tls.rs"]),
    ("toml", &["board/src/revision/", "firmware/config/", "firmware/moh/", "tests/tidy/"]),
    (
        "toml_edit",
        &[
            "board/src/installer/written.rs",
            "firmware/app/src/configuration/reset.rs",
            "firmware/backup/src/secrets.rs",
        ],
    ),
    ("tower", &["firmware/admin/tests/"]),
    ("tracing", &["firmware/app/"]),
    ("ureq", &["firmware/app/src/provision/fetch.rs"]),
    ("zstd", &["firmware/backup/src/archive.rs", "firmware/backup/tests/"]),
];

/// Packages that belong to another one's address.
pub const BESIDE: [(&str, &str); 1] = [("tracing-subscriber", "tracing")];

/// The rules themselves must name what they look for.
const RULES: &str = "tests/tidy/src/rules/";

/// Names every package without an address, and every source that names a package away from its address.
pub fn complaints(
    addresses: &[(&str, &[&str])],
    third_party: &[String],
    packages: &[Package],
    files: &[SourceFile],
) -> Vec<String> {
    let places = |package: &str| {
        let host = BESIDE.iter().find(|(name, _)| *name == package).map_or(package, |(_, host)| *host);
        addresses.iter().find(|(name, _)| *name == host).map(|(_, places)| *places)
    };
    let mut complaints = Vec::new();
    for package in third_party {
        let Some(places) = places(package) else {
            complaints.push(format!("{package} has no address"));
            continue;
        };
        let at_home = |path: &str| places.iter().any(|place| path.starts_with(place));
        for ours in packages.iter().filter(|ours| ours.dependencies.contains(package)) {
            let folder = format!("{}/", ours.folder);
            if !places.iter().any(|place| place.starts_with(&folder)) {
                complaints.push(format!("{}/Cargo.toml: {package} lives at {}", ours.folder, places.join(", ")));
            }
        }
        let ident = package.replace('-', "_");
        let elsewhere =
            |file: &&SourceFile| file.ending() == "rs" && !file.path.starts_with(RULES) && !at_home(&file.path);
        for file in files.iter().filter(elsewhere) {
            for (line, text) in file.lines().filter(|(_, text)| uses(text, &ident)) {
                complaints.push(format!("{}:{line}: {package} lives at {}: {text}", file.path, places.join(", ")));
            }
        }
    }
    complaints
}

/// Whether a line of Rust names the crate: `ident::…` as the beginning of a path, or `use ident`.
fn uses(line: &str, ident: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    if words(code).all(|word| word != ident) {
        return false;
    }
    let begins_a_path = code.match_indices(ident).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let inside = before.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '_' | ':' | '.'));
        let absolute = code[..at].ends_with(" ::") || code[..at].ends_with("(::");
        (!inside || absolute) && code[at + ident.len()..].starts_with("::")
    });
    // In `use {a::B, c}` as well, where nothing but the name may stand.
    let imported = code.split_once("use ").is_some_and(|(before, list)| {
        let first = list.split([',', '{']).map(|one| words(one).next().unwrap_or_default());
        !before.contains('"') && !list.contains("crate::") && first.into_iter().any(|word| word == ident)
    });
    begins_a_path || imported
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{repository, rules::kept};

    #[test]
    fn every_package_is_at_its_address() {
        let workspace = repository::manifest("Cargo.toml");
        let all = workspace["workspace"]["dependencies"].as_table().expect("the workspace has dependencies");
        let third_party: Vec<String> = all.keys().filter(|name| !name.starts_with("orbitbox")).cloned().collect();
        let complaints = complaints(&ADDRESSES, &third_party, &repository::packages(), &repository::files());
        kept(&complaints);
        for (name, _) in ADDRESSES {
            assert!(third_party.iter().any(|package| package == name), "{name} has an address and is not used");
        }
    }

    fn found(path: &str, line: &str) -> usize {
        let addresses: [(&str, &[&str]); 1] = [("sdp-types", &["firmware/media/src/sdp/"])];
        complaints(&addresses, &["sdp-types".to_owned()], &[], &[SourceFile::imagined(path, line)]).len()
    }

    #[test]
    fn a_package_away_from_its_address_is_seen() {
        let lines = [
            "use sdp_types::Session;",
            "pub(crate) use sdp_types as sdp;",
            "use {sdp_types, std::fmt};",
            "let a = sdp_types::Session::parse(b);",
            "fn f(a: ::sdp_types::Media)",
        ];
        for line in lines {
            assert_eq!(found("firmware/sip/src/endpoint.rs", line), 1, "{line}");
            assert_eq!(found("firmware/media/src/sdp/line.rs", line), 0, "{line}");
        }
    }

    #[test]
    fn a_word_that_only_looks_like_the_package_is_not_seen() {
        for line in ["// sdp_types::Session", "use crate::sdp_types::Line;", "let sdp_types = 1;", "my_sdp_types::a()"]
        {
            assert_eq!(found("firmware/sip/src/endpoint.rs", line), 0, "{line}");
        }
    }

    #[test]
    fn a_package_without_an_address_and_a_manifest_away_from_it_are_seen() {
        let packages = [Package::imagined("orbitbox-sip", "firmware/sip", &["sdp-types"])];
        let addresses: [(&str, &[&str]); 1] = [("sdp-types", &["firmware/media/src/sdp/"])];
        let names = ["sdp-types".to_owned(), "left-pad".to_owned()];
        let complaints = complaints(&addresses, &names, &packages, &[]);
        assert_eq!(complaints.len(), 2, "{complaints:?}");
    }
}
