//! What must hold between values.

use crate::table::Table;
use crate::unit::{LotSettings, PanelSettings, Station};
use std::collections::BTreeMap;

/// Orbits, pilots and stations share one space of numbers.
pub(crate) fn lots(tables: &[Table<'_>], lots: &[LotSettings], stations: &[Station]) {
    // A lot that could not be read has been reported; the others are matched to their tables by pilot and order.
    let whole = tables.iter().filter(|table| table.has("pilot") && table.has("orbits"));
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for station in stations {
        taken.insert(station.user.clone(), format!("a station ({})", station.name));
    }
    for (table, settings) in whole.zip(lots) {
        if let Some(other) = taken.insert(settings.pilot.clone(), format!("the pilot of lot {}", settings.lot.name)) {
            table.note(table.line_of("pilot"), "pilot", format!("{} is also {other}", settings.pilot));
        }
    }
    let whole = tables.iter().filter(|table| table.has("pilot") && table.has("orbits"));
    for (table, settings) in whole.zip(lots) {
        for orbit in &settings.lot.orbits {
            let number = orbit.to_string();
            if let Some(other) = taken.insert(number.clone(), format!("an orbit of lot {}", settings.lot.name)) {
                table.note(table.line_of("orbits"), "orbits", format!("{number} is also {other}"));
            }
        }
    }
}

pub(crate) fn stations(tables: &[Table<'_>]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for table in tables {
        let Some(user) = table.text("user") else { continue };
        let line = table.line_of("user");
        if let Some(first) = seen.insert(user.clone(), line) {
            table.note(line, "user", format!("{user} is also the station of line {first}"));
        }
    }
}

pub(crate) fn panel(table: &Table<'_>, panel: &PanelSettings, lots: &[LotSettings], stations: &[Station]) {
    if let Some(user) = panel.station.as_ref().filter(|user| stations.iter().all(|station| station.user != **user)) {
        table.note(table.line_of("station"), "station", format!("there is no station {user}"));
    }
    let known = |orbit| lots.iter().any(|lot| lot.lot.orbits.contains(orbit));
    for orbit in panel.orbit_keys.iter().filter(|orbit| !known(orbit)) {
        table.note(table.line_of("orbit-keys"), "orbit-keys", format!("no lot has orbit {orbit}"));
    }
}
