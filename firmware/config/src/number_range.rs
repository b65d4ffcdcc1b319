//! Orbit ranges and port ranges as people write them.

use orbitbox_park::OrbitNumber;
use std::ops::RangeInclusive;

/// The most orbits one range may have.
const MOST_ORBITS: usize = 1_000;

/// `71-78`, `71-74, 81`, `#701-#708`.
pub(crate) fn orbits(text: &str) -> Result<Vec<OrbitNumber>, String> {
    let mut all = Vec::new();
    for part in text.split(',').map(str::trim) {
        let number = |text: &str| text.trim().parse::<OrbitNumber>().map_err(|fault| format!("`{part}`: {fault}"));
        let (first, last) = match part.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(part)?, number(part)?),
        };
        if last < first || first.to_string().len() != last.to_string().len() {
            return Err(format!("`{part}` must run upwards between two numbers of the same length"));
        }
        let mut next = Some(first);
        while let Some(orbit) = next.filter(|orbit| *orbit <= last) {
            if all.len() == MOST_ORBITS {
                return Err(format!("more than {MOST_ORBITS} orbits"));
            }
            all.push(orbit);
            next = orbit.next();
        }
    }
    Ok(all)
}

/// `30000-30999`: room for at least one stream, on an even port with the odd one above it.
pub(crate) fn ports(text: &str) -> Result<RangeInclusive<u16>, String> {
    let read = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port >= 1_024);
    let ends = text.split_once('-').and_then(|(first, last)| Some((read(first)?, read(last)?)));
    let Some((first, last)) = ends else { return Err(format!("`{text}` is no range of ports: write `30000-30999`")) };
    if first % 2 == 1 {
        return Err(format!("must begin with an even port, not {first}"));
    }
    if last < first.saturating_add(63) {
        return Err("must have room for 32 calls: 64 ports or more".to_owned());
    }
    Ok(first..=last)
}
