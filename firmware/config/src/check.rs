//! What must hold between values.

use crate::table::Table;
use crate::unit::{Encryption, LotSettings, SipSettings, Station};
use orbitbox_park::OrbitNumber;
use std::collections::BTreeMap;

/// One lot as written, and as meant where it could be read.
pub(crate) type ReadLot<'t> = (Table<'t>, Option<LotSettings>);

/// Where a number was given first.
struct Claim {
    what: String,
    /// 0 when it comes from a default.
    line: usize,
}

impl Claim {
    fn told(&self) -> String {
        if self.line == 0 { self.what.clone() } else { format!("{} (line {})", self.what, self.line) }
    }
}

/// Stations, zones, night ringers, pilots and orbits share one space of numbers: what is dialled must mean one thing.
pub(crate) fn numbers(
    stations: &[Table<'_>],
    default_stations: &[String],
    lots: &[ReadLot<'_>],
    extensions: &[(&[Table<'_>], &str)],
) {
    let mut taken: BTreeMap<String, Claim> = BTreeMap::new();
    for user in default_stations {
        taken.insert(user.clone(), Claim { what: "a station".to_owned(), line: 0 });
    }
    for table in stations {
        let Some(user) = table.raw("user") else { continue };
        claim(&mut taken, table, "user", &[user.to_owned()], "a station".to_owned());
    }
    for (table, what) in extensions.iter().flat_map(|(tables, what)| tables.iter().map(move |table| (table, what))) {
        if let Some(extension) = table.raw("extension") {
            claim(&mut taken, table, "extension", &[extension.to_owned()], format!("the extension of {what}"));
        }
    }
    for (table, _) in lots {
        if let Some(pilot) = table.raw("pilot") {
            claim(&mut taken, table, "pilot", &[pilot.to_owned()], format!("the pilot of {}", name(table)));
        }
    }
    for (table, lot) in lots {
        let orbits = lot.as_ref().map(|lot| lot.lot.orbits.as_slice()).unwrap_or_default();
        let orbits: Vec<String> = orbits.iter().map(ToString::to_string).collect();
        claim(&mut taken, table, "orbits", &orbits, format!("an orbit of {}", name(table)));
    }
}

fn name(table: &Table<'_>) -> String {
    table.raw("name").map_or_else(|| "a lot".to_owned(), |name| format!("lot {name}"))
}

/// Takes the numbers for a key, and notes those that something else has already, one problem for each such thing.
fn claim(taken: &mut BTreeMap<String, Claim>, table: &Table<'_>, key: &str, numbers: &[String], what: String) {
    let line = table.line_of(key);
    let mut clashes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for number in numbers {
        match taken.get(number) {
            Some(first) => clashes.entry(first.told()).or_default().push(number),
            None => {
                taken.insert(number.clone(), Claim { what: what.clone(), line });
            }
        }
    }
    for (first, numbers) in clashes {
        let are = if numbers.len() == 1 { "is" } else { "are each" };
        table.note(key, format!("{} {are} also {first}", numbers.join(", ")));
    }
}

/// The panel's keys are orbits, each once; its station is a station.
pub(crate) fn panel(table: &Table<'_>, keys: &[OrbitNumber], lots: &[ReadLot<'_>], users: &[String]) {
    if let Some(user) = table.raw("station").filter(|user| users.iter().all(|known| known != user)) {
        table.note("station", format!("there is no station {user}"));
    }
    if !table.has("orbit-keys") {
        return;
    }
    // Of a lot that could not be read, nobody knows which orbits it has.
    let all_known = lots.iter().all(|(_, lot)| lot.as_ref().is_some_and(|lot| !lot.lot.orbits.is_empty()));
    if all_known {
        let known = |orbit: &&OrbitNumber| {
            lots.iter().any(|(_, lot)| lot.as_ref().is_some_and(|lot| lot.lot.orbits.contains(orbit)))
        };
        let strange: Vec<String> = keys.iter().filter(|orbit| !known(orbit)).map(ToString::to_string).collect();
        if !strange.is_empty() {
            table.note("orbit-keys", format!("no lot has orbit {}", strange.join(", ")));
        }
    }
    let mut seen = BTreeMap::new();
    keys.iter().for_each(|orbit| *seen.entry(*orbit).or_insert(0usize) += 1);
    let twice: Vec<String> = seen.iter().filter(|(_, count)| **count > 1).map(|(orbit, _)| orbit.to_string()).collect();
    if !twice.is_empty() {
        table.note("orbit-keys", format!("{} has more than one key", twice.join(", ")));
    }
}

/// The talk station is the station beside the unit, and a simple telephone.
pub(crate) fn talk(
    table: &Table<'_>,
    is_there: bool,
    encryption: Encryption,
    station: Option<&str>,
    stations: &[Station],
) {
    if !is_there {
        return;
    }
    let Some(user) = station else {
        return table.note("kind", "it is the station beside the unit: panel.station must say which one");
    };
    let Some(station) = stations.iter().find(|station| station.user == user) else { return };
    if station.password.is_some() {
        table.note("kind", format!("it is station {user}, which must not have a password then"));
    }
    if station.encryption.unwrap_or(encryption) == Encryption::Required {
        table.note(
            "kind",
            format!("it is station {user}, which needs encryption = \"off\" then: its sound stays in the unit"),
        );
    }
}

/// Media ports: away from the SIP port, and enough of them.
pub(crate) fn ports(table: &Table<'_>, sip: &SipSettings, lots: &[ReadLot<'_>]) {
    /// Beside parked callers, somebody must be able to come for them.
    const OTHERS: usize = 2;
    let (first, last) = (sip.rtp_ports.start(), sip.rtp_ports.end());
    if sip.rtp_ports.contains(&sip.listen.port()) {
        table.note("rtp-ports", format!("{first}-{last} holds {}, the port of SIP itself", sip.listen.port()));
    }
    let calls: usize =
        lots.iter().filter_map(|(_, lot)| lot.as_ref()).map(|lot| lot.lot.orbits.len() * lot.lot.capacity).sum();
    let room = usize::from(last - first).div_ceil(2);
    if room < calls + OTHERS {
        let wanted = 2 * (calls + OTHERS);
        table.note(
            "rtp-ports",
            format!("has room for {room} calls, and the lots hold {calls}: {wanted} ports are needed"),
        );
    }
}
