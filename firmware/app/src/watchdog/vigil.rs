//! What the watchdog is told, and when not.

use std::time::Duration;

/// A plane as it is watched.
#[derive(Debug)]
struct Watched {
    name: &'static str,
    /// It may be silent for so long although it is not well.
    patience: Duration,
    beats: u64,
    /// When they were seen to grow.
    seen: Duration,
    /// Since the last ping.
    has_beaten: bool,
    missed: bool,
}

/// What one look has brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The watchdog is to be told that all is well.
    pub ping: bool,
    /// Planes because of which it has not been for most of the watchdog's time, and for how long they have been silent; each once.
    pub silent: Vec<(&'static str, Duration)>,
    /// Planes that are there again, and how long they were silent.
    pub back: Vec<(&'static str, Duration)>,
}

/// Looks at the beats of every plane.
#[derive(Debug)]
pub struct Vigil {
    ping_every: Duration,
    /// Without a ping for so long it is time to say why.
    told_after: Duration,
    pinged: Duration,
    planes: Vec<Watched>,
}

impl Vigil {
    /// Watches planes for a watchdog that bites after `bites_after`. Each plane has to beat between two pings; one that waits for a
    /// disk may be silent for so many times `bites_after` before.
    pub fn new(now: Duration, bites_after: Duration, planes: &[(&'static str, u32)]) -> Self {
        let watched = |(name, times): &(&'static str, u32)| Watched {
            name,
            patience: bites_after * *times,
            beats: 0,
            seen: now,
            has_beaten: false,
            missed: false,
        };
        Self {
            ping_every: bites_after / 2,
            told_after: bites_after * 3 / 4,
            pinged: now,
            planes: planes.iter().map(watched).collect(),
        }
    }

    /// Looks; `beats` are those of the planes, in their order. A ping is due after half the watchdog's time; one that is due is
    /// given as soon as the last plane has beaten.
    pub fn look(&mut self, now: Duration, beats: &[u64]) -> Seen {
        let mut seen = Seen::default();
        for (plane, beats) in self.planes.iter_mut().zip(beats) {
            if plane.beats != *beats {
                if std::mem::take(&mut plane.missed) {
                    seen.back.push((plane.name, now.saturating_sub(plane.seen)));
                }
                (plane.beats, plane.seen, plane.has_beaten) = (*beats, now, true);
            }
        }
        if now < self.pinged + self.ping_every {
            return seen;
        }
        let lives = |plane: &Watched| plane.has_beaten || now.saturating_sub(plane.seen) < plane.patience;
        seen.ping = self.planes.iter().all(lives);
        if seen.ping {
            self.pinged = now;
            self.planes.iter_mut().for_each(|plane| plane.has_beaten = false);
            return seen;
        }
        if now < self.pinged + self.told_after {
            return seen;
        }
        for plane in self.planes.iter_mut().filter(|plane| !plane.missed && !lives(plane)) {
            plane.missed = true;
            seen.silent.push((plane.name, now.saturating_sub(plane.seen)));
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Of a watchdog that bites after ten seconds.
    fn vigil() -> Vigil {
        Vigil::new(ms(0), ms(10_000), &[("audio", 0), ("journal", 3)])
    }

    fn ping() -> Seen {
        Seen { ping: true, ..Seen::default() }
    }

    #[test]
    fn planes_that_live_bring_a_ping_in_half_the_time() {
        let mut vigil = vigil();
        let pings: Vec<u64> = (1..=20).filter(|second| vigil.look(ms(second * 1_000), &[*second; 2]).ping).collect();
        assert_eq!(pings, [5, 10, 15, 20]);
    }

    #[test]
    fn one_that_is_silent_stops_the_pings_and_is_named_once() {
        let mut vigil = vigil();
        for second in 1..=5u64 {
            assert_eq!(vigil.look(ms(second * 1_000), &[second; 2]).ping, second == 5);
        }
        // Its last beat was seen with the ping.
        assert_eq!(vigil.look(ms(9_000), &[5, 9]), Seen::default());
        assert_eq!(vigil.look(ms(12_499), &[5, 12]), Seen::default());
        let silent = Seen { silent: vec![("audio", ms(7_500))], ..Seen::default() };
        assert_eq!(vigil.look(ms(12_500), &[5, 12]), silent);
        assert_eq!(vigil.look(ms(13_000), &[5, 13]), Seen::default());
        // The ping that was due is given at once.
        let back = Seen { ping: true, silent: vec![], back: vec![("audio", ms(8_500))] };
        assert_eq!(vigil.look(ms(13_500), &[6, 13]), back);
        assert_eq!(vigil.look(ms(18_500), &[7, 14]), ping());
    }

    #[test]
    fn one_that_is_a_little_late_is_waited_for_without_a_word() {
        let mut vigil = vigil();
        assert_eq!(vigil.look(ms(5_000), &[0, 1]), Seen::default());
        assert_eq!(vigil.look(ms(6_000), &[1, 1]), ping());
    }

    #[test]
    fn one_that_has_never_lived_is_missed_too() {
        let silent = Seen { silent: vec![("audio", ms(7_500))], ..Seen::default() };
        assert_eq!(vigil().look(ms(7_500), &[0, 1]), silent);
    }

    #[test]
    fn who_waits_for_a_disk_is_waited_for_but_not_for_ever() {
        let mut vigil = vigil();
        let mut last = Seen::default();
        let mut pings = Vec::new();
        for second in 1..=40u64 {
            last = vigil.look(ms(second * 1_000), &[second, u64::from(second > 38)]);
            if last.ping {
                pings.push(second);
            }
            if second == 33 {
                assert_eq!(last.silent, [("journal", ms(33_000))]);
            }
            if second == 39 {
                assert_eq!(last.back, [("journal", ms(39_000))]);
            }
        }
        assert_eq!(pings, [5, 10, 15, 20, 25, 39]);
        assert_eq!(last, Seen::default());
    }

    #[test]
    fn a_look_that_comes_late_asks_for_nothing_more() {
        let mut vigil = vigil();
        assert_eq!(vigil.look(ms(60_000), &[1, 1]), ping());
        assert_eq!(vigil.look(ms(61_000), &[1, 1]), Seen::default());
    }
}
