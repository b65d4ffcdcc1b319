//! The last lines, as many as there is room for.

use std::collections::VecDeque;

/// Bytes that are kept.
const MOST_BYTES: usize = 4_000_000;
/// Lines that are kept.
const MOST_LINES: usize = 60_000;

/// Lines, of which the oldest fall out.
#[derive(Debug)]
pub(crate) struct Ring {
    lines: VecDeque<String>,
    bytes: usize,
    fell_out: u64,
    most_bytes: usize,
    most_lines: usize,
}

impl Default for Ring {
    fn default() -> Self {
        Self::of(MOST_BYTES, MOST_LINES)
    }
}

impl Ring {
    /// One with room for so much.
    pub fn of(most_bytes: usize, most_lines: usize) -> Self {
        Self { lines: VecDeque::new(), bytes: 0, fell_out: 0, most_bytes, most_lines }
    }

    /// One more. A line that is longer than the ring falls out at once.
    pub fn push(&mut self, line: String) {
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.bytes > self.most_bytes || self.lines.len() > self.most_lines {
            let Some(oldest) = self.lines.pop_front() else { break };
            self.bytes -= oldest.len();
            self.fell_out += 1;
        }
    }

    /// Lines that are gone.
    pub fn fell_out(&self) -> u64 {
        self.fell_out
    }

    /// Oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_fall_out_and_are_counted() {
        let mut ring = Ring::of(10, 3);
        for line in ["1", "2", "3", "4", "56789", "0000", "a line too long", "z"] {
            ring.push(line.to_owned());
        }
        assert_eq!((ring.lines().collect::<Vec<_>>(), ring.fell_out(), ring.bytes), (vec!["z"], 7, 1));
        ring.push("123456789".to_owned());
        assert_eq!((ring.lines().count(), ring.bytes), (2, 10));
    }
}
