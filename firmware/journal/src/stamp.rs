use std::time::Duration;

/// The most that a restart believes to have passed while the unit was off. Nobody waits on an orbit that long.
pub const MOST_ELAPSED: Duration = Duration::from_secs(24 * 60 * 60);

/// 2025-01-01. A wall clock that shows an earlier day has not been set since the power came.
const FIRST_PLAUSIBLE: Duration = Duration::from_secs(1_735_689_600);

/// One moment on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The unit's own time: it goes on where it was after a restart, and never back.
    pub at: Duration,
    /// The time on the wall, since 1970. It may be wrong, and may jump.
    pub wall: Duration,
}

/// At which unit time a restart goes on. The time the unit was off is counted where the wall clock can tell it, and up to
/// [`MOST_ELAPSED`]; a clock that went back, or had not been set, tells nothing.
pub fn resumed(stamp: Stamp, wall_now: Duration) -> Duration {
    let told = stamp.wall >= FIRST_PLAUSIBLE;
    let elapsed = if told { wall_now.saturating_sub(stamp.wall) } else { Duration::ZERO };
    stamp.at.saturating_add(elapsed.min(MOST_ELAPSED))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Duration = Duration::from_secs(5_000);
    const WALL: Duration = Duration::from_secs(1_800_000_000);
    const STAMP: Stamp = Stamp { at: AT, wall: WALL };

    #[test]
    fn the_time_off_is_counted() {
        assert_eq!(resumed(STAMP, WALL), AT);
        assert_eq!(resumed(STAMP, WALL + Duration::from_millis(7_250)), AT + Duration::from_millis(7_250));
    }

    #[test]
    fn a_unit_that_wakes_in_the_past_goes_on_where_it_was() {
        assert_eq!(resumed(STAMP, Duration::ZERO), AT);
        assert_eq!(resumed(STAMP, WALL - Duration::from_nanos(1)), AT);
    }

    #[test]
    fn a_clock_that_was_set_only_afterwards_tells_nothing() {
        let unset = Stamp { at: AT, wall: Duration::from_secs(60) };
        assert_eq!(resumed(unset, Duration::from_secs(90)), AT);
        assert_eq!(resumed(unset, WALL), AT);
    }

    #[test]
    fn a_leap_is_capped_and_never_overflows() {
        assert_eq!(resumed(STAMP, WALL + MOST_ELAPSED), AT + MOST_ELAPSED);
        assert_eq!(resumed(STAMP, WALL + MOST_ELAPSED * 2), AT + MOST_ELAPSED);
        assert_eq!(resumed(STAMP, Duration::MAX), AT + MOST_ELAPSED);
        assert_eq!(resumed(Stamp { at: Duration::MAX, wall: WALL }, Duration::MAX), Duration::MAX);
    }
}
