//! When something that is not there is tried again, and what is told of it.

use std::time::Duration;

/// Attempts to open one thing, at growing distances. A fault is told once, however long it lasts.
#[derive(Debug, Clone)]
pub struct Attempts {
    next: Duration,
    wait: Duration,
    told: Option<String>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self { next: Duration::ZERO, wait: Self::FIRST, told: None }
    }
}

impl Attempts {
    /// From the first attempt to the second.
    pub const FIRST: Duration = Duration::from_millis(500);
    /// However long it has been away.
    pub const LAST: Duration = Duration::from_secs(8);

    /// When it is to be tried next.
    pub fn next(&self) -> Duration {
        self.next
    }

    /// It did not open, or has gone; returns what is to be told, if that is new.
    pub fn failed(&mut self, now: Duration, fault: String) -> Option<String> {
        self.next = now + self.wait;
        self.wait = (self.wait * 2).min(Self::LAST);
        (self.told.as_ref() != Some(&fault)).then(|| self.told.insert(fault).clone())
    }

    /// It is open; `true` when a fault has been told of it.
    pub fn opened(&mut self) -> bool {
        self.told.take().is_some()
    }

    /// It has given an answer since it was opened: its next fault is tried again soon.
    pub fn answered(&mut self) {
        self.wait = Self::FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_away_is_tried_ever_more_seldom_and_told_once() {
        let mut attempts = Attempts::default();
        let mut tried = Vec::new();
        let mut told = Vec::new();
        while attempts.next() < Duration::from_secs(60) {
            let now = attempts.next();
            tried.push(now.as_millis());
            told.extend(attempts.failed(now, "it is not there".to_owned()));
        }
        assert_eq!(tried, [0, 500, 1_500, 3_500, 7_500, 15_500, 23_500, 31_500, 39_500, 47_500, 55_500]);
        assert_eq!(told, ["it is not there"]);
        assert_eq!(attempts.failed(Duration::from_secs(64), "it is held".to_owned()).as_deref(), Some("it is held"));
        assert!(attempts.opened());
        assert!(!attempts.opened(), "there was no fault meanwhile");
    }

    #[test]
    fn one_that_opens_and_fails_at_once_is_not_asked_again_at_once() {
        let mut attempts = Attempts::default();
        for _ in 0..10 {
            attempts.failed(attempts.next(), "it is gone".to_owned());
            attempts.opened();
        }
        let now = attempts.next();
        attempts.failed(now, "it is gone".to_owned());
        assert_eq!(attempts.next() - now, Attempts::LAST);
        attempts.answered();
        attempts.failed(now, "it is gone".to_owned());
        assert_eq!(attempts.next() - now, Attempts::FIRST);
    }
}
