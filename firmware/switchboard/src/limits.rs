//! What the unit has a bounded number of, and how much of it is in use.

use crate::Switchboard;
use orbitbox_park::OrbitState;
use orbitbox_sip::Limits;
use std::time::Duration;

/// From this share on people are told, percent.
const TOLD_FROM: usize = 80;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// In words: `orbits of Warehouse`.
    pub name: String,
    /// In use now.
    pub used: usize,
    /// What is possible.
    pub most: usize,
}

impl Limit {
    /// Whether four fifths of it are in use: somebody should know before the rest is.
    pub fn is_near(&self) -> bool {
        self.used * 100 >= self.most * TOLD_FROM
    }
}

impl Switchboard {
    /// Every limit that callers and phones can reach (docs/reliability.md says what happens there), with its use.
    pub fn limits(&self, now: Duration) -> Vec<Limit> {
        let Limits { transactions, subscriptions, .. } = Limits::default();
        let (busy, _, _) = self.sip.load();
        let ports = &self.unit.sip.rtp_ports;
        let pairs = usize::from(ports.end().saturating_sub(*ports.start()) + 1) / 2;
        let calls = self.legs.len();
        let fixed = [
            ("calls at one time", calls, Self::MAX_LEGS),
            ("pairs of RTP ports", calls, pairs),
            ("SIP transactions", busy, transactions),
            ("lamps of phones", self.watchers(), subscriptions),
        ];
        let fixed = fixed.into_iter().map(|(name, used, most)| Limit { name: name.to_owned(), used, most });
        let orbits = self.park.orbits(now);
        let lots = self.unit.lots.iter().enumerate().map(|(place, settings)| {
            // One that was taken away is nobody's to be parked on.
            let of = orbits.iter().filter(|view| usize::from(view.lot.0) == place);
            let of = of.filter(|view| settings.lot.orbits.contains(&view.orbit));
            let used = of.filter(|view| matches!(view.state, OrbitState::Taken(_) | OrbitState::Reserved)).count();
            Limit { name: format!("orbits of {}", settings.lot.name), used, most: settings.lot.orbits.len() }
        });
        fixed.chain(lots).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_fifths_are_near() {
        let near = |used, most| Limit { name: String::new(), used, most }.is_near();
        assert_eq!([near(3, 4), near(4, 5), near(7, 8), near(6, 8)], [false, true, true, false]);
        assert_eq!([near(1, 1), near(0, 1)], [true, false]);
    }

    #[test]
    fn the_reference_names_every_limit_with_its_number() {
        let reference = include_str!("../../../docs/reliability.md");
        let Limits { transactions, subscriptions, usages, contacts, subscriptions_of_one } = Limits::default();
        assert_eq!(usages, Switchboard::MAX_LEGS);
        for (name, most) in [
            ("calls at one time", Switchboard::MAX_LEGS),
            ("SIP transactions", transactions),
            ("lamps of phones", subscriptions),
            ("lamps of one address", subscriptions_of_one),
            ("contacts of one station", contacts),
        ] {
            let line = reference.lines().find(|line| line.starts_with(&format!("| {name} |")));
            let told = line.map(|line| line.replace(',', "").split('|').nth(2).map(|cell| cell.trim().to_owned()));
            assert_eq!(told, Some(Some(most.to_string())), "{name}");
        }
    }
}
