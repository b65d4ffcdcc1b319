//! Who watches which lamps, and what they were told last.

use crate::dialled::Dialled;
use orbitbox_park::{CallState, LotId, OrbitNumber, OrbitState, OrbitView, Token};
use orbitbox_sip::SubscriptionId;
use std::collections::{BTreeMap, BTreeSet};

/// What a watcher watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Watched {
    Orbit(OrbitNumber),
    Lot(LotId),
}

impl From<Dialled> for Watched {
    fn from(dialled: Dialled) -> Self {
        match dialled {
            Dialled::Pilot(lot) => Self::Lot(lot),
            Dialled::Orbit(orbit) | Dialled::Retrieve(orbit) => Self::Orbit(orbit),
        }
    }
}

/// One watcher.
#[derive(Debug)]
pub(crate) struct Watcher {
    pub watched: Watched,
    /// The address they subscribed to, as they wrote it.
    pub entity: String,
    /// Of the next document.
    pub version: u32,
    /// May see who waits.
    pub sees_callers: bool,
    /// Shows a parked call as one that rings.
    pub early: bool,
    /// Episodes that the last document showed.
    pub told: BTreeSet<Token>,
}

/// What a lamp depends on, so that a watcher is told of changes and of nothing else.
type Shown = Vec<(Token, CallState)>;

/// In the place of a lot that there is no more.
const GONE: LotId = LotId(u16::MAX);

#[derive(Debug, Default)]
pub(crate) struct Watchers {
    all: BTreeMap<SubscriptionId, Watcher>,
    by_watched: BTreeMap<Watched, BTreeSet<SubscriptionId>>,
    /// Of the orbits that hold calls.
    shown: BTreeMap<OrbitNumber, (LotId, Shown)>,
    /// Whose record may have changed.
    touched: BTreeSet<SubscriptionId>,
}

impl Watchers {
    pub(crate) fn insert(&mut self, id: SubscriptionId, watcher: Watcher) {
        self.by_watched.entry(watcher.watched).or_default().insert(id);
        self.touched.insert(id);
        self.all.insert(id, watcher);
    }

    pub(crate) fn remove(&mut self, id: SubscriptionId) {
        let Some(gone) = self.all.remove(&id) else { return };
        self.touched.insert(id);
        if let Some(ids) = self.by_watched.get_mut(&gone.watched) {
            ids.remove(&id);
            if ids.is_empty() {
                self.by_watched.remove(&gone.watched);
            }
        }
    }

    pub(crate) fn of_mut(&mut self, id: SubscriptionId) -> Option<&mut Watcher> {
        self.touched.insert(id);
        self.all.get_mut(&id)
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn of(&self, id: SubscriptionId) -> Option<&Watcher> {
        self.all.get(&id)
    }

    /// Watchers, some of them gone, whose record may have changed.
    pub(crate) fn take_touched(&mut self) -> BTreeSet<SubscriptionId> {
        std::mem::take(&mut self.touched)
    }

    /// Lots have other places now; where one is gone, its watchers see no call any more.
    pub(crate) fn lots_moved(&mut self, now_at: impl Fn(LotId) -> Option<LotId>) {
        let moved = |lot: LotId| now_at(lot).unwrap_or(GONE);
        for (lot, _) in self.shown.values_mut() {
            *lot = moved(*lot);
        }
        for (id, watcher) in &mut self.all {
            if let Watched::Lot(lot) = &mut watcher.watched {
                *lot = moved(*lot);
                self.touched.insert(*id);
            }
        }
        let mut by_watched: BTreeMap<Watched, BTreeSet<SubscriptionId>> = BTreeMap::new();
        for (id, watcher) in &self.all {
            by_watched.entry(watcher.watched).or_default().insert(*id);
        }
        self.by_watched = by_watched;
    }

    /// Takes the orbits that hold calls now; returns who is to be told of a change.
    pub(crate) fn changed(&mut self, taken: &[OrbitView]) -> Vec<SubscriptionId> {
        let now: BTreeMap<OrbitNumber, (LotId, Shown)> =
            taken.iter().map(|view| (view.orbit, (view.lot, shown(view)))).collect();
        let changed = now.iter().filter(|(orbit, state)| self.shown.get(orbit) != Some(state));
        // An orbit may have gone to another lot.
        let left = self.shown.iter().filter(|(orbit, state)| now.get(orbit) != Some(state));
        let watched = changed.chain(left).flat_map(|(orbit, (lot, _))| [Watched::Orbit(*orbit), Watched::Lot(*lot)]);
        let told: BTreeSet<SubscriptionId> =
            watched.filter_map(|watched| self.by_watched.get(&watched)).flatten().copied().collect();
        self.shown = now;
        told.into_iter().collect()
    }
}

fn shown(view: &OrbitView) -> Shown {
    match &view.state {
        OrbitState::Taken(calls) => calls.iter().map(|call| (call.token, call.state)).collect(),
        OrbitState::Free | OrbitState::Reserved | OrbitState::CoolingDown => Vec::new(),
    }
}
