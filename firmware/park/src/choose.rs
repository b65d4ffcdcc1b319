//! Which orbit a call gets that was parked on a pilot.

use crate::occupancy::Occupancy;
use crate::server::ParkServer;
use crate::{Choice, LotId, OrbitNumber};
use std::time::Duration;

impl ParkServer {
    /// An orbit for one more call, or `None` when the lot is full.
    ///
    /// In this order: a free orbit by the lot's choice rule; the one that has been cooling down the longest; where the
    /// capacity allows, the least loaded. Two callers in one orbit are easier to mix up than two that follow each
    /// other, so sharing comes last.
    pub(crate) fn choose(&mut self, lot: LotId, now: Duration) -> Option<OrbitNumber> {
        let free: Vec<OrbitNumber> = self
            .orbits_of(lot)
            .filter(|(_, occupancy)| occupancy.is_empty() && !occupancy.is_cooling(now))
            .map(|(orbit, _)| orbit)
            .collect();
        let chosen = if free.is_empty() {
            self.coolest(lot).or_else(|| self.least_loaded(lot))?
        } else {
            self.pick(lot, &free)?
        };
        if let Some(last) = self.last_chosen.get_mut(usize::from(lot.0)) {
            *last = Some(chosen);
        }
        Some(chosen)
    }

    /// `free` is in ascending order and not empty.
    fn pick(&mut self, lot: LotId, free: &[OrbitNumber]) -> Option<OrbitNumber> {
        match self.policy(lot)?.choice {
            Choice::LeastRecentlyUsed => {
                free.iter().copied().min_by_key(|orbit| self.orbits.get(orbit).and_then(|used| used.free_since))
            }
            Choice::First => free.first().copied(),
            Choice::Next => {
                let last = self.last_chosen.get(usize::from(lot.0)).copied().flatten();
                let after = free.iter().copied().find(|&orbit| last.is_none_or(|last| orbit > last));
                after.or_else(|| free.first().copied())
            }
            Choice::Random => {
                let index = self.random.below(free.len());
                free.get(index).copied()
            }
        }
    }

    fn coolest(&self, lot: LotId) -> Option<OrbitNumber> {
        let cooling = self.orbits_of(lot).filter(|(_, occupancy)| occupancy.is_empty());
        cooling.min_by_key(|(_, occupancy)| occupancy.cooling_until).map(|(orbit, _)| orbit)
    }

    fn least_loaded(&self, lot: LotId) -> Option<OrbitNumber> {
        let capacity = self.policy(lot)?.capacity;
        let with_room = self.orbits_of(lot).filter(|(_, occupancy)| occupancy.load() < capacity);
        with_room.min_by_key(|(_, occupancy)| occupancy.load()).map(|(orbit, _)| orbit)
    }

    /// How many calls and reservations are in the orbits of the lot, and how many there is room for. What is in an orbit that
    /// was taken from the lot does not count.
    pub fn room(&self, lot: LotId) -> (usize, usize) {
        let capacity = self.policy(lot).map_or(0, |policy| policy.capacity);
        let loads = self.orbits_of(lot).map(|(_, occupancy)| occupancy.load());
        loads.fold((0, 0), |(used, most), load| (used + load, most + capacity))
    }

    fn orbits_of(&self, lot: LotId) -> impl Iterator<Item = (OrbitNumber, &Occupancy)> {
        self.orbits
            .iter()
            .filter(move |(orbit, occupancy)| occupancy.lot == lot && self.is_offered(**orbit, lot))
            .map(|(orbit, occupancy)| (*orbit, occupancy))
    }
}
