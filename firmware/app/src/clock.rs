//! The only place that reads a clock.

use crate::music::stock::Moment;
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

/// The day and time on the wall, where the system's time zone says that the wall is.
pub fn wall() -> Moment {
    let now = jiff::Zoned::now();
    let day = now.date().since(jiff::civil::date(2020, 1, 1)).map_or(0, |span| span.get_days());
    Moment {
        weekday: u8::try_from(now.weekday().to_monday_zero_offset()).unwrap_or(0),
        minute: (i16::from(now.hour()) * 60 + i16::from(now.minute())).unsigned_abs(),
        day: day.unsigned_abs(),
    }
}

/// The same as a name that sorts by time and that every disk takes: `2026-11-24T01-57-02`.
pub fn wall_name() -> String {
    jiff::Zoned::now().strftime("%Y-%m-%dT%H-%M-%S").to_string()
}

/// Seconds since 1970.
pub fn unix_time() -> u64 {
    u64::try_from(clock_gettime(ClockId::Realtime).tv_sec).unwrap_or(0)
}

fn monotonic() -> Duration {
    let now = clock_gettime(ClockId::Monotonic);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}
