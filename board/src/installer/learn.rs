//! Which key is which: one is asked for after the other, and whatever is pressed is it.

use super::wish::{in_words, on_digits};
use super::{Course, Line, Verdict};
use crate::revision::candidate;
use orbitbox_panel::{Face, KeyEdge};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// What is held when this is over rests like that.
const SETTLES_FOR: Duration = Duration::from_secs(1);
const BRIGHTNESS: u8 = 15;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Settles,
    Asks(String),
    /// Until what was pressed has been let go.
    LetGo(usize),
    Done,
}

/// A key and what it hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learnt {
    /// `park`, `orbit-3`.
    pub key: String,
    /// The number of the thing that moved.
    pub candidate: usize,
    /// It rests closed, and opens when it is pressed.
    pub inverted: bool,
}

/// Asks for keys by their names. The things that may be pressed are candidates of a revision, from 0.
#[derive(Debug)]
pub struct Learn {
    wanted: VecDeque<String>,
    limit: Duration,
    step: Step,
    until: Duration,
    closed: BTreeSet<usize>,
    at_rest: BTreeSet<usize>,
    learnt: BTreeMap<usize, Learnt>,
    lines: VecDeque<Line>,
}

impl Learn {
    /// Asks for the keys in this order, each for as long as `limit`.
    pub fn new(wanted: Vec<String>, limit: Duration) -> Self {
        let mut learn = Self {
            wanted: wanted.into(),
            limit,
            step: Step::Settles,
            until: SETTLES_FOR,
            closed: BTreeSet::new(),
            at_rest: BTreeSet::new(),
            learnt: BTreeMap::new(),
            lines: VecDeque::new(),
        };
        learn.say(Verdict::Look, "touch no key");
        learn
    }

    /// What has been learnt.
    pub fn learnt(self) -> Vec<Learnt> {
        self.learnt.into_values().collect()
    }

    fn ask(&mut self, now: Duration) {
        let Some(key) = self.wanted.pop_front() else {
            self.step = Step::Done;
            return;
        };
        self.say(Verdict::Look, &in_words(&key));
        (self.step, self.until) = (Step::Asks(key), now + self.limit);
    }

    fn say(&mut self, verdict: Verdict, text: &str) {
        self.lines.push_back(Line { verdict, text: text.to_owned() });
    }
}

impl Course for Learn {
    fn handle_edge(&mut self, now: Duration, KeyEdge { key, pressed: closed }: KeyEdge) {
        let Some(candidate) = candidate(key) else { return };
        if closed {
            self.closed.insert(candidate);
        } else {
            self.closed.remove(&candidate);
        }
        let inverted = self.at_rest.contains(&candidate);
        let pressed = closed != inverted;
        match self.step.clone() {
            Step::LetGo(held) if held == candidate && !pressed => self.ask(now),
            Step::Asks(key) if pressed => {
                if let Some(known) = self.learnt.get(&candidate) {
                    let text = format!("that is the key for {}; press the one for {key}", known.key);
                    return self.say(Verdict::Look, &text);
                }
                self.say(Verdict::Pass, &key);
                self.learnt.insert(candidate, Learnt { key, candidate, inverted });
                (self.step, self.until) = (Step::LetGo(candidate), now + self.limit);
            }
            Step::Settles | Step::Asks(_) | Step::LetGo(_) | Step::Done => {}
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        if self.step == Step::Done || now < self.until {
            return;
        }
        match self.step.clone() {
            Step::Settles => self.at_rest = self.closed.clone(),
            Step::Asks(key) => self.say(Verdict::Look, &format!("{key}: nothing was pressed, it stays as it is")),
            Step::LetGo(_) | Step::Done => {}
        }
        self.ask(now);
    }

    fn poll_timeout(&self) -> Option<Duration> {
        (self.step != Step::Done).then_some(self.until)
    }

    fn face(&self) -> Face {
        let digits = match &self.step {
            Step::Asks(key) => on_digits(key),
            Step::Settles | Step::LetGo(_) => "----".to_owned(),
            Step::Done => return Face::default(),
        };
        Face { digits, lamps: Vec::new(), brightness: BRIGHTNESS }
    }

    fn poll_line(&mut self) -> Option<Line> {
        self.lines.pop_front()
    }
}
