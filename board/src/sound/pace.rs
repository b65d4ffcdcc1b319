//! Keeps the pace of a sound card where there is none.

use super::speaker::{BLOCK, RATE};
use rustix::thread::clock_nanosleep_absolute;
use rustix::time::{ClockId, Timespec, clock_gettime};
use std::time::Duration;

/// What a card has room for.
const BUFFER: Duration = Duration::from_millis(40);
const BLOCK_TIME: Duration = Duration::from_micros(BLOCK as u64 * 1_000_000 / RATE as u64);

/// An absolute clock: blocks are due every 10 ms from the first one on, whatever the caller took in between.
#[derive(Debug)]
pub struct Pace {
    /// When the last block ends, on the kernel's monotonic clock.
    end: Duration,
    /// How long before its end a block is let go.
    ahead: Duration,
}

impl Pace {
    /// Blocks are taken up to 40 ms before they are heard; none is made up for.
    pub fn of_a_speaker() -> Self {
        Self { end: Duration::ZERO, ahead: BUFFER }
    }

    /// A block is there when it has been heard, and is kept for 40 ms.
    pub fn of_a_microphone() -> Self {
        Self { end: Duration::ZERO, ahead: Duration::ZERO }
    }

    /// One more block; waits until it may be let go. After a stop of its caller the pace starts anew, without a burst.
    pub fn wait(&mut self) {
        let now = monotonic();
        let kept = BUFFER - self.ahead;
        let begin = if self.end + kept < now { now } else { self.end };
        self.end = begin + BLOCK_TIME;
        let until = self.end.saturating_sub(self.ahead);
        if until > now {
            let until = Timespec { tv_sec: until.as_secs() as i64, tv_nsec: i64::from(until.subsec_nanos()) };
            // Woken early by a signal, the next block waits the longer.
            clock_nanosleep_absolute(ClockId::Monotonic, &until).ok();
        }
    }
}

fn monotonic() -> Duration {
    let now = clock_gettime(ClockId::Monotonic);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}
