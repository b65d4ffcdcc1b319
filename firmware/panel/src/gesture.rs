//! Edges become gestures: pressed, tapped, held, held long, stuck, released.

use crate::{Key, KeyEdge};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a finger did with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gesture {
    /// It went down.
    Pressed,
    /// It came up before [`Gesture::Held`].
    Tapped,
    /// It has been down for 1 s; Page for 0.4 s.
    Held,
    /// It has been down for 5 s.
    HeldLong,
    /// It has been down for 30 s: nobody means that. The key is ignored until it comes up or goes down anew.
    Stuck,
    /// It came up after [`Gesture::Held`].
    Released,
}

/// Down for so long is [`Gesture::Held`].
pub(crate) const HELD_AFTER: Duration = Duration::from_secs(1);
/// The same for Page, with which people talk: nobody keeps silent for a second.
const TALKS_AFTER: Duration = Duration::from_millis(400);
/// Down for so long is [`Gesture::HeldLong`].
pub(crate) const HELD_LONG_AFTER: Duration = Duration::from_secs(5);
/// Down for so long is [`Gesture::Stuck`].
pub(crate) const STUCK_AFTER: Duration = Duration::from_secs(30);

/// The gesture that a key that stays down makes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Held,
    HeldLong,
    Stuck,
    /// It is stuck: none.
    Nothing,
}

#[derive(Debug, Clone, Copy)]
struct Down {
    since: Duration,
    /// How long it is down when it counts as held.
    held_after: Duration,
    next: Next,
}

impl Down {
    fn deadline(self) -> Option<Duration> {
        let after = match self.next {
            Next::Held => self.held_after,
            Next::HeldLong => HELD_LONG_AFTER,
            Next::Stuck => STUCK_AFTER,
            Next::Nothing => return None,
        };
        Some(self.since.saturating_add(after))
    }
}

/// The keys that are down. Every edge is preceded by [`Gestures::poll`] until it yields nothing.
#[derive(Debug, Default)]
pub(crate) struct Gestures {
    down: BTreeMap<Key, Down>,
}

impl Gestures {
    /// A press of a key that is down already says nothing new (two sources, a lost release); a press of a stuck key
    /// proves that its release was lost.
    pub(crate) fn handle_edge(&mut self, now: Duration, edge: KeyEdge) -> Option<Gesture> {
        let before = self.down.get(&edge.key).map(|down| down.next);
        match (edge.pressed, before) {
            (true, None | Some(Next::Nothing)) => {
                let held_after = if edge.key == Key::Page { TALKS_AFTER } else { HELD_AFTER };
                self.down.insert(edge.key, Down { since: now, held_after, next: Next::Held });
                Some(Gesture::Pressed)
            }
            (true, Some(Next::Held | Next::HeldLong | Next::Stuck)) | (false, None) => None,
            (false, Some(next)) => {
                self.down.remove(&edge.key);
                match next {
                    Next::Held => Some(Gesture::Tapped),
                    Next::HeldLong | Next::Stuck => Some(Gesture::Released),
                    Next::Nothing => None,
                }
            }
        }
    }

    /// The key is no key any more.
    pub(crate) fn let_go(&mut self, key: Key) {
        self.down.remove(&key);
    }

    /// The earliest gesture made by staying down that is due at `now`.
    pub(crate) fn poll(&mut self, now: Duration) -> Option<(Key, Gesture)> {
        let (key, down) = self
            .down
            .iter_mut()
            .filter_map(|(key, down)| Some((down.deadline()?, *key, down)))
            .filter(|(deadline, _, _)| *deadline <= now)
            .min_by_key(|(deadline, key, _)| (*deadline, *key))
            .map(|(_, key, down)| (key, down))?;
        let (gesture, next) = match down.next {
            Next::Held => (Gesture::Held, Next::HeldLong),
            Next::HeldLong => (Gesture::HeldLong, Next::Stuck),
            Next::Stuck => (Gesture::Stuck, Next::Nothing),
            Next::Nothing => return None,
        };
        down.next = next;
        Some((key, gesture))
    }

    /// When [`Gestures::poll`] yields something next.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        self.down.values().filter_map(|down| down.deadline()).min()
    }

    /// Keys that are down and not stuck, and since when.
    pub(crate) fn pressed(&self) -> impl Iterator<Item = (Key, Duration)> + '_ {
        self.down.iter().filter(|(_, down)| down.next != Next::Nothing).map(|(key, down)| (*key, down.since))
    }

    /// Keys that have been down for too long.
    pub(crate) fn stuck(&self) -> impl Iterator<Item = Key> + '_ {
        self.down.iter().filter(|(_, down)| down.next == Next::Nothing).map(|(key, _)| *key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOWN: KeyEdge = KeyEdge { key: Key::Function, pressed: true };
    const UP: KeyEdge = KeyEdge { key: Key::Function, pressed: false };

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn due(gestures: &mut Gestures, now: Duration) -> Vec<Gesture> {
        std::iter::from_fn(|| gestures.poll(now)).map(|(_, gesture)| gesture).collect()
    }

    #[test]
    fn a_short_press_is_a_tap() {
        let mut gestures = Gestures::default();
        assert_eq!(gestures.handle_edge(ms(0), DOWN), Some(Gesture::Pressed));
        assert_eq!(due(&mut gestures, ms(999)), []);
        assert_eq!(gestures.handle_edge(ms(999), UP), Some(Gesture::Tapped));
        assert_eq!(gestures.poll_timeout(), None);
    }

    #[test]
    fn a_key_that_stays_down_is_held_then_held_long_then_stuck() {
        let mut gestures = Gestures::default();
        gestures.handle_edge(ms(500), DOWN);
        assert_eq!(gestures.poll_timeout(), Some(ms(1_500)));
        assert_eq!(due(&mut gestures, ms(1_500)), [Gesture::Held]);
        assert_eq!(gestures.poll_timeout(), Some(ms(5_500)));
        assert_eq!(due(&mut gestures, ms(5_500)), [Gesture::HeldLong]);
        assert_eq!(gestures.poll_timeout(), Some(ms(30_500)));
        assert_eq!(due(&mut gestures, ms(30_500)), [Gesture::Stuck]);
        assert_eq!(gestures.poll_timeout(), None);
        assert_eq!(gestures.stuck().collect::<Vec<_>>(), [Key::Function]);
        assert_eq!(gestures.handle_edge(ms(60_000), UP), None, "the end of a stuck key is not a gesture");
        assert_eq!(gestures.stuck().count(), 0);
    }

    #[test]
    fn a_late_poll_yields_every_stage_in_order() {
        let mut gestures = Gestures::default();
        gestures.handle_edge(ms(0), DOWN);
        assert_eq!(due(&mut gestures, ms(40_000)), [Gesture::Held, Gesture::HeldLong, Gesture::Stuck]);
    }

    #[test]
    fn a_held_key_comes_up_without_a_tap() {
        let mut gestures = Gestures::default();
        gestures.handle_edge(ms(0), DOWN);
        due(&mut gestures, ms(1_000));
        assert_eq!(gestures.handle_edge(ms(1_001), UP), Some(Gesture::Released));
    }

    #[test]
    fn a_second_press_without_release_neither_presses_again_nor_restarts_the_hold() {
        let mut gestures = Gestures::default();
        gestures.handle_edge(ms(0), DOWN);
        assert_eq!(gestures.handle_edge(ms(600), DOWN), None);
        assert_eq!(due(&mut gestures, ms(1_000)), [Gesture::Held]);
        assert_eq!(gestures.handle_edge(ms(1_100), UP), Some(Gesture::Released));
        assert_eq!(gestures.handle_edge(ms(1_200), UP), None, "a second release says nothing");
    }

    #[test]
    fn a_press_of_a_stuck_key_counts() {
        let mut gestures = Gestures::default();
        gestures.handle_edge(ms(0), DOWN);
        due(&mut gestures, ms(30_000));
        assert_eq!(gestures.handle_edge(ms(31_000), DOWN), Some(Gesture::Pressed));
        assert_eq!(gestures.handle_edge(ms(31_100), UP), Some(Gesture::Tapped));
    }
}
