//! Where a call may go.

use super::{Model, Seen};
use orbitbox_park::{Choice, LotId, OrbitNumber, Rejection};
use std::time::Duration;

impl Model {
    pub(super) fn cooling(&self, orbit: OrbitNumber, now: Duration) -> bool {
        self.cools_until(orbit).is_some_and(|until| now < until)
    }

    /// The end of the cool-down, also when it is over but nobody has looked since.
    pub(super) fn cools_until(&self, orbit: OrbitNumber) -> Option<Duration> {
        let (_, lot) = self.lot_of(orbit)?;
        let left = self.past.get(&orbit)?.call_left?;
        (lot.cool_down > Duration::ZERO).then_some(left + lot.cool_down)
    }

    pub(super) fn named_place(&self, orbit: OrbitNumber) -> Result<OrbitNumber, Rejection> {
        let Some((_, lot)) = self.lot_of(orbit) else { return Err(Rejection::NoSuchOrbit) };
        if self.load(orbit) >= lot.capacity {
            return Err(Rejection::OrbitBusy);
        }
        Ok(orbit)
    }

    pub(super) fn place_in(&mut self, now: Duration, id: LotId, seen: &Seen<'_>) -> Result<OrbitNumber, Rejection> {
        let Some(lot) = self.lot(id) else { return Err(Rejection::NoSuchOrbit) };
        let free: Vec<OrbitNumber> =
            lot.orbits.iter().copied().filter(|orbit| self.load(*orbit) == 0 && !self.cooling(*orbit, now)).collect();
        let chosen = if free.is_empty() { self.place_left_over(id) } else { self.by_rule(id, &free, seen) };
        let chosen = chosen.ok_or(Rejection::LotFull)?;
        self.last_chosen.insert(id, chosen);
        Ok(chosen)
    }

    fn place_left_over(&self, id: LotId) -> Option<OrbitNumber> {
        let lot = self.lot(id)?;
        let mut cooling: Vec<OrbitNumber> = lot.orbits.iter().copied().filter(|orbit| self.load(*orbit) == 0).collect();
        cooling.sort_by_key(|orbit| (self.past.get(orbit).and_then(|past| past.call_left), *orbit));
        let mut shared: Vec<OrbitNumber> =
            lot.orbits.iter().copied().filter(|orbit| self.load(*orbit) < lot.capacity).collect();
        shared.sort_by_key(|orbit| (self.load(*orbit), *orbit));
        cooling.first().or(shared.first()).copied()
    }

    fn by_rule(&self, id: LotId, free: &[OrbitNumber], seen: &Seen<'_>) -> Option<OrbitNumber> {
        match self.lot(id)?.choice {
            Choice::LeastRecentlyUsed => {
                let mut by_age = free.to_vec();
                by_age.sort_by_key(|orbit| (self.past.get(orbit).and_then(|past| past.emptied), *orbit));
                by_age.first().copied()
            }
            Choice::First => free.iter().min().copied(),
            Choice::Next => {
                let last = self.last_chosen.get(&id);
                let mut round: Vec<OrbitNumber> = free.to_vec();
                round.sort_by_key(|orbit| (last.is_some_and(|last| orbit <= last), *orbit));
                round.first().copied()
            }
            // Any free one will do; the first stands for "the server took none of them".
            Choice::Random => seen.orbit().filter(|orbit| free.contains(orbit)).or(free.first().copied()),
        }
    }
}
