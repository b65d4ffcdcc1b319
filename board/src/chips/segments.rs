//! Letters and digits of seven segments: bit 0 is the top one (A), clockwise to bit 5 (F), bit 6 the middle one (G), bit 7
//! the point.

/// The point.
pub const POINT: u8 = 0x80;
/// Every segment and the point.
pub const ALL: u8 = 0xff;

const DIGITS: [u8; 10] = [0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f];
/// K, M, V, W and X are what people have agreed to read as such.
const LETTERS: [u8; 26] = [
    0x77, 0x7c, 0x39, 0x5e, 0x79, 0x71, 0x3d, 0x76, 0x06, 0x1e, 0x75, 0x38, 0x15, 0x54, 0x5c, 0x73, 0x67, 0x50, 0x6d,
    0x78, 0x3e, 0x1c, 0x2a, 0x64, 0x6e, 0x5b,
];

/// One character; what cannot be drawn is dark.
pub fn segments(character: char) -> u8 {
    let at = |table: &[u8], first: char| table.get(character.to_ascii_uppercase() as usize - first as usize).copied();
    match character.to_ascii_uppercase() {
        '0'..='9' => at(&DIGITS, '0').unwrap_or(0),
        'A'..='Z' => at(&LETTERS, 'A').unwrap_or(0),
        '-' => 0x40,
        '_' => 0x08,
        _ => 0,
    }
}

/// A text, set right-aligned; what has no place is cut off at its end. A `.` lights the point of the place before it.
pub fn text<const PLACES: usize>(text: &str) -> [u8; PLACES] {
    let mut drawn: Vec<u8> = Vec::with_capacity(PLACES);
    for character in text.chars() {
        let full = drawn.len() == PLACES;
        match (character, drawn.last_mut()) {
            ('.', Some(last)) if *last & POINT == 0 => *last |= POINT,
            _ if full => break,
            ('.', _) => drawn.push(POINT),
            (other, _) => drawn.push(segments(other)),
        }
    }
    let mut places = [0; PLACES];
    places[PLACES - drawn.len()..].copy_from_slice(&drawn);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stand_on_the_right_and_points_take_no_place() {
        assert_eq!(text::<4>("71"), [0, 0, 0x07, 0x06]);
        assert_eq!(text::<4>("1.05"), [0, 0x06 | POINT, 0x3f, 0x6d]);
        assert_eq!(text::<4>("12.345"), [0x06, 0x5b | POINT, 0x4f, 0x66]);
        assert_eq!(text::<2>("7.1."), [0x07 | POINT, 0x06 | POINT]);
        assert_eq!(text::<4>(".."), [0, 0, POINT, POINT]);
        assert_eq!(text::<4>("é----!"), [0, 0x40, 0x40, 0x40]);
        assert_eq!(text::<4>(""), [0; 4]);
    }

    #[test]
    fn no_two_digits_look_alike() {
        for (place, digit) in DIGITS.iter().enumerate() {
            assert!(!DIGITS[..place].contains(digit));
        }
    }
}
