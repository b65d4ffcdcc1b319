//! When the amplifier is awake.

use crate::player::BLOCK_TIME;
use std::time::Duration;

/// An order to the amplifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmplifierOrder {
    /// Something is to be heard.
    Wake,
    /// Nothing has been heard for some time.
    Sleep,
}

/// Keeps the amplifier awake while something is to be heard and some time after, and holds back what is to be heard until it
/// has settled. It counts in blocks of 10 ms that are given to the speaker: what the speaker has in hand is heard later still.
#[derive(Debug)]
pub struct Wake {
    /// In blocks.
    settle: u32,
    sleep_after: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Asleep,
    /// For so many blocks more.
    Settling(u32),
    /// Nothing has been heard for so many blocks.
    Awake(u32),
}

impl Wake {
    /// An amplifier that is asleep: what is played is not heard whole until `settle` after it was woken. It goes to sleep when
    /// nothing has been heard for `sleep_after`.
    pub fn new(settle: Duration, sleep_after: Duration) -> Self {
        Self { settle: blocks(settle), sleep_after: blocks(sleep_after).max(1), state: State::Asleep }
    }

    /// Before each block: is there something to be heard? An order is to be carried out before the block is given to the
    /// speaker.
    pub fn next(&mut self, wanted: bool) -> Option<AmplifierOrder> {
        let before = self.state;
        self.state = match (before, wanted) {
            (State::Asleep, false) => State::Asleep,
            (State::Asleep, true) if self.settle > 0 => State::Settling(self.settle),
            // Whoever has changed their mind meanwhile changes nothing: it wakes to the end, and sleeps after its time.
            (State::Settling(left), _) if left > 1 => State::Settling(left - 1),
            (State::Asleep | State::Awake(_), true) | (State::Settling(_), _) => State::Awake(0),
            (State::Awake(silent), false) if silent + 1 >= self.sleep_after => State::Asleep,
            (State::Awake(silent), false) => State::Awake(silent + 1),
        };
        match (before, self.state) {
            (State::Asleep, State::Settling(_) | State::Awake(_)) => Some(AmplifierOrder::Wake),
            (State::Awake(_), State::Asleep) => Some(AmplifierOrder::Sleep),
            _ => None,
        }
    }

    /// This block is heard; where it is not, it is to be silence, and what is to be heard waits.
    pub fn is_heard(&self) -> bool {
        matches!(self.state, State::Awake(_))
    }
}

fn blocks(time: Duration) -> u32 {
    u32::try_from(time.as_nanos().div_ceil(BLOCK_TIME.as_nanos())).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(wake: &mut Wake, wanted: bool, count: u32) -> (Vec<(u32, AmplifierOrder)>, u32) {
        let mut heard = 0;
        let orders = (0..count).filter_map(|block| {
            let order = wake.next(wanted);
            heard += u32::from(wake.is_heard());
            Some((block, order?))
        });
        (orders.collect(), heard)
    }

    #[test]
    fn it_settles_in_silence_stays_awake_between_pages_and_sleeps_after() {
        let mut wake = Wake::new(Duration::from_millis(115), Duration::from_secs(5));
        assert_eq!(run(&mut wake, false, 100), (vec![], 0));
        assert_eq!(run(&mut wake, true, 50), (vec![(0, AmplifierOrder::Wake)], 38), "twelve blocks of silence");
        assert_eq!(run(&mut wake, false, 499), (vec![], 499), "kept awake");
        assert_eq!(run(&mut wake, true, 10), (vec![], 10), "and heard at once");
        assert_eq!(run(&mut wake, false, 600), (vec![(499, AmplifierOrder::Sleep)], 499));
    }

    #[test]
    fn an_amplifier_that_needs_no_time_is_heard_at_once() {
        let mut wake = Wake::new(Duration::ZERO, Duration::ZERO);
        assert_eq!(run(&mut wake, true, 3), (vec![(0, AmplifierOrder::Wake)], 3));
        assert_eq!(run(&mut wake, false, 3), (vec![(0, AmplifierOrder::Sleep)], 0));
    }

    #[test]
    fn what_is_wanted_no_longer_while_it_settles_lets_it_sleep_in_its_time() {
        let mut wake = Wake::new(Duration::from_millis(100), Duration::from_millis(200));
        assert_eq!(run(&mut wake, true, 3), (vec![(0, AmplifierOrder::Wake)], 0));
        assert_eq!(run(&mut wake, false, 40), (vec![(27, AmplifierOrder::Sleep)], 20));
    }
}
