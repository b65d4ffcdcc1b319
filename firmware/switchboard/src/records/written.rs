//! Records as text.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The form that is written today.
pub(super) const VERSION: u32 = 1;

/// A record behind the version of its form.
#[derive(serde::Serialize, serde::Deserialize)]
struct Versioned<T> {
    v: u32,
    #[serde(flatten)]
    record: T,
}

pub(super) fn write(record: &impl Serialize) -> Option<String> {
    serde_json::to_string(&Versioned { v: VERSION, record }).ok()
}

/// `None` for what is not a record of that kind, or of a version that is not known.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let versioned: Versioned<T> = serde_json::from_str(text).ok()?;
    (versioned.v == VERSION).then_some(versioned.record)
}

/// As records have times: since the unit's start, in milliseconds.
pub(super) fn millis(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Somebody who can be named and called.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct Who {
    address: String,
    name: String,
}

impl From<&orbitbox_park::Party> for Who {
    fn from(party: &orbitbox_park::Party) -> Self {
        Self { address: party.address.clone(), name: party.name.clone() }
    }
}

impl From<Who> for orbitbox_park::Party {
    fn from(who: Who) -> Self {
        Self { address: who.address, name: who.name }
    }
}
