//! What is written down of a run that ends badly.

use crate::in_a_line::in_a_line;
use std::time::Duration;

/// The longest message that is taken over.
const MAX_MESSAGE: usize = 4_000;
/// The most of it that is shown to people.
const MAX_SHOWN: usize = 300;

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// A panic: thread, place in the source, message, and how it came there.
    Panic { thread: String, place: String, message: String, trace: String },
    /// An error ended the run.
    Error(String),
    /// An error ended it before it was ready.
    NotStarted(String),
}

/// In what state the unit was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The number of the run.
    pub run: u32,
    /// By the clock on the wall.
    pub at: String,
    /// Since the start.
    pub uptime: Duration,
    /// Calls.
    pub parked: usize,
    /// The last inputs, a line each.
    pub inputs: String,
}

/// The whole report. Its first line is what people are told: in it stands no message of a panic, which may quote anything.
pub fn report(state: &State, cause: &Cause) -> String {
    let State { run, at, uptime, parked, inputs } = state;
    let shown = |text: &str| in_a_line(text).chars().take(MAX_SHOWN).collect::<String>();
    let what = match cause {
        Cause::Panic { thread, place, .. } => format!("a panic of the thread {thread} at {place}"),
        Cause::Error(error) => format!("an error ({})", shown(error)),
        Cause::NotStarted(error) => format!("an error before it was ready ({})", shown(error)),
    };
    let calls = if *parked == 1 { "1 call".to_owned() } else { format!("{parked} calls") };
    let (message, trace) = match cause {
        Cause::Panic { message, trace, .. } => (message.as_str(), format!("\n{trace}")),
        Cause::Error(error) | Cause::NotStarted(error) => (error.as_str(), String::new()),
    };
    let message: String = message.chars().take(MAX_MESSAGE).collect();
    let inputs = if inputs.is_empty() { "none\n" } else { inputs };
    format!(
        "The last run was ended by {what}, {at}, {:.0} s after its start, with {calls} parked\n\
         Orbitbox {}, run {run}\n\n{message}\n\nThe last inputs, by kind:\n{inputs}{trace}\n",
        uptime.as_secs_f64(),
        env!("CARGO_PKG_VERSION"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        let inputs = "       1.500 s  key\n".to_owned();
        State { run: 17, at: "2026-11-28T23-38-05".to_owned(), uptime: Duration::from_secs(93), parked: 4, inputs }
    }

    #[test]
    fn the_first_line_says_where_and_when_and_nothing_of_the_message() {
        let panic = Cause::Panic {
            thread: "speaker".to_owned(),
            place: "firmware/app/src/a.rs:1:2".to_owned(),
            message: "byte 3 of `secret`".to_owned(),
            trace: "0: main".to_owned(),
        };
        let report = report(&state(), &panic);
        let first = "The last run was ended by a panic of the thread speaker at firmware/app/src/a.rs:1:2, 2026-11-28T23-38-05, \
                     93 s after its start, with 4 calls parked";
        assert_eq!(report.lines().next(), Some(first));
        for part in ["byte 3 of `secret`", "1.500 s  key", "0: main", "run 17"] {
            assert!(report.contains(part), "{part} is not in {report}");
        }
    }

    #[test]
    fn an_error_of_many_lines_is_one_sentence() {
        let report =
            report(&State { parked: 1, ..state() }, &Cause::NotStarted("speaker:\n  ALSA device `x`".to_owned()));
        let first = report.lines().next().expect("a line");
        assert!(
            first.contains("before it was ready (speaker: ALSA device `x`)") && first.ends_with("with 1 call parked")
        );
    }
}
