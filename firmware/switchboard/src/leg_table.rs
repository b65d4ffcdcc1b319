//! All legs, by their own identity and by their SIP usage.

use crate::leg::Leg;
use orbitbox_park::LegId;
use orbitbox_sip::InviteId;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub(crate) struct LegTable {
    legs: BTreeMap<LegId, Leg>,
    by_usage: BTreeMap<InviteId, LegId>,
    /// Whose record may have changed.
    touched: BTreeSet<LegId>,
}

impl LegTable {
    pub(crate) fn insert(&mut self, leg: Leg) {
        self.by_usage.insert(leg.usage, leg.id);
        self.touched.insert(leg.id);
        self.legs.insert(leg.id, leg);
    }

    /// Takes the leg out, and out of its peer.
    pub(crate) fn remove(&mut self, id: LegId) -> Option<Leg> {
        let leg = self.legs.remove(&id)?;
        self.touched.insert(id);
        self.touched.extend(leg.peer);
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
        self.touched.insert(id);
        self.legs.get_mut(&id)
    }

    pub(crate) fn by_usage(&self, usage: InviteId) -> Option<LegId> {
        self.by_usage.get(&usage).copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Leg> {
        self.legs.values()
    }

    /// The leg's record may have changed.
    pub(crate) fn touch(&mut self, id: LegId) {
        self.touched.insert(id);
    }

    /// Legs, some of them gone, whose record may have changed.
    pub(crate) fn touched(&self) -> impl Iterator<Item = LegId> {
        self.touched.iter().copied()
    }

    /// The leg's record is kept as it is now.
    pub(crate) fn settle(&mut self, id: LegId) {
        self.touched.remove(&id);
    }

    pub(crate) fn len(&self) -> usize {
        self.legs.len()
    }

    /// Joins the two for both lookups of `peer`, leaving any former peers alone.
    pub(crate) fn pair(&mut self, a: LegId, b: LegId) {
        self.unpair(a);
        self.unpair(b);
        self.touched.extend([a, b]);
        for (one, other) in [(a, b), (b, a)] {
            if let Some(leg) = self.legs.get_mut(&one) {
                leg.peer = Some(other);
            }
        }
    }

    /// Takes the leg out of its bridge; returns its former peer.
    pub(crate) fn unpair(&mut self, id: LegId) -> Option<LegId> {
        let peer = self.legs.get_mut(&id)?.peer.take()?;
        self.touched.extend([id, peer]);
        if let Some(leg) = self.legs.get_mut(&peer) {
            leg.peer = None;
        }
        Some(peer)
    }
}
