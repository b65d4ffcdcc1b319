//! The floors of the house: an arrow goes only downwards, and only where this table draws it.

use crate::repository::Package;
use std::collections::BTreeMap;

/// A crate, its floor, and the crates of ours it may use.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// The package.
    pub name: &'static str,
    /// From 0, the engines with nothing below them, to 4, the program.
    pub floor: u8,
    /// Packages of the workspace that it may depend on, for tests too.
    pub may_use: &'static [&'static str],
}

/// The architecture. Media, paging, panel, park and sip do not see one another, but that the panel reads park's view of
/// an orbit; the switchboard alone joins them.
pub const HOUSE: [Room; 16] = [
    Room { name: "orbitbox-audio", floor: 0, may_use: &[] },
    Room { name: "orbitbox-park", floor: 0, may_use: &[] },
    Room { name: "orbitbox-provision", floor: 0, may_use: &[] },
    Room { name: "orbitbox-sip", floor: 0, may_use: &[] },
    Room { name: "orbitbox-update", floor: 0, may_use: &[] },
    Room { name: "orbitbox-backup", floor: 1, may_use: &[] },
    Room { name: "orbitbox-config", floor: 1, may_use: &["orbitbox-audio", "orbitbox-park"] },
    Room { name: "orbitbox-journal", floor: 1, may_use: &[] },
    Room { name: "orbitbox-media", floor: 1, may_use: &["orbitbox-audio"] },
    Room { name: "orbitbox-moh", floor: 1, may_use: &["orbitbox-audio"] },
    Room { name: "orbitbox-paging", floor: 1, may_use: &["orbitbox-audio"] },
    Room { name: "orbitbox-panel", floor: 1, may_use: &["orbitbox-park"] },
    Room {
        name: "orbitbox-switchboard",
        floor: 2,
        may_use: &[
            "orbitbox-config",
            "orbitbox-media",
            "orbitbox-paging",
            "orbitbox-panel",
            "orbitbox-park",
            "orbitbox-sip",
        ],
    },
    Room { name: "orbitbox-admin", floor: 3, may_use: &["orbitbox-panel", "orbitbox-park"] },
    Room { name: "orbitbox-board", floor: 3, may_use: &["orbitbox-audio", "orbitbox-config", "orbitbox-panel"] },
    Room {
        name: "orbitbox",
        floor: 4,
        may_use: &[
            "orbitbox-admin",
            "orbitbox-audio",
            "orbitbox-backup",
            "orbitbox-board",
            "orbitbox-config",
            "orbitbox-journal",
            "orbitbox-media",
            "orbitbox-moh",
            "orbitbox-paging",
            "orbitbox-panel",
            "orbitbox-park",
            "orbitbox-provision",
            "orbitbox-sip",
            "orbitbox-switchboard",
            "orbitbox-update",
        ],
    },
];

/// Depends on nothing at all, not even for its tests.
pub const PARK: &str = "orbitbox-park";

/// Names every arrow that goes up, sideways or where none is drawn, and every crate without a room.
pub fn complaints(house: &[Room], packages: &[Package]) -> Vec<String> {
    let rooms: BTreeMap<&str, &Room> = house.iter().map(|room| (room.name, room)).collect();
    let mut complaints = Vec::new();
    for room in house {
        for below in room.may_use {
            if rooms.get(below).is_none_or(|below| below.floor >= room.floor) {
                complaints.push(format!("{} may use {below}, which is not below it", room.name));
            }
        }
        if packages.iter().all(|package| package.name != room.name) {
            complaints.push(format!("{} has a room and does not exist", room.name));
        }
    }
    let ours = |name: &String| packages.iter().any(|package| package.name == *name);
    for package in packages.iter().filter(|package| !package.folder.starts_with("tests/")) {
        let Some(room) = rooms.get(package.name.as_str()) else {
            complaints.push(format!("{} ({}) has no room on any floor", package.name, package.folder));
            continue;
        };
        for used in package.dependencies.iter().filter(|name| ours(name)) {
            if !room.may_use.contains(&used.as_str()) {
                complaints.push(format!("{} uses {used}: no such arrow is drawn", package.name));
            }
        }
    }
    let park = packages.iter().find(|package| package.name == PARK);
    if park.is_some_and(|park| !park.dependencies.is_empty()) {
        complaints.push(format!("{PARK} depends on something; its list of dependencies is empty for good"));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{repository, rules::kept};

    const SMALL: [Room; 2] =
        [Room { name: PARK, floor: 0, may_use: &[] }, Room { name: "orbitbox-panel", floor: 1, may_use: &[PARK] }];

    fn park() -> Package {
        Package::imagined(PARK, "firmware/park", &[])
    }

    #[test]
    fn arrows_go_only_downwards() {
        kept(&complaints(&HOUSE, &repository::packages()));
    }

    #[test]
    fn an_arrow_that_goes_up_is_seen() {
        let panel = Package::imagined("orbitbox-panel", "firmware/panel", &[PARK]);
        assert_eq!(complaints(&SMALL, &[park(), panel.clone()]), Vec::<String>::new());
        let park = Package::imagined(PARK, "firmware/park", &["orbitbox-panel"]);
        let complaints = complaints(&SMALL, &[park, panel]);
        assert_eq!(complaints.len(), 2, "{complaints:?}");
        assert!(complaints[0].contains("no such arrow"), "{complaints:?}");
    }

    #[test]
    fn a_dependency_of_park_is_seen_whatever_it_is() {
        let park = Package::imagined(PARK, "firmware/park", &["serde"]);
        let panel = Package::imagined("orbitbox-panel", "firmware/panel", &[]);
        assert_eq!(complaints(&SMALL, &[park, panel]).len(), 1);
    }

    #[test]
    fn a_crate_without_a_room_is_seen() {
        let panel = Package::imagined("orbitbox-panel", "firmware/panel", &[]);
        let cellar = Package::imagined("orbitbox-cellar", "firmware/cellar", &[]);
        assert_eq!(complaints(&SMALL, &[park(), panel, cellar]).len(), 1);
    }

    #[test]
    fn a_table_with_an_arrow_sideways_is_seen() {
        let flat = [SMALL[0], Room { floor: 0, ..SMALL[1] }];
        let panel = Package::imagined("orbitbox-panel", "firmware/panel", &[]);
        assert_eq!(complaints(&flat, &[park(), panel]).len(), 1);
    }
}
