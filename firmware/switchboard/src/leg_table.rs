//! All legs, by their own identity and by their SIP usage.

use crate::leg::Leg;
use orbitbox_park::LegId;
use orbitbox_sip::InviteId;
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(crate) struct LegTable {
    legs: BTreeMap<LegId, Leg>,
    by_usage: BTreeMap<InviteId, LegId>,
}

impl LegTable {
    pub(crate) fn insert(&mut self, leg: Leg) {
        self.by_usage.insert(leg.usage, leg.id);
        self.legs.insert(leg.id, leg);
    }

    /// Takes the leg out, and out of its peer.
    pub(crate) fn remove(&mut self, id: LegId) -> Option<Leg> {
        let leg = self.legs.remove(&id)?;
        self.by_usage.remove(&leg.usage);
        if let Some(peer) = leg.peer.and_then(|peer| self.legs.get_mut(&peer)) {
            peer.peer = None;
        }
        Some(leg)
    }

    pub(crate) fn of(&self, id: LegId) -> Option<&Leg> {
        self.legs.get(&id)
    }

    pub(crate) fn of_mut(&mut self, id: LegId) -> Option<&mut Leg> {
        self.legs.get_mut(&id)
    }

    pub(crate) fn by_usage(&self, usage: InviteId) -> Option<LegId> {
        self.by_usage.get(&usage).copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Leg> {
        self.legs.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.legs.len()
    }

    /// Joins the two for both lookups of `peer`, leaving any former peers alone.
    pub(crate) fn pair(&mut self, a: LegId, b: LegId) {
        self.unpair(a);
        self.unpair(b);
        for (one, other) in [(a, b), (b, a)] {
            if let Some(leg) = self.legs.get_mut(&one) {
                leg.peer = Some(other);
            }
        }
    }

    /// Takes the leg out of its bridge; returns its former peer.
    pub(crate) fn unpair(&mut self, id: LegId) -> Option<LegId> {
        let peer = self.legs.get_mut(&id)?.peer.take()?;
        if let Some(leg) = self.legs.get_mut(&peer) {
            leg.peer = None;
        }
        Some(peer)
    }
}
