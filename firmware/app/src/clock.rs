//! The only place that reads a clock.

use rustix::time::{ClockId, Timespec, clock_gettime};
use std::time::Duration;

/// The monotonic clock of one run of the unit. Engines see the time since its start.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Duration,
}

impl Clock {
    /// Zero is now.
    pub fn start() -> Self {
        Self { start: monotonic() }
    }

    /// Time since the start.
    pub fn now(&self) -> Duration {
        monotonic().saturating_sub(self.start)
    }

    /// The same moment on the kernel's monotonic clock, for absolute timers.
    pub fn absolute(&self, at: Duration) -> Timespec {
        let at = self.start + at;
        Timespec { tv_sec: at.as_secs() as i64, tv_nsec: i64::from(at.subsec_nanos()) }
    }
}

fn monotonic() -> Duration {
    let now = clock_gettime(ClockId::Monotonic);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}
