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
        let shape = |number: OrbitNumber| (number.to_string().len(), number.to_string().chars().next());
        let alike = shape(first).0 == shape(last).0 && prefix(shape(first).1) == prefix(shape(last).1);
        if last < first || !alike {
            return Err(format!("`{part}` must run upwards between two numbers of the same length"));
        }
        let mut next = Some(first);
        while let Some(orbit) = next.filter(|orbit| *orbit <= last) {
            if all.len() == MOST_ORBITS {
                return Err(format!("must be no more than {MOST_ORBITS} orbits"));
            }
            all.push(orbit);
            next = orbit.next();
        }
    }
    Ok(all)
}

/// The `*` or `#` that a number begins with.
fn prefix(first: Option<char>) -> Option<char> {
    first.filter(|letter| matches!(letter, '*' | '#'))
}

/// `30000-30999`: room for at least one stream, on an even port with the odd one above it.
pub(crate) fn ports(text: &str) -> Result<RangeInclusive<u16>, String> {
    let read = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port >= 1_024);
    let ends = text.split_once('-').and_then(|(first, last)| Some((read(first)?, read(last)?)));
    let Some((first, last)) = ends else {
        return Err(format!("`{text}` is no range of ports from 1024 to 65535: write `30000-30999`"));
    };
    if last < first {
        return Err(format!("must run upwards, not from {first} down to {last}"));
    }
    if first % 2 == 1 {
        return Err(format!("must begin with an even port, not {first}"));
    }
    if last < first.saturating_add(63) {
        return Err(format!("must be at least 64 ports, not {}", last - first + 1));
    }
    Ok(first..=last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<String> {
        orbits(text).map_or_else(|fault| vec![fault], |all| all.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn ranges_of_orbits_are_read() {
        assert_eq!(numbers("71-73"), ["71", "72", "73"]);
        assert_eq!(numbers("71, 75 - 76 ,09"), ["71", "75", "76", "09"]);
        assert_eq!(numbers("#701-#702"), ["#701", "#702"]);
        assert_eq!(numbers("98-99"), ["98", "99"]);
    }

    #[test]
    fn wrong_ranges_are_refused() {
        for text in ["", "71,", "78-71", "98-102", "#71-*72", "71-#72", "7x", "71-72-73", "1000000", "1000-2000"] {
            assert!(orbits(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ranges_of_ports_are_read_and_refused() {
        assert_eq!(ports("30000 - 30063"), Ok(30_000..=30_063));
        for text in ["", "30000", "30001-30999", "30999-30000", "30000-30010", "80-999", "65000-70000", "a-b"] {
            assert!(ports(text).is_err(), "{text}");
        }
    }
}
