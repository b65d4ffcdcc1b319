//! Starts that did not last, counted. By number and not by time: the clock on the wall may not be set yet when a unit starts.

use std::fmt;

/// Starts in a row that did not last before a unit starts in safe mode.
const PATIENCE: u32 = 4;

/// How a run has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum End {
    /// It was told to stop.
    #[default]
    Stopped,
    /// By an error, once it had been running.
    Failed,
    /// It has never been ready.
    NotStarted,
    /// Without a word.
    CutOff,
    /// Without a word, after it had served for a while.
    CutOffServing,
}

/// How a unit starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// As configured.
    Normal,
    /// Without hardware.
    Safe,
    /// That did not help either: without all that can be left out.
    Bare,
}

/// The last run, as the next one finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Starts {
    /// Its number.
    pub run: u32,
    /// Starts in a row that did not last, this one included until it has.
    pub row: u32,
    /// How it ended; a run that goes on is cut off until it says otherwise.
    pub end: End,
}

impl Starts {
    /// The run that follows; one that somebody watches is not counted.
    pub fn next(self, is_counted: bool) -> Self {
        let row = match self.end {
            End::Stopped => 0,
            // Whatever it was, such a unit takes its calls up: nothing more has to be left out.
            End::CutOffServing => self.row.min(2 * PATIENCE - 1),
            End::Failed | End::NotStarted | End::CutOff => self.row,
        };
        Self { run: self.run.wrapping_add(1), row: row.saturating_add(u32::from(is_counted)), end: End::CutOff }
    }

    /// It has served for a while.
    pub fn serving(self) -> Self {
        Self { end: End::CutOffServing, ..self }
    }

    /// It has run for long enough.
    pub fn lasted(self) -> Self {
        Self { row: 0, ..self.serving() }
    }

    /// How this run starts.
    pub const fn mode(&self) -> Mode {
        match self.row.saturating_sub(1) / PATIENCE {
            0 => Mode::Normal,
            1 => Mode::Safe,
            _ => Mode::Bare,
        }
    }

    /// From what `Display` has written; what cannot be read is taken for the first start.
    pub fn read(text: &str) -> Self {
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let number = |name: &str| value(name).and_then(|number| number.trim().parse().ok()).unwrap_or_default();
        let end = match value("end").map(str::trim) {
            Some("failed") => End::Failed,
            Some("not-started") => End::NotStarted,
            Some("cut-off") => End::CutOff,
            Some("cut-off-serving") => End::CutOffServing,
            Some(_) | None => End::Stopped,
        };
        Self { run: number("run"), row: number("row"), end }
    }
}

impl fmt::Display for Starts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match self.end {
            End::Stopped => "stopped",
            End::Failed => "failed",
            End::NotStarted => "not-started",
            End::CutOff => "cut-off",
            End::CutOffServing => "cut-off-serving",
        };
        writeln!(f, "run {}\nrow {}\nend {end}", self.run, self.row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modes of the starts that follow these ends, each as the next one finds it on disk.
    fn modes(ends: &[End]) -> Vec<Mode> {
        let mut starts = Starts::default();
        ends.iter()
            .map(|end| {
                let this = Starts::read(&starts.to_string()).next(true);
                starts = Starts { end: *end, ..this };
                this.mode()
            })
            .collect()
    }

    #[test]
    fn power_cuts_one_after_another_never_cost_the_calls() {
        let modes = modes(&[End::CutOffServing; 30]);
        assert_eq!(modes[..4], [Mode::Normal; 4]);
        assert_eq!(modes[4..], [Mode::Safe; 26]);
    }

    #[test]
    fn four_that_did_not_last_bring_safe_mode_and_four_more_the_barest() {
        let modes = modes(&[
            End::CutOff,
            End::Failed,
            End::NotStarted,
            End::CutOff,
            End::CutOff,
            End::Failed,
            End::CutOff,
            End::CutOff,
            End::CutOff,
        ]);
        assert_eq!(modes[..4], [Mode::Normal; 4]);
        assert_eq!(modes[4..8], [Mode::Safe; 4]);
        assert_eq!(modes[8], Mode::Bare);
    }

    #[test]
    fn one_that_was_told_to_stop_begins_a_new_row() {
        let modes = modes(&[End::CutOff, End::CutOff, End::CutOff, End::CutOff, End::Stopped, End::CutOff]);
        assert_eq!(modes[4..], [Mode::Safe, Mode::Normal]);
    }

    #[test]
    fn one_that_lasted_and_one_that_is_watched_are_not_counted() {
        let begun = Starts { run: 8, row: 3, end: End::CutOff };
        assert_eq!(begun.next(true), Starts { run: 9, row: 4, end: End::CutOff });
        assert_eq!(begun.lasted().next(true), Starts { run: 9, row: 1, end: End::CutOff });
        assert_eq!(begun.next(false), Starts { run: 9, row: 3, end: End::CutOff });
    }

    #[test]
    fn what_cannot_be_read_is_a_first_start() {
        for text in ["", "garbage\n\u{0}", "run -1\nrow x\nend never"] {
            assert_eq!(Starts::read(text), Starts::default(), "{text}");
        }
    }
}
