//! Keys that are looked at again and again: what was pressed and let go, bounces left out.

use std::time::Duration;

/// Keys one scan can hold.
pub const MOST_KEYS: u32 = 64;

/// What becomes of raw scans. A contact that has changed is believed when it has stayed so for [`Self::SETTLED`].
#[derive(Debug, Clone)]
pub struct Scan {
    /// The keys that are held, as told.
    held: u64,
    raw: u64,
    /// When each contact changed last.
    since: [Duration; MOST_KEYS as usize],
}

impl Default for Scan {
    fn default() -> Self {
        Self { held: 0, raw: 0, since: [Duration::ZERO; MOST_KEYS as usize] }
    }
}

impl Scan {
    /// A bouncing contact rests within 5 ms; this is well above, and far below what a hand notices.
    pub const SETTLED: Duration = Duration::from_millis(15);

    /// The contacts that are closed now, but for the `doubtful` ones, of which nothing is known. Returns the edges, lowest
    /// key first: its number, and whether it went down. What is held when the unit starts is told as pressed.
    pub fn look(&mut self, now: Duration, closed: u64, doubtful: u64) -> Vec<(u32, bool)> {
        let mut edges = Vec::new();
        let closed = (closed & !doubtful) | (self.raw & doubtful);
        for key in 0..MOST_KEYS {
            let bit = 1u64 << key;
            let Some(since) = self.since.get_mut(key as usize) else { continue };
            if (closed ^ self.raw) & bit != 0 {
                *since = now;
            }
            let settled = now.saturating_sub(*since) >= Self::SETTLED && doubtful & bit == 0;
            if (closed ^ self.held) & bit != 0 && settled {
                self.held ^= bit;
                edges.push((key, closed & bit != 0));
            }
        }
        self.raw = closed;
        edges
    }

    /// Nothing can be looked at any longer: what was held is let go. Returns the edges as [`Self::look`] does.
    pub fn let_go(&mut self) -> Vec<(u32, bool)> {
        let held = self.held;
        (self.held, self.raw) = (0, 0);
        (0..MOST_KEYS).filter(|key| held >> key & 1 == 1).map(|key| (key, false)).collect()
    }

    /// Whether it is to be looked again soon: something has changed and is not believed yet.
    pub fn is_unsettled(&self) -> bool {
        self.raw != self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn ten_edges_of_one_press_are_one_press_for_every_key() {
        for key in 0..MOST_KEYS {
            let mut scan = Scan::default();
            let mut told = Vec::new();
            // Looked at every millisecond, it bounces down, and later up, five times each.
            for now in 100..400 {
                let bounces = |begin: u64| (begin..begin + 10).contains(&now) && now % 2 == 0;
                let down = (110..300).contains(&now) != (bounces(110) || bounces(300));
                told.extend(scan.look(ms(now), u64::from(down) << key, 0).into_iter().map(|edge| (now, edge)));
            }
            assert_eq!(told.iter().map(|(_, edge)| *edge).collect::<Vec<_>>(), [(key, true), (key, false)]);
            assert!(told[0].0 <= 110 + 10 + 16, "{} ms", told[0].0);
        }
    }

    #[test]
    fn any_two_keys_in_any_order_are_two_keys() {
        for (one, other) in (0..16u32).flat_map(|one| (0..16).map(move |other| (one, other))) {
            if one == other {
                continue;
            }
            let mut scan = Scan::default();
            let (a, b) = (1u64 << one, 1u64 << other);
            let steps = [
                (a, vec![(one, true)]),
                (a | b, vec![(other, true)]),
                (b, vec![(one, false)]),
                (0, vec![(other, false)]),
            ];
            let mut now = 0;
            for (closed, wanted) in steps {
                now += 50;
                assert_eq!(scan.look(ms(now), closed, 0), []);
                assert!(scan.is_unsettled());
                assert_eq!(scan.look(ms(now + 20), closed, 0), wanted);
                assert!(!scan.is_unsettled());
            }
        }
    }

    #[test]
    fn what_is_doubtful_stays_as_it_was() {
        let mut scan = Scan::default();
        scan.look(ms(0), 0b1, 0);
        assert_eq!(scan.look(ms(20), 0b1, 0), [(0, true)]);
        for now in [40, 60, 80] {
            assert_eq!(scan.look(ms(now), 0b1110, 0b1111), []);
        }
        assert_eq!(scan.look(ms(100), 0b10, 0), []);
        assert_eq!(scan.look(ms(120), 0b10, 0), [(0, false), (1, true)]);
    }

    #[test]
    fn a_contact_that_never_rests_is_never_believed() {
        let mut scan = Scan::default();
        assert!((0..2_000).all(|now| scan.look(ms(now), (now / 7) % 2, 0).is_empty()));
    }
}
