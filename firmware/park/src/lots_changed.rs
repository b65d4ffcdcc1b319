//! Other lots, while calls wait.

use crate::fault::faults;
use crate::occupancy::Occupancy;
use crate::server::ParkServer;
use crate::{Lot, LotFault, LotId};
use std::collections::BTreeMap;

impl ParkServer {
    /// Goes on with these lots. Who waits stays in their orbit, even where no lot has it any more: such an orbit is offered to
    /// nobody, and forgotten when it is empty. Deadlines that run are left as they are; what is decided from now on follows the
    /// new lots. A lot is known again by its name; calls of one that is gone belong to the lot that has their orbit now, or to
    /// the first.
    ///
    /// # Errors
    /// Every fault of the lots; nothing has changed then.
    pub fn set_lots(&mut self, mut lots: Vec<Lot>) -> Result<(), Vec<LotFault>> {
        let faults = faults(&lots);
        if !faults.is_empty() {
            return Err(faults);
        }
        for lot in &mut lots {
            lot.orbits.sort_unstable();
        }
        let named = |name: &str| lots.iter().position(|lot| lot.name == name);
        let now_called = |old: &Lot| named(&old.name).map_or(LotId(0), |place| LotId(place as u16));
        let moved: Vec<LotId> = self.lots.iter().map(now_called).collect();
        let offered: BTreeMap<_, _> = (0..)
            .map(LotId)
            .zip(&lots)
            .flat_map(|(lot, policy)| policy.orbits.iter().map(move |&orbit| (orbit, lot)))
            .collect();
        let former = |name: &str| self.lots.iter().position(|old| old.name == name);
        let last_chosen =
            lots.iter().map(|lot| former(&lot.name).and_then(|old| self.last_chosen.get(old).copied().flatten()));
        self.last_chosen = last_chosen.collect();
        self.orbits.retain(|orbit, occupancy| offered.contains_key(orbit) || !occupancy.is_empty());
        for (orbit, occupancy) in &mut self.orbits {
            let kept = moved.get(usize::from(occupancy.lot.0)).copied().unwrap_or(LotId(0));
            occupancy.lot = offered.get(orbit).copied().unwrap_or(kept);
        }
        for (orbit, lot) in offered {
            self.orbits.entry(orbit).or_insert_with(|| Occupancy::new(lot));
        }
        for call in self.calls.values_mut() {
            call.lot = self.orbits.get(&call.orbit).map_or(LotId(0), |occupancy| occupancy.lot);
        }
        self.lots = lots;
        Ok(())
    }
}
