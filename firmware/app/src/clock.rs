//! The only place that reads a clock.

use crate::music::stock::Moment;
use rustix::time::{ClockId, Timespec, clock_gettime};
use std::time::Duration;

/// The monotonic clock of one run of the unit. Engines see the time since its start, or since that of an earlier run that
/// this one continues.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Duration,
    /// What it showed then.
    begun_at: Duration,
}

impl Clock {
    /// Zero is now.
    pub fn start() -> Self {
        Self::resume(Duration::ZERO)
    }

    /// It shows this time now.
    pub fn resume(at: Duration) -> Self {
        Self { start: monotonic(), begun_at: at }
    }

    /// Time since its zero.
    pub fn now(&self) -> Duration {
        self.begun_at + monotonic().saturating_sub(self.start)
    }

    /// The same moment on the kernel's monotonic clock, for absolute timers.
    pub fn absolute(&self, at: Duration) -> Timespec {
        let at = (self.start + at).saturating_sub(self.begun_at);
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

/// Time since 1970; zero for a clock that shows an earlier one.
pub fn since_1970() -> Duration {
    let now = clock_gettime(ClockId::Realtime);
    u64::try_from(now.tv_sec).map_or(Duration::ZERO, |seconds| Duration::new(seconds, now.tv_nsec as u32))
}

fn monotonic() -> Duration {
    let now = clock_gettime(ClockId::Monotonic);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_goes_on_where_it_was_told_to() {
        let day = Duration::from_secs(24 * 60 * 60);
        let clock = Clock::resume(day);
        let now = clock.now();
        assert!(now >= day && now < day + Duration::from_secs(60), "{now:?}");
        assert!(Clock::start().now() < Duration::from_secs(60));
        // Absolute timers speak of the same moments.
        let (here, there) = (clock.absolute(now + Duration::from_secs(5)), monotonic());
        assert!((here.tv_sec - there.as_secs() as i64 - 5).abs() <= 1, "{here:?} is 5 s from {there:?}");
        // A moment of an earlier run is past.
        assert!(clock.absolute(Duration::ZERO).tv_sec <= there.as_secs() as i64);
    }
}
