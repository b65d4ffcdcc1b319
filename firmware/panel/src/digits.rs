//! Words and numbers as the four digits can show them.

use orbitbox_park::OrbitNumber;
use std::time::Duration;

/// The places of the display.
pub(crate) const PLACES: usize = 4;

/// The number without its `*` or `#`; the last four digits of a longer one.
pub(crate) fn orbit(number: OrbitNumber) -> String {
    let digits: Vec<u8> = number.digits().collect();
    digits[digits.len().saturating_sub(PLACES)..].iter().map(|digit| char::from(b'0' + digit % 10)).collect()
}

/// Time waited: `0.07`, `12.40` (minutes and seconds), from 100 minutes `1H40`, from 10 hours `12 H`, at most `99 H`.
pub(crate) fn waited(waited: Duration) -> String {
    let seconds = waited.as_secs();
    let (hours, minutes) = (seconds / 3600, seconds / 60);
    if minutes < 100 {
        format!("{minutes}.{:02}", seconds % 60)
    } else if hours < 10 {
        format!("{hours}H{:02}", minutes % 60)
    } else {
        format!("{} H", hours.min(99))
    }
}

/// Any text as the digits can show it: upper case, what they cannot draw left dark, cut at four places.
pub(crate) fn text(text: &str) -> String {
    let mut shown = String::new();
    let mut places = 0;
    let mut point_free = false;
    for character in text.chars() {
        if character == '.' {
            if point_free {
                shown.push('.');
            }
            point_free = false;
            continue;
        }
        if places == PLACES {
            break;
        }
        let upper = character.to_ascii_uppercase();
        shown.push(if matches!(upper, '0'..='9' | 'A'..='Z' | '-') { upper } else { ' ' });
        places += 1;
        point_free = true;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_orbit_fits_the_display() {
        let shown = |text: &str| orbit(text.parse().expect("an orbit number"));
        assert_eq!(shown("71"), "71");
        assert_eq!(shown("071"), "071");
        assert_eq!(shown("#701"), "701");
        assert_eq!(shown("*123456"), "3456");
    }

    #[test]
    fn time_waited_stays_within_four_places() {
        let shown = |seconds| waited(Duration::from_secs(seconds));
        assert_eq!(shown(0), "0.00");
        assert_eq!(shown(65), "1.05");
        assert_eq!(shown(12 * 60 + 40), "12.40");
        assert_eq!(shown(99 * 60 + 59), "99.59");
        assert_eq!(shown(100 * 60), "1H40");
        assert_eq!(shown(10 * 3600), "10 H");
        assert_eq!(shown(u64::MAX), "99 H");
    }

    #[test]
    fn a_text_becomes_what_the_digits_can_draw() {
        assert_eq!(text("Full"), "FULL");
        assert_eq!(text("no"), "NO");
        assert_eq!(text("1.05.."), "1.05.", "a point takes no place, and each place has one");
        assert_eq!(text("E_1"), "E 1");
        assert_eq!(text("declined"), "DECL");
        assert_eq!(text(""), "");
        assert_eq!(text("ß∂ƒ"), "   ");
    }
}
