//! Waits that are too short to sleep.

use embedded_hal::delay::DelayNs;
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Keeps the processor: a sleep of a microsecond takes fifty. For waits of some microseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spin;

impl DelayNs for Spin {
    fn delay_ns(&mut self, ns: u32) {
        let end = monotonic() + Duration::from_nanos(ns.into());
        while monotonic() < end {}
    }
}

fn monotonic() -> Duration {
    let now = clock_gettime(ClockId::Monotonic);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_no_shorter() {
        let begin = monotonic();
        Spin.delay_us(200);
        assert!(monotonic() - begin >= Duration::from_micros(200));
    }
}
