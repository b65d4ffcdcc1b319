//! How lamps blink. All lamps of a kind blink together.

use orbitbox_panel::Lamp;
use std::time::Duration;

const SLOW: Duration = Duration::from_secs(1);
const FAST: Duration = Duration::from_millis(250);
/// One of the two flashes of a double blink, and the pause between them.
const FLASH: Duration = Duration::from_millis(120);
const DOUBLE: Duration = Duration::from_secs(1);

/// When within its period a pattern changes, beginning lit, and the period; `None` for one that stays as it is.
fn rhythm(lamp: Lamp) -> Option<(&'static [Duration], Duration)> {
    const SLOW_CHANGES: [Duration; 1] = [SLOW];
    const FAST_CHANGES: [Duration; 1] = [FAST];
    const DOUBLE_CHANGES: [Duration; 3] = [FLASH, FLASH.saturating_mul(2), FLASH.saturating_mul(3)];
    match lamp {
        Lamp::Off | Lamp::On => None,
        Lamp::SlowBlink => Some((&SLOW_CHANGES, SLOW.saturating_mul(2))),
        Lamp::FastBlink => Some((&FAST_CHANGES, FAST.saturating_mul(2))),
        Lamp::DoubleBlink => Some((&DOUBLE_CHANGES, DOUBLE)),
    }
}

/// Whether a lamp is lit at a moment, which is a time since the start of the unit.
pub fn is_lit(lamp: Lamp, now: Duration) -> bool {
    match rhythm(lamp) {
        None => lamp == Lamp::On,
        Some((changes, period)) => changes.iter().filter(|change| **change <= within(now, period)).count() % 2 == 0,
    }
}

fn within(now: Duration, period: Duration) -> Duration {
    Duration::from_nanos(u64::try_from(now.as_nanos() % period.as_nanos().max(1)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lit or not, in steps of 40 ms, for two seconds.
    fn drawn(lamp: Lamp) -> String {
        (0..50).map(|step| if is_lit(lamp, Duration::from_millis(40 * step)) { '#' } else { '.' }).collect()
    }

    #[test]
    fn patterns_are_told_apart_without_colour() {
        assert_eq!(drawn(Lamp::Off), ".".repeat(50));
        assert_eq!(drawn(Lamp::On), "#".repeat(50));
        assert_eq!(drawn(Lamp::SlowBlink), "#".repeat(25) + &".".repeat(25));
        assert_eq!(drawn(Lamp::FastBlink), "#######......######......".repeat(2));
        assert_eq!(drawn(Lamp::DoubleBlink), ("###...###".to_owned() + &".".repeat(16)).repeat(2));
    }
}
