//! From the file as written to the unit as meant.

use crate::problem::{Problem, Problems};
use crate::table::{Reading, Table};
use crate::unit::{LotSettings, PanelSettings, SipSettings, Speaker, Station, Unit, WebSettings};
use crate::{check, meaning, number_range};
use orbitbox_park::{Lot, Ringback};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;
use toml::de::DeTable;

/// The built-in configuration, and the reference of every key.
const BUILT_IN: &str = include_str!("default.toml");
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// Reads a configuration. `file` is only named in problems.
///
/// # Errors
/// Every problem at once, each with its line and key; a text that is no TOML gives one.
pub fn read(text: &str, file: &str) -> Result<Unit, Problems> {
    let failed = |list: Vec<Problem>| Problems { file: file.to_owned(), list };
    let reading = Reading::new(text);
    let tree = DeTable::parse(text).map_err(|error| {
        let line = reading.line(error.span().map_or(0, |span| span.start));
        failed(vec![Problem { line, key: String::new(), text: error.message().to_owned() }])
    })?;
    let unit = unit(&Table::new(&reading, "", 1, Some(tree.get_ref())));
    let list = reading.problems();
    match unit {
        Some(unit) if list.is_empty() => Ok(unit),
        _ => Err(failed(list)),
    }
}

impl Unit {
    /// The configuration of a unit that was given none.
    #[expect(clippy::expect_used, reason = "the text is part of the program, and a test reads it")]
    pub fn built_in() -> Self {
        read(BUILT_IN, "built-in").expect("the built-in configuration is right")
    }
}

fn unit(top: &Table<'_>) -> Option<Unit> {
    let name = top.text("name").unwrap_or_else(|| "Orbitbox".to_owned());
    let sip = sip(&top.table("sip"));
    let station_tables = top.tables("station");
    let stations = match &station_tables {
        Some(tables) => tables.iter().filter_map(station).collect(),
        None => default_stations(),
    };
    let lot_tables = top.tables("lot");
    let lots: Vec<LotSettings> = match &lot_tables {
        Some(tables) => tables.iter().filter_map(|table| lot(table, &stations)).collect(),
        None => vec![default_lot()?],
    };
    let panel_table = top.table("panel");
    let panel = panel(&panel_table, &lots, &stations);
    let speaker = speaker(&top.table("speaker"));
    let web = web(&top.table("web"));
    top.finish();
    if let Some(tables) = &lot_tables {
        if tables.is_empty() {
            top.note(top.line_of("lot"), "lot", "at least one lot is needed");
        }
        check::lots(tables, &lots, &stations);
    }
    check::stations(station_tables.as_deref().unwrap_or_default());
    check::panel(&panel_table, &panel, &lots, &stations);
    Some(Unit { name, sip, lots, stations, panel, speaker, web })
}

fn address<T: FromStr>(wanted: &'static str) -> impl Fn(&str) -> Result<T, String> {
    move |text| text.parse().map_err(|_| format!("`{text}` is no {wanted}"))
}

fn sip(table: &Table<'_>) -> SipSettings {
    let listen = table.parsed("listen", address("address with a port, such as 0.0.0.0:5060"));
    let settings = SipSettings {
        listen: listen.unwrap_or(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 5060))),
        address: table.parsed("address", address::<IpAddr>("address, such as 192.168.1.20")),
        rtp_ports: table.parsed("rtp-ports", number_range::ports).unwrap_or(30_000..=30_999),
        media_wait: table.time("media-wait", Duration::ZERO, 10 * SECOND).unwrap_or(2 * SECOND),
    };
    if settings.rtp_ports.contains(&settings.listen.port()) {
        table.note(table.line_of("rtp-ports"), "rtp-ports", format!("holds the SIP port {}", settings.listen.port()));
    }
    table.finish();
    settings
}

fn web(table: &Table<'_>) -> WebSettings {
    let listen = table.parsed("listen", address("address with a port, such as 127.0.0.1:8080"));
    table.finish();
    WebSettings { listen: listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))) }
}

fn speaker(table: &Table<'_>) -> Speaker {
    let (alsa, wav, silent) = (table.text("alsa"), table.text("wav"), table.flag("silent"));
    table.finish();
    let named = ["alsa", "wav", "silent"].into_iter().filter(|key| table.has(key)).collect::<Vec<_>>();
    if let [_, second, ..] = named.as_slice() {
        table.note(table.line_of(second), second, "only one of alsa, wav and silent can be the speaker");
    }
    match (alsa, wav, silent) {
        (Some(device), _, _) => Speaker::Alsa(device),
        (None, Some(path), _) => Speaker::Wav(path.into()),
        (None, None, _) => Speaker::Silent,
    }
}

fn station(table: &Table<'_>) -> Option<Station> {
    table.require("user");
    let user = table.parsed("user", meaning::user);
    let name = table.text("name");
    table.finish();
    let user = user?;
    Some(Station { name: name.unwrap_or_else(|| user.clone()), user })
}

fn default_stations() -> Vec<Station> {
    let names = ["Office", "Bay 1", "Bay 2", "Loading dock", "Shop floor", "Gate"];
    (101..).zip(names).map(|(user, name)| Station { user: user.to_string(), name: name.to_owned() }).collect()
}

fn default_lot() -> Option<LotSettings> {
    let reading = Reading::new("");
    let tree = DeTable::parse("pilot = \"70\"\norbits = \"71-78\"").ok()?;
    lot(&Table::new(&reading, "lot", 1, Some(tree.get_ref())), &[])
}

fn lot(table: &Table<'_>, stations: &[Station]) -> Option<LotSettings> {
    table.require("pilot");
    table.require("orbits");
    let name = table.text("name");
    let pilot = table.parsed("pilot", meaning::dialled);
    let orbits = table.parsed("orbits", number_range::orbits);
    let seconds = |key, least: u64, most, usual: u64| {
        table.time(key, Duration::from_secs(least), most).unwrap_or(Duration::from_secs(usual))
    };
    let narrow = |number: Option<u32>, usual: u8| number.and_then(|number| u8::try_from(number).ok()).unwrap_or(usual);
    let fallback = table.parsed("fallback", |text| meaning::destination(text, stations));
    let fallback_ring = seconds("fallback-ring", 1, HOUR, 20);
    let lot = Lot {
        name: name.unwrap_or_else(|| "Warehouse".to_owned()),
        orbits: orbits.clone().unwrap_or_default(),
        choice: table.parsed("choice", meaning::choice).unwrap_or_default(),
        capacity: table.number("capacity", 1, 100).map_or(1, |number| number as usize),
        ringback: Ringback {
            after: seconds("ringback-after", 0, DAY, 60),
            ring_for: seconds("ringback-ring", 1, HOUR, 20),
            attempts: narrow(table.number("ringback-attempts", 1, 10), 3),
            interval: seconds("ringback-interval", 1, HOUR, 30),
        },
        fallback: fallback.map(|party| (party, fallback_ring)),
        reservation_grace: seconds("reservation-grace", 1, HOUR, 10),
        cool_down: seconds("cool-down", 0, HOUR, 15),
        max_life: seconds("max-life", 1, DAY, 20 * 60),
    };
    let settings = LotSettings {
        lot,
        pilot: pilot.clone().unwrap_or_default(),
        page_repeats: narrow(table.number("page-repeats", 0, 20), 3),
        page_interval: seconds("page-interval", 1, HOUR, 20),
        waiting_long_after: seconds("waiting-long-after", 1, DAY, 45),
        self_park: table.flag("self-park").unwrap_or(false),
    };
    table.finish();
    (pilot.is_some() && orbits.is_some()).then_some(settings)
}

fn panel(table: &Table<'_>, lots: &[LotSettings], stations: &[Station]) -> PanelSettings {
    let every = || lots.iter().flat_map(|lot| lot.lot.orbits.iter().copied()).collect();
    let usual = || stations.iter().find(|station| station.user == "102").map(|station| station.user.clone());
    let settings = PanelSettings {
        orbit_keys: table.parsed("orbit-keys", number_range::orbits).unwrap_or_else(every),
        station: if table.has("station") { table.text("station") } else { usual() },
    };
    // Asked for, so that it counts as known where it is absent.
    table.text("station");
    table.finish();
    settings
}
