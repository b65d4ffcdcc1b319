//! Keys in a matrix without diodes: three corners of a rectangle close the fourth.

/// Rows of one column.
const ROWS: u32 = 13;
const COLUMNS: u32 = 3;

/// The keys of an HT16K33 of which a scan says nothing: the corners of every rectangle whose four corners seem closed. Two
/// keys are always told apart.
pub fn doubtful(closed: u64) -> u64 {
    let column = |number: u32| (closed >> (ROWS * number)) & ((1 << ROWS) - 1);
    let pairs = (0..COLUMNS).flat_map(|one| (one + 1..COLUMNS).map(move |other| (one, other)));
    pairs.fold(0, |doubtful, (one, other)| {
        let both = column(one) & column(other);
        if both.count_ones() < 2 { doubtful } else { doubtful | both << (ROWS * one) | both << (ROWS * other) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_are_certain_and_a_rectangle_is_not() {
        for (one, other) in (0..39).flat_map(|one| (0..39).map(move |other| (one, other))) {
            assert_eq!(doubtful(1 << one | 1 << other), 0);
        }
        // Rows 2 and 7 of the first and the third column, and a key that has nothing to do with it.
        let rectangle = 1u64 << 2 | 1 << 7 | 1 << (26 + 2) | 1 << (26 + 7);
        assert_eq!(doubtful(rectangle | 1 << (13 + 5)), rectangle);
        assert_eq!(doubtful(rectangle & !(1 << 2)), 0, "three corners are what they are");
    }
}
