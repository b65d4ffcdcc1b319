//! Phones that ring for somebody who is not parked.

use orbitbox_park::{LegId, Party};
use orbitbox_sip::SubscriptionId;
use std::collections::BTreeMap;
use std::time::Duration;

/// One phone that the unit calls for somebody.
#[derive(Debug)]
pub(crate) struct Ring {
    /// Who waits for the answer: a station that calls, or a party that is being transferred.
    pub waits: LegId,
    /// The REFER that asked for it.
    pub refer: Option<SubscriptionId>,
    /// Who transferred, and has the call back when nobody answers.
    pub transferor: Option<Party>,
    /// Given up then; time since start.
    pub until: Duration,
}

/// All of them, by the leg that rings.
#[derive(Debug, Default)]
pub(crate) struct Ringing(BTreeMap<LegId, Ring>);

impl Ringing {
    pub(crate) fn insert(&mut self, rings: LegId, ring: Ring) {
        self.0.insert(rings, ring);
    }

    pub(crate) fn remove(&mut self, rings: LegId) -> Option<Ring> {
        self.0.remove(&rings)
    }

    pub(crate) fn of(&self, rings: LegId) -> Option<&Ring> {
        self.0.get(&rings)
    }

    /// The leg that rings for this one.
    pub(crate) fn waited_for_by(&self, waits: LegId) -> Option<LegId> {
        self.0.iter().find(|(_, ring)| ring.waits == waits).map(|(rings, _)| *rings)
    }

    pub(crate) fn of_mut(&mut self, rings: LegId) -> Option<&mut Ring> {
        self.0.get_mut(&rings)
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.0.values().map(|ring| ring.until).min()
    }

    pub(crate) fn due(&self, now: Duration) -> Vec<LegId> {
        self.0.iter().filter(|(_, ring)| ring.until <= now).map(|(rings, _)| *rings).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
