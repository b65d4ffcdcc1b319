//! The last inputs of the switchboard, by kind: never what was in them.

use std::collections::VecDeque;
use std::fmt::Write;
use std::time::Duration;

/// Lines that are kept; the same again makes no line of its own.
const MAX_LINES: usize = 60;

#[derive(Debug)]
struct Line {
    kind: &'static str,
    times: u64,
    last: Duration,
}

/// A ring of them.
#[derive(Debug, Default)]
pub struct Inputs(VecDeque<Line>);

impl Inputs {
    /// One more, at a time since the start of the run.
    pub fn note(&mut self, now: Duration, kind: &'static str) {
        if let Some(line) = self.0.back_mut().filter(|line| line.kind == kind) {
            (line.times, line.last) = (line.times + 1, now);
            return;
        }
        if self.0.len() >= MAX_LINES {
            self.0.pop_front();
        }
        self.0.push_back(Line { kind, times: 1, last: now });
    }

    /// A line each, oldest first, with the time of the last.
    pub fn lines(&self) -> String {
        self.0.iter().fold(String::new(), |mut text, Line { kind, times, last }| {
            let times = if *times > 1 { format!(" ({times} times)") } else { String::new() };
            writeln!(text, "{:>12.3} s  {kind}{times}", last.as_secs_f64()).ok();
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_kept_and_the_same_again_is_counted() {
        let mut inputs = Inputs::default();
        for number in 0..1_000u64 {
            inputs.note(Duration::from_millis(number), if number % 3 == 0 { "key" } else { "datagram" });
        }
        let lines = inputs.lines();
        assert_eq!(lines.lines().count(), MAX_LINES);
        assert!(lines.ends_with("       0.998 s  datagram (2 times)\n       0.999 s  key\n"), "{lines}");
    }
}
