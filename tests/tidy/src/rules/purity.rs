//! Floors 0 to 2 decide and never touch the world: no clock, thread, file, socket, environment or executor.

use crate::repository::SourceFile;
use crate::rules::floors::HOUSE;

/// Each begins a path into the world. Written as they stand in a `use` or in a path.
const WORLD: [&str; 14] = [
    "std::fs",
    "std::thread",
    "std::process",
    "std::env",
    "std::os",
    "std::time::Instant",
    "std::time::SystemTime",
    "Instant::now",
    "SystemTime::now",
    "UdpSocket",
    "TcpStream",
    "TcpListener",
    "tokio::",
    "async fn",
];

/// On a low floor because engines have nothing to do with them, not because they decide: what they are about is files.
const ABOUT_FILES: [&str; 3] = ["orbitbox-backup", "orbitbox-journal", "orbitbox-moh"];

/// Names every line of an engine that reaches for the world.
pub fn complaints(files: &[SourceFile]) -> Vec<String> {
    let engines: Vec<String> = HOUSE
        .iter()
        .filter(|room| room.floor <= 2 && !ABOUT_FILES.contains(&room.name))
        .map(|room| sources(room.name))
        .collect();
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| engines.iter().any(|folder| file.path.starts_with(folder))) {
        for (line, text) in file.lines() {
            let code = text.split("//").next().unwrap_or_default();
            let reached = WORLD.iter().filter(|name| code.contains(**name));
            complaints.extend(reached.map(|name| format!("{}:{line}: an engine reaches for {name}", file.path)));
        }
    }
    complaints
}

fn sources(package: &str) -> String {
    format!("firmware/{}/src/", package.trim_start_matches("orbitbox-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{repository, rules::kept};

    #[test]
    fn engines_do_not_touch_the_world() {
        kept(&complaints(&repository::files()));
    }

    #[test]
    fn an_engine_that_touches_the_world_is_seen() {
        for name in WORLD {
            let file = |path| SourceFile::imagined(path, &format!("    let a = {name} // here"));
            assert!(!complaints(&[file("firmware/sip/src/endpoint.rs")]).is_empty(), "{name}");
            assert!(complaints(&[file("firmware/app/src/clock.rs")]).is_empty(), "{name}");
        }
    }
}
