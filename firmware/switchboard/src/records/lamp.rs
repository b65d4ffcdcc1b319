//! A phone that watches an orbit or a lot.

use super::written;
use crate::Switchboard;
use crate::watchers::{Watched, Watcher};
use orbitbox_park::{LotId, Token};
use orbitbox_sip::{SubscriptionId, SubscriptionRecord};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

pub(super) const KIND: &str = "lamp/";

/// Versions of the document that one record covers.
const BLOCK: u32 = 64;

#[derive(Debug, Serialize, Deserialize)]
struct LampRecord {
    watched: WatchedRecord,
    entity: String,
    version_reserved: u32,
    sees_callers: bool,
    early: bool,
    subscription: SubscriptionRecord,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WatchedRecord {
    Orbit(String),
    Lot(String),
}

impl Switchboard {
    /// The key, which stays the same over restarts, and the record.
    pub(super) fn lamp_record(&self, id: SubscriptionId) -> Option<(String, String)> {
        let watcher = self.watchers.of(id)?;
        let subscription = self.sip.subscription_record(id)?;
        let watched = match watcher.watched {
            Watched::Orbit(orbit) => WatchedRecord::Orbit(orbit.to_string()),
            Watched::Lot(lot) => WatchedRecord::Lot(self.unit.lots.get(usize::from(lot.0))?.lot.name.clone()),
        };
        let key = format!("{KIND}{}", subscription.dialog.local_tag);
        let record = written::write(&LampRecord {
            watched,
            entity: watcher.entity.clone(),
            version_reserved: watcher.version.div_ceil(BLOCK).max(1) * BLOCK,
            sees_callers: watcher.sees_callers,
            early: watcher.early,
            subscription,
        })?;
        Some((key, record))
    }

    /// The watcher is told how it stands, at once. `None` where there is nothing to watch any more, or it has expired.
    pub(super) fn restore_lamp(&mut self, now: Duration, text: &str) -> Option<SubscriptionId> {
        let record: LampRecord = written::read(text)?;
        let watched = match record.watched {
            WatchedRecord::Orbit(orbit) => Watched::Orbit(self.orbit(&orbit)?),
            WatchedRecord::Lot(name) => {
                let lot = self.unit.lots.iter().position(|lot| lot.lot.name == name)?;
                Watched::Lot(LotId(lot as u16))
            }
        };
        let id = self.sip.restore_subscription(now, &record.subscription)?;
        // A call that does not come back is told to be over, and not merely left out.
        let told: BTreeSet<Token> =
            self.park.kept().filter(|call| watched.covers(call)).map(|call| call.token).collect();
        let watcher = Watcher {
            watched,
            entity: record.entity,
            version: record.version_reserved,
            sees_callers: record.sees_callers,
            early: record.early,
            told,
        };
        self.watchers.insert(id, watcher);
        Some(id)
    }
}

impl Watched {
    fn covers(self, call: &orbitbox_park::KeptCall) -> bool {
        match self {
            Self::Orbit(orbit) => call.orbit == orbit,
            Self::Lot(lot) => call.lot == lot,
        }
    }
}
