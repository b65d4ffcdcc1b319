//! Lots as a seed may have them: small, with short times, so that things meet.

use orbitbox_park::{Choice, Lot, OrbitNumber, Party, Ringback};
use orbitbox_support::Seeded;
use std::time::Duration;

/// One to three lots.
pub(super) fn any(chance: &mut Seeded) -> Vec<Lot> {
    let count = chance.between(1, 3);
    (0..count).map(|index| lot(chance, index)).collect()
}

fn lot(chance: &mut Seeded, index: u64) -> Lot {
    let size = if chance.chance(25) { 1 } else { chance.between(2, 4) };
    let first = 70 + 10 * index;
    let orbits = (first..first + size).filter_map(|number| number.to_string().parse::<OrbitNumber>().ok());
    let choices = [Choice::LeastRecentlyUsed, Choice::First, Choice::Next, Choice::Random];
    Lot {
        name: format!("lot {index}"),
        orbits: orbits.collect(),
        choice: chance.pick(&choices).copied().unwrap_or_default(),
        capacity: if chance.chance(65) { 1 } else { chance.between(2, 3) as usize },
        ringback: Ringback {
            after: or_none(chance, 10, 3, 30),
            ring_for: seconds(chance, 2, 20),
            attempts: chance.between(1, 3) as u8,
            interval: or_none(chance, 5, 1, 12),
        },
        fallback: chance.chance(60).then(|| (party("operator"), seconds(chance, 2, 15))),
        reservation_grace: or_none(chance, 10, 1, 10),
        cool_down: or_none(chance, 20, 1, 15),
        max_life: if chance.chance(35) { seconds(chance, 5, 60) } else { seconds(chance, 100, 300) },
    }
}

pub(super) fn party(name: &str) -> Party {
    Party { address: format!("sip:{name}@example.net"), name: name.to_owned() }
}

fn seconds(chance: &mut Seeded, low: u64, high: u64) -> Duration {
    Duration::from_secs(chance.between(low, high))
}

fn or_none(chance: &mut Seeded, percent_none: u64, low: u64, high: u64) -> Duration {
    if chance.chance(percent_none) { Duration::ZERO } else { seconds(chance, low, high) }
}
