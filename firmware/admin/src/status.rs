//! What the page tells about the unit beside its face. Plain data; whoever runs the unit fills it.

use crate::UpdateStatus;
use serde::{Serialize, Serializer};
use std::time::Duration;

/// The unit at one moment. To be published on every change, and about once a second while somebody waits; the page
/// counts the seconds in between by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Status {
    /// The name on its plate.
    pub unit: String,
    /// The unit's own time: since it started, and on over a restart that took up what was kept. What happened lately is told by it.
    #[serde(rename = "uptime_s", serialize_with = "seconds")]
    pub uptime: Duration,
    /// Where a phone reaches it, as it is to be typed: `sip:70@192.168.1.20:5060`.
    pub sip_address: String,
    /// Its lots.
    pub lots: Vec<LotStatus>,
    /// Calls that are there, parked or not, each side by itself.
    pub calls: usize,
    /// Calls that are parked.
    pub parked: usize,
    /// New calls are refused.
    pub draining: bool,
    /// The phones it knows.
    pub stations: Vec<StationStatus>,
    /// What leads out of it.
    pub relays: Vec<RelayStatus>,
    /// What leads into it beside the keys.
    pub contacts: Vec<ContactStatus>,
    /// The user of the station beside the unit, which orbit keys call.
    pub beside: Option<String>,
    /// The orbit that is being announced now.
    pub speaking: Option<String>,
    /// The last things that happened, oldest first. About 20.
    pub recent: Vec<Recent>,
    /// It runs without its hardware, because it did not stay up with it.
    pub safe_mode: bool,
    /// How the last run ended, in one sentence; nothing where it was told to stop.
    pub last_end: Option<String>,
    /// What it has a bounded number of.
    pub limits: Vec<LimitStatus>,
    /// Why calls cannot be kept on disk, where they cannot.
    pub unkept: Option<String>,
    /// How updates of the whole system stand, on a machine that can be updated.
    pub update: Option<UpdateStatus>,
    /// What is wrong now, one sentence each.
    pub alerts: Vec<String>,
}

/// Something of which only so much can be in use.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct LimitStatus {
    /// In words.
    pub name: String,
    /// In use now.
    pub used: usize,
    /// What is possible.
    pub most: usize,
}

/// A lot.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct LotStatus {
    /// Its name.
    pub name: String,
    /// The number that parks on any free orbit of it; empty when it has none.
    pub pilot: String,
    /// In ascending order.
    pub orbits: Vec<OrbitStatus>,
}

/// An orbit. One that holds several calls tells about the oldest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct OrbitStatus {
    /// Its number, as it is dialled.
    pub number: String,
    /// What it is doing.
    pub state: Phase,
    /// Who waits.
    pub caller: Option<String>,
    /// Who parked them.
    pub parker: Option<String>,
    /// How long they have waited.
    #[serde(rename = "waited_s", serialize_with = "optional_seconds")]
    pub waited: Option<Duration>,
    /// Ringbacks tried so far.
    pub ringbacks: u8,
    /// What happens next if nobody comes: `rings back Bay 4 (101)`, `calls the office`.
    pub next: Option<String>,
    /// Why a call is there, by whom, and what happens next, one sentence each.
    pub explanation: Vec<String>,
    /// In how long that is.
    #[serde(rename = "next_in_s", serialize_with = "optional_seconds")]
    pub next_in: Option<Duration>,
}

/// What an orbit is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It can be given.
    #[default]
    Free,
    /// It is kept for a parker who has been told its number.
    Reserved,
    /// A call is parked.
    Parked,
    /// Somebody is taking the call.
    BeingRetrieved,
    /// The parker's phone rings.
    RingingBack,
    /// The fallback's phone rings.
    FallingBack,
    /// The caller is being told that nobody came.
    Apologising,
    /// Its last call ended a moment ago.
    CoolingDown,
}

/// A phone known to the unit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct StationStatus {
    /// Its number.
    pub user: String,
    /// Its name.
    pub name: String,
    /// It can be called.
    pub registered: bool,
}

/// A relay.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RelayStatus {
    /// Its name.
    pub name: String,
    /// What it follows: `page`, `parked`, `waiting-long`.
    pub follows: String,
    /// That is so.
    pub on: bool,
}

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ContactStatus {
    /// Its name.
    pub name: String,
    /// What it does: `night`, `cancel`, `emergency`.
    pub does: String,
    /// As far as is known.
    pub closed: bool,
    /// It is one of the simulated board, and is closed and opened on the page.
    pub simulated: bool,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Recent {
    /// When, as time since the unit started.
    #[serde(rename = "at_s", serialize_with = "seconds")]
    pub at: Duration,
    /// One sentence.
    pub text: String,
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_millis() as f64 / 1000.0)
}

fn optional_seconds<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match duration {
        Some(duration) => seconds(duration, serializer),
        None => serializer.serialize_none(),
    }
}
