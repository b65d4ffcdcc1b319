//! Lengths of time as people write them: `500 ms`, `60 s`, `20 min`, `2 h`, `1 min 30 s`.

use std::time::Duration;

/// Units with their milliseconds, the longest first.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

/// Reads a length of time; `None` when it is none.
pub(crate) fn read(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut sum = None;
    while !rest.is_empty() {
        let (count, after) = rest.split_at(rest.find(|letter: char| !letter.is_ascii_digit())?);
        let after = after.trim_start();
        let (unit, after) = after.split_at(after.find(|letter: char| !letter.is_alphabetic()).unwrap_or(after.len()));
        let (_, milliseconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let part = count.parse::<u64>().ok()?.checked_mul(*milliseconds)?;
        sum = Some(Duration::from_millis(part).checked_add(sum.unwrap_or_default())?);
        rest = after.trim_start();
    }
    sum
}

/// Writes a length of time in its largest whole unit.
pub(crate) fn written(time: Duration) -> String {
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    if milliseconds == 0 {
        return "0 s".to_owned();
    }
    let whole = UNITS.iter().find(|(_, unit)| milliseconds.is_multiple_of(*unit));
    whole.map_or_else(String::new, |(name, unit)| format!("{} {name}", milliseconds / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        for (text, milliseconds, back) in [
            ("500 ms", 500, "500 ms"),
            ("60s", 60_000, "1 min"),
            (" 90 s ", 90_000, "90 s"),
            ("1 min 30 s", 90_000, "90 s"),
            ("2h", 7_200_000, "2 h"),
            ("0 s", 0, "0 s"),
        ] {
            let time = read(text).unwrap();
            assert_eq!(time, Duration::from_millis(milliseconds), "{text}");
            assert_eq!(written(time), back, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", " ", "5", "s", "5 m", "5 S", "-5 s", "1.5 s", "5 s 3", "soon", "99999999999999999999 s"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("18446744073709551615 h"), None);
    }
}
