//! From the file as written to the unit as meant.

use crate::access::{self, Who};
use crate::check::{self, ReadLot};
use crate::music::{self, MusicSettings};
use crate::peers::{self, Registration, Trunk};
use crate::problem::Problems;
use crate::table::{Reading, Table};
use crate::unit::{
    Encryption, LotSettings, PanelSettings, PhoneSettings, SipSettings, Sources, Station, TlsSettings, Unit,
    WebSettings,
};
use crate::{announcement, contact, inlet, meaning, number_range, page, relay, speaker, syntax, talk};
use orbitbox_audio::Language;
use orbitbox_audio::codec::Codec;
use orbitbox_park::{Lot, Ringback};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
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
/// Every problem at once, each with its line and key. Where the text is not TOML in a way that may have moved or hidden
/// other lines, only that is told.
pub fn read(text: &str, file: &str) -> Result<Unit, Problems> {
    let reading = Reading::new(text);
    let tree = syntax::tables(&reading);
    let unit = tree.as_ref().and_then(|tree| unit(&Table::new(&reading, "", 1, Some(tree.get_ref()))));
    let list = reading.problems();
    match unit {
        Some(unit) if list.is_empty() => Ok(unit),
        _ => Err(Problems { file: file.to_owned(), list }),
    }
}

impl Unit {
    /// The configuration of a unit that was given none.
    #[expect(clippy::expect_used, reason = "the text is part of the program, and a test reads it")]
    pub fn built_in() -> Self {
        read(BUILT_IN, "built-in").expect("the built-in configuration is right")
    }
}

/// `None` only with a problem noted.
fn unit(top: &Table<'_>) -> Option<Unit> {
    let name = top.text("name", meaning::name).unwrap_or_else(|| "Orbitbox".to_owned());
    let sip_table = top.table("sip");
    let sip = sip(&sip_table);
    let phones = phones(&top.table("phones"));

    let station_tables = top.tables("station");
    let stations: Vec<Station> = match &station_tables {
        Some(tables) => tables.iter().filter_map(station).collect(),
        None => default_stations(),
    };
    let station_tables = station_tables.unwrap_or_default();
    let from_default: &[Station] = if station_tables.is_empty() { &stations } else { &[] };
    let from_default: Vec<String> = from_default.iter().map(|station| station.user.clone()).collect();
    let written = station_tables.iter().filter_map(|table| table.raw("user")).map(str::to_owned);
    let users: Vec<String> = from_default.iter().cloned().chain(written).collect();

    let mut music = music::settings(&top.table("music"), &top.tables("playlist").unwrap_or_default());
    let page = page::settings(&top.table("page"), &mut music);
    let lots: Option<Vec<ReadLot<'_>>> = top.tables("lot").map(|tables| {
        let read = |table| {
            let meant = lot(&table, (&stations, &users), &page.languages, &mut music);
            (table, meant)
        };
        tables.into_iter().map(read).collect()
    });
    let default_lot = lots.is_none().then(default_lot).flatten();
    if lots.as_ref().is_some_and(Vec::is_empty) {
        top.note("lot", "must have at least one lot");
    }
    let lots = lots.unwrap_or_default();

    let panel_table = top.table("panel");
    let meant: Vec<LotSettings> = lots.iter().filter_map(|(_, lot)| lot.clone()).chain(default_lot).collect();
    let panel = panel(&panel_table, &meant, &stations);
    let trunks = top.tables("trunk").unwrap_or_default();
    let trunks =
        trunks.iter().filter_map(|table| peers::trunk(table, |text| meaning::destination(text, &stations, &users)));
    let trunks: Vec<Trunk> = trunks.collect();
    let registrations = top.tables("registration").unwrap_or_default();
    let registrations: Vec<Registration> =
        registrations.iter().filter_map(|table| peers::registration(table, &meant)).collect();
    let (speaker, chain, amplifier_sleeps_after) = speaker::speaker(&top.table("speaker"));
    let group_tables = top.tables("multicast").unwrap_or_default();
    let (inlets, poly) = inlet::inlets(&group_tables, &top.table("poly"), page.multicast.as_ref(), &name);
    let zone_tables = top.tables("zone").unwrap_or_default();
    let zones = zone_tables.iter().filter_map(page::zone).collect();
    let ringer_tables = top.tables("ringer").unwrap_or_default();
    let ringers = ringer_tables.iter().filter_map(page::ringer).collect();
    let waiting_long = meant.iter().map(|lot| lot.waiting_long_after).min().unwrap_or(45 * SECOND);
    let relays = relay::relays(&top.tables("relay").unwrap_or_default(), waiting_long);
    let contacts = contact::contacts(&top.tables("contact").unwrap_or_default());
    let talk_table = top.table("talk");
    let talk = talk::station(&talk_table, &speaker);
    let web = web(&top.table("web"));
    let backup = crate::backup::backup(&top.table("backup"));
    let provisioning = crate::provisioning::provisioning(&top.table("provisioning"));
    let data_directory =
        top.text("data-directory", meaning::some).unwrap_or_else(|| "/var/lib/orbitbox".to_owned()).into();
    top.finish();

    let read_lots = if lots.is_empty() { vec![(top.absent("lot"), meant.first().cloned())] } else { lots };
    check::numbers(
        &station_tables,
        &from_default,
        &read_lots,
        &[(&zone_tables, "a zone"), (&ringer_tables, "a night ringer")],
    );
    check::panel(&panel_table, &panel.orbit_keys, &read_lots, &users);
    check::talk(&talk_table, talk.is_some(), sip.encryption, panel.station.as_deref(), &stations);
    check::ports(&sip_table, &sip, &read_lots);
    let whole = read_lots.iter().all(|(_, lot)| lot.is_some());
    whole.then_some(Unit {
        name,
        sip,
        phones,
        lots: meant,
        stations,
        trunks,
        registrations,
        panel,
        page,
        zones,
        ringers,
        relays,
        contacts,
        inlets,
        poly,
        speaker,
        chain,
        amplifier_sleeps_after,
        talk,
        music,
        backup,
        provisioning,
        data_directory,
        web,
    })
}

fn sip(table: &Table<'_>) -> SipSettings {
    let listen = table.text("listen", meaning::socket).unwrap_or(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 5060)));
    let addresses = table.text("address", meaning::reachables).unwrap_or_default();
    let both_families = listen.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED);
    if addresses.iter().any(|address| address.is_ipv4() != listen.is_ipv4() && !both_families) {
        table.note("address", format!("must be of the same family as {listen}, the address the unit listens on"));
    }
    let tls = table.text("tls-listen", meaning::socket);
    let path = |key| table.text(key, meaning::some).map(PathBuf::from);
    let (certificate, key, authorities) = (path("tls-certificate"), path("tls-key"), path("tls-authorities"));
    if certificate.is_some() != key.is_some() {
        let present = if certificate.is_some() { "tls-certificate" } else { "tls-key" };
        table.note(present, "tls-certificate and tls-key go together");
    }
    if tls.is_none() {
        for key in ["tls-certificate", "tls-key", "tls-authorities"].into_iter().filter(|key| table.has(key)) {
            table.note(key, "means nothing without tls-listen");
        }
    }
    let settings = SipSettings {
        listen,
        tcp: table.flag("tcp").unwrap_or(true),
        sources: table.text("sources", meaning::sources).unwrap_or(Sources::Local),
        networks: table.text("networks", access::networks).unwrap_or_default(),
        tls: tls.map(|listen| TlsSettings { listen, files: certificate.zip(key), authorities }),
        address: addresses.first().copied(),
        other_address: addresses.get(1).copied(),
        name_servers: table.text("name-servers", meaning::name_servers).unwrap_or_default(),
        rtp_ports: table.text("rtp-ports", number_range::ports).unwrap_or(30_000..=30_999),
        codecs: table.text("codecs", meaning::codecs).unwrap_or_else(|| Codec::ALL.to_vec()),
        encryption: table.text("encryption", meaning::encryption).unwrap_or(Encryption::Optional),
        session_timer: table.time("session-timer", 90 * SECOND, DAY).unwrap_or(1_800 * SECOND),
        keep_alive: table.time("keep-alive", Duration::ZERO, HOUR).unwrap_or(30 * SECOND),
        probe_every: table.time("probe-every", Duration::ZERO, HOUR).unwrap_or(120 * SECOND),
        media_wait: table.time("media-wait", Duration::ZERO, 10 * SECOND).unwrap_or(2 * SECOND),
    };
    table.finish();
    settings
}

fn phones(table: &Table<'_>) -> PhoneSettings {
    let list = |key, default: &[&str]| {
        let written = table.text(key, meaning::list);
        written.unwrap_or_else(|| default.iter().map(|item| (*item).to_owned()).collect())
    };
    let settings = PhoneSettings {
        park_prefixes: list("park-prefixes", &["park+", "*68"]),
        retrieve_prefixes: list("retrieve-prefixes", &["*88", "**", "pickup-", "pickup+", "retrieve+"]),
        early_lamps: list("early-lamps", &["PolyEdge", "Poly_Edge", "OBIHAI", "Obihai"]),
        md5_only: list("md5-only", &["baresip"]),
        park_code: table.text("park-code", meaning::keys).unwrap_or_else(|| "*70".to_owned()),
        ring_for: table.time("ring-for", 5 * SECOND, 600 * SECOND).unwrap_or(60 * SECOND),
        messages: table.flag("messages").unwrap_or(true),
    };
    table.finish();
    settings
}

fn web(table: &Table<'_>) -> WebSettings {
    let listen = table.text("listen", meaning::socket);
    table.finish();
    WebSettings { listen: listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))) }
}

fn station(table: &Table<'_>) -> Option<Station> {
    table.require("user");
    let user = table.text("user", meaning::user);
    let name = table.text("name", meaning::name);
    let password = table.text("password", access::password);
    let encryption = table.text("encryption", meaning::encryption);
    table.finish();
    let user = user?;
    Some(Station { name: name.unwrap_or_else(|| user.clone()), user, password, encryption })
}

fn default_stations() -> Vec<Station> {
    let names = ["Office", "Bay 1", "Bay 2", "Loading dock", "Shop floor", "Gate"];
    (101..)
        .zip(names)
        .map(|(user, name)| Station { user: user.to_string(), name: name.to_owned(), password: None, encryption: None })
        .collect()
}

fn default_lot() -> Option<LotSettings> {
    let reading = Reading::new("");
    let tree = DeTable::parse("pilot = \"70\"\norbits = \"71-78\"").ok()?;
    lot(&Table::new(&reading, "lot", 1, Some(tree.get_ref())), (&[], &[]), &[], &mut MusicSettings::default())
}

fn lot(
    table: &Table<'_>,
    (stations, users): (&[Station], &[String]),
    languages: &[Language],
    music: &mut MusicSettings,
) -> Option<LotSettings> {
    table.require("pilot");
    table.require("orbits");
    let name = table.text("name", meaning::name).unwrap_or_else(|| "Warehouse".to_owned());
    let pilot = table.text("pilot", meaning::dialled);
    let orbits = table.text("orbits", number_range::orbits).map(|mut orbits| {
        orbits.sort();
        orbits
    });
    let seconds = |key, least: u64, most, usual: u64| {
        table.time(key, Duration::from_secs(least), most).unwrap_or(Duration::from_secs(usual))
    };
    let fallback = table.text("fallback", |text| meaning::destination(text, stations, users));
    let fallback_ring = seconds("fallback-ring", 1, HOUR, 20);
    let ringback = Ringback {
        after: seconds("ringback-after", 0, DAY, 60),
        ring_for: seconds("ringback-ring", 1, HOUR, 20),
        attempts: table.number("ringback-attempts", 1, 10).unwrap_or(3),
        interval: seconds("ringback-interval", 1, HOUR, 30),
    };
    let lot = Lot {
        name,
        orbits: orbits.clone().unwrap_or_default(),
        choice: table.text("choice", meaning::choice).unwrap_or_default(),
        capacity: usize::from(table.number("capacity", 1u8, 100).unwrap_or(1)),
        ringback,
        fallback: fallback.map(|party| (party, fallback_ring)),
        reservation_grace: seconds("reservation-grace", 1, HOUR, 10),
        cool_down: seconds("cool-down", 0, HOUR, 15),
        max_life: seconds("max-life", 1, DAY, 20 * 60),
    };
    let settings = LotSettings {
        music: music::of_lot(table, music),
        orbit_music: music::of_orbits(table, &lot.orbits, music),
        lot,
        pilot: pilot.clone().unwrap_or_default(),
        page_repeats: table.number("page-repeats", 0, 20).unwrap_or(3),
        page_interval: seconds("page-interval", 1, HOUR, 20),
        page_louder_db: table.number("page-louder-db", 0, 6).unwrap_or(0),
        wordings: announcement::of_lot(table, languages),
        waiting_long_after: seconds("waiting-long-after", 1, DAY, 45),
        self_park: table.flag("self-park").unwrap_or(false),
        park_by: table.text("park-by", access::who).unwrap_or_else(|| vec![Who::Anyone]),
        retrieve_by: table.text("retrieve-by", access::who).unwrap_or_else(|| vec![Who::Stations]),
        pin: table.text("pin", meaning::pin).and_then(|pin| access::password(&pin).ok()),
    };
    table.finish();
    (pilot.is_some() && orbits.is_some()).then_some(settings)
}

fn panel(table: &Table<'_>, lots: &[LotSettings], stations: &[Station]) -> PanelSettings {
    let every = || lots.iter().flat_map(|lot| lot.lot.orbits.iter().copied()).collect();
    let usual = || stations.iter().find(|station| station.user == "102").map(|station| station.user.clone());
    let orbit_keys = table.text("orbit-keys", number_range::orbits).unwrap_or_else(every);
    let station = table.text("station", meaning::some);
    let revision = table.text("revision", meaning::some).map(PathBuf::from);
    let talk_key = table.text("talk-key", page::hears);
    table.finish();
    PanelSettings { talk_key, orbit_keys, revision, station: if table.has("station") { station } else { usual() } }
}
