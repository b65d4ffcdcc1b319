//! What there is only so much of, how much of it is in use, and when that is to be told.

use crate::Switchboard;
use orbitbox_park::LotId;
use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

/// In use of what there is, in percent, from which on it is told.
const NEAR_AT: u128 = 80;
/// And below which it is told that there is enough again.
const ENOUGH_BELOW: u128 = 70;
/// How often they are looked at, at most.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(1);

/// Something there is only so much of. Written out it is the warning that there is little left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// In words, in the plural: `orbits of Warehouse`.
    pub name: String,
    /// How much is in use.
    pub used: usize,
    /// How much there is.
    pub most: usize,
}

impl Limit {
    /// The limit of that name.
    pub fn of(name: impl Into<String>, used: usize, most: usize) -> Self {
        Self { name: name.into(), used, most }
    }

    fn is_at(&self, percent: u128) -> bool {
        self.used as u128 * 100 >= self.most as u128 * percent
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Nearly all {} are in use: {} of {}", self.name, self.used, self.most)
    }
}

/// What is known of limits beside how much the unit itself uses.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    /// Those of the shell, as it told them last.
    shell: Vec<Limit>,
    near: Near,
    next_look: Duration,
}

/// Names of limits that are near: told once, until there is enough again.
#[derive(Debug, Default)]
struct Near(BTreeSet<String>);

impl Near {
    /// What has changed, in words. A limit that is there no more is forgotten.
    fn look(&mut self, limits: &[Limit]) -> Vec<String> {
        self.0.retain(|name| limits.iter().any(|limit| limit.name == *name));
        let mut news = Vec::new();
        for limit in limits.iter().filter(|limit| limit.most > 0) {
            if limit.is_at(NEAR_AT) && self.0.insert(limit.name.clone()) {
                news.push(limit.to_string());
            } else if !limit.is_at(ENOUGH_BELOW) && self.0.remove(&limit.name) {
                let Limit { name, used, most } = limit;
                news.push(format!("Enough {name} are free again: {used} of {most} are in use"));
            }
        }
        news
    }
}

impl Switchboard {
    /// Everything there is only so much of: the unit's own first, then what the shell has told of.
    pub fn limits(&self) -> Vec<Limit> {
        let (used, most) = (self.sip.used(), self.sip.limits());
        let calls = self.legs.len();
        let mut limits = vec![
            Limit::of("calls at one time", calls.max(used.usages), Self::MAX_LEGS.min(most.usages)),
            Limit::of("pairs of RTP ports", calls, self.pairs_of_ports()),
        ];
        limits.extend(self.unit.lots.iter().zip(0..).map(|(settings, lot)| {
            let (used, most) = self.park.room(LotId(lot));
            Limit::of(format!("orbits of {}", settings.lot.name), used, most)
        }));
        limits.extend([
            Limit::of("SIP transactions", used.transactions, most.transactions),
            Limit::of("contacts of one station", used.contacts, most.contacts),
            Limit::of("lamps of phones", used.subscriptions, most.subscriptions),
            Limit::of("lamps of one address", used.subscriptions_of_one, most.subscriptions_of_one),
        ]);
        limits.extend(self.limits.shell.iter().cloned());
        limits
    }

    /// Those of them that are told to be near: 80 % or more was in use, and it has not been less than 70 % since.
    pub fn near_limits(&self) -> impl Iterator<Item = Limit> {
        self.limits().into_iter().filter(|limit| self.limits.near.0.contains(&limit.name))
    }

    /// The shell has told its own.
    pub(crate) fn set_shell_limits(&mut self, limits: &[Limit]) {
        self.limits.shell = limits.to_vec();
    }

    /// Tells the history what has changed.
    pub(crate) fn look_at_limits(&mut self, now: Duration) {
        if now < self.limits.next_look {
            return;
        }
        self.limits.next_look = now + LOOKED_AT_EVERY;
        let limits = self.limits();
        for news in self.limits.near.look(&limits) {
            self.note(now, news);
        }
    }

    /// Pairs that legs can have: all of the range, less those that somebody else has.
    fn pairs_of_ports(&self) -> usize {
        let range = &self.unit.sip.rtp_ports;
        let pairs = (range.start().next_multiple_of(2)..=*range.end()).step_by(2).count();
        // The shell keeps the stock full as long as it can.
        let stock = self.ports_in_stock();
        if stock < Self::PORTS_AHEAD { pairs.min(self.legs.len() + stock) } else { pairs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Input;
    use crate::history::History;
    use orbitbox_config::Unit;
    use orbitbox_park::{Event, LegId, Party, Place};
    use orbitbox_sip::Random;
    use std::net::{IpAddr, Ipv4Addr};

    #[derive(Debug)]
    struct Counts(u64);

    impl Random for Counts {
        fn next(&mut self) -> u64 {
            self.0 += 1;
            self.0
        }
    }

    fn of(unit: Unit) -> Switchboard {
        Switchboard::new(unit, IpAddr::V4(Ipv4Addr::LOCALHOST), Box::new(Counts(0))).unwrap()
    }

    fn told(switchboard: &Switchboard) -> Vec<String> {
        switchboard.history().map(|line| line.text.clone()).collect()
    }

    #[test]
    fn a_limit_is_told_at_80_percent_and_again_below_70_and_not_in_between() {
        let mut near = Near::default();
        let mut look = |used| near.look(&[Limit::of("tracks", used, 10)]);
        assert_eq!(look(7), Vec::<String>::new());
        assert_eq!(look(8), ["Nearly all tracks are in use: 8 of 10"]);
        for used in [8, 10, 7, 8, 7] {
            assert_eq!(look(used), Vec::<String>::new());
        }
        assert_eq!(look(6), ["Enough tracks are free again: 6 of 10 are in use"]);
        assert_eq!(look(7), Vec::<String>::new());
        assert_eq!(look(9), ["Nearly all tracks are in use: 9 of 10"]);
    }

    #[test]
    fn a_limit_that_goes_away_is_forgotten_and_one_of_nothing_is_never_near() {
        let mut near = Near::default();
        assert_eq!(near.look(&[Limit::of("tracks", 10, 10)]).len(), 1);
        assert_eq!(near.look(&[]), Vec::<String>::new());
        assert_eq!(near.look(&[Limit::of("tracks", 10, 10)]).len(), 1);
        assert_eq!(near.look(&[Limit::of("tracks", 0, 0)]), Vec::<String>::new());
        assert_eq!(near.look(&[Limit::of("bytes", usize::MAX, usize::MAX)]).len(), 1);
    }

    #[test]
    fn what_the_shell_tells_is_shown_and_goes_into_the_history() {
        let mut switchboard = of(Unit::built_in());
        let at = Duration::from_secs;
        let full = [Limit::of("megabytes of disk space", 900, 1_000)];
        switchboard.handle_input(at(1), Input::Limits(&full));
        switchboard.handle_input(at(2), Input::Timeout);
        assert_eq!(switchboard.limits().last(), Some(&full[0]));
        assert_eq!(switchboard.near_limits().collect::<Vec<_>>(), full);
        switchboard.handle_input(at(3), Input::Limits(&[Limit::of("megabytes of disk space", 100, 1_000)]));
        assert_eq!(switchboard.near_limits().count(), 0);
        let near = "Nearly all megabytes of disk space are in use: 900 of 1000";
        let enough = "Enough megabytes of disk space are free again: 100 of 1000 are in use";
        assert_eq!(told(&switchboard), [near, enough]);
    }

    #[test]
    fn a_lot_is_near_its_limit_while_four_of_five_orbits_are_taken_and_ports_are_those_of_the_range() {
        let mut unit = Unit::built_in();
        unit.sip.rtp_ports = 20_001..=20_100;
        unit.lots[0].lot.orbits.truncate(5);
        let mut switchboard = of(unit);
        let ports = |switchboard: &Switchboard| switchboard.limits()[1].most;
        assert_eq!(ports(&switchboard), 0, "nothing is bound");
        (0..32).for_each(|port| switchboard.handle_input(Duration::ZERO, Input::PortBound(20_002 + 2 * port)));
        assert_eq!(ports(&switchboard), 50);
        let name = format!("orbits of {}", switchboard.unit.lots[0].lot.name);
        let caller = Party { name: "caller".to_owned(), address: "sip:caller@192.0.2.7".to_owned() };
        for call in 1..=4 {
            assert_eq!(switchboard.near_limits().count(), 0);
            let (leg, caller, place) = (LegId(call), caller.clone(), Place::Lot(LotId(0)));
            let now = Duration::from_secs(call);
            switchboard.park.handle(now, Event::ParkRequested { leg, caller, parker: None, place });
            switchboard.look_at_limits(now);
        }
        assert_eq!(switchboard.near_limits().collect::<Vec<_>>(), [Limit::of(name, 4, 5)]);
    }

    #[test]
    fn the_reference_names_every_limit_with_its_number() {
        let reference = include_str!("../../../docs/reliability.md");
        let switchboard = of(Unit::built_in());
        let most = switchboard.sip.limits();
        assert_eq!(most.usages, Switchboard::MAX_LEGS);
        let lines = ("lines of what happened".to_owned(), Some(History::KEPT));
        let limits = switchboard.limits().into_iter().map(|limit| match limit.name.as_str() {
            // As many as are configured, and the built-in number of ports.
            name if name.starts_with("orbits of ") => ("orbits of a lot".to_owned(), None),
            "pairs of RTP ports" => (limit.name, Some(500)),
            _ => (limit.name, Some(limit.most)),
        });
        for (name, most) in limits.chain([lines]) {
            let line = reference.lines().find(|line| line.starts_with(&format!("| {name} |")));
            let told = line.map(|line| line.replace(',', "").split('|').nth(2).unwrap_or_default().trim().to_owned());
            let told = told.unwrap_or_else(|| panic!("{name} is not in the reference"));
            assert!(most.is_none_or(|most| told == most.to_string()), "{name}: {told}");
        }
        let ports = Unit::built_in().sip.rtp_ports;
        assert_eq!((*ports.start()..=*ports.end()).step_by(2).count(), 500);
    }
}
