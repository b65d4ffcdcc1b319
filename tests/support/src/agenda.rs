//! What is going to happen, in virtual time.

use std::collections::BTreeMap;
use std::time::Duration;

/// Things to come, by time. Two things at one instant come in the order of their tie-breaks, so a seed can shuffle
/// them; with equal tie-breaks, in the order they were put in.
#[derive(Debug, Clone)]
pub struct Agenda<T> {
    things: BTreeMap<(Duration, u64, u64), T>,
    put: u64,
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { things: BTreeMap::new(), put: 0 }
    }
}

impl<T> Agenda<T> {
    /// Puts a thing in.
    pub fn put(&mut self, at: Duration, tie_break: u64, thing: T) {
        self.put += 1;
        self.things.insert((at, tie_break, self.put), thing);
    }

    /// When the first thing is due.
    pub fn next_at(&self) -> Option<Duration> {
        self.things.keys().next().map(|(at, ..)| *at)
    }

    /// Takes the first thing out if its time has come.
    pub fn take_due(&mut self, now: Duration) -> Option<T> {
        let first = self.things.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}

#[cfg(test)]
mod tests {
    use super::Agenda;
    use std::time::Duration;

    #[test]
    fn gives_things_in_the_order_of_time_then_tie_break_then_entry() {
        let second = Duration::from_secs(1);
        let mut agenda = Agenda::default();
        agenda.put(second, 5, "c");
        agenda.put(second, 1, "b");
        agenda.put(second, 5, "d");
        agenda.put(Duration::ZERO, 9, "a");
        assert_eq!(agenda.take_due(Duration::ZERO), Some("a"));
        assert_eq!(agenda.take_due(Duration::ZERO), None);
        assert_eq!(agenda.next_at(), Some(second));
        let rest: Vec<_> = std::iter::from_fn(|| agenda.take_due(second)).collect();
        assert_eq!(rest, ["b", "c", "d"]);
    }
}
