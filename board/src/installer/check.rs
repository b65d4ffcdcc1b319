//! The check of a whole board: what answers, what is lit, which keys come.

use super::wish::{in_words, on_digits};
use super::{Course, Line, Verdict};
use orbitbox_panel::{Face, Key, KeyEdge, Lamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// Every segment is lit for so long, and then each lamp.
const DIGITS_FOR: Duration = Duration::from_millis(1_500);
const EACH_LAMP_FOR: Duration = Duration::from_millis(700);
const EACH_RELAY_FOR: Duration = Duration::from_millis(1_000);
const BRIGHTNESS: u8 = 15;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// Things are looked for.
    Finds,
    Digits,
    /// The nth.
    Lamp(usize),
    /// The nth.
    Relay(usize),
    /// The key that is asked for, and the one that came instead.
    Key(Key, Option<Key>),
    Done,
}

/// Lights everything, and then asks for one key after the other.
#[derive(Debug)]
pub struct BoardCheck {
    orbits: Vec<Key>,
    relays: Vec<String>,
    keys: VecDeque<Key>,
    /// Keys that nobody can press, and why.
    dead: BTreeMap<Key, String>,
    limit: Duration,
    shows: bool,
    step: Step,
    until: Duration,
    held: BTreeSet<Key>,
    lines: VecDeque<Line>,
    passed: usize,
    failed: usize,
}

impl BoardCheck {
    /// All orbits' keys, in the order in which they are mounted: their lamps are to be lit. And the keys to be pressed, each of
    /// which is waited for as long as `limit`.
    pub fn new(orbits: Vec<Key>, keys: Vec<Key>, limit: Duration) -> Self {
        Self {
            orbits,
            relays: Vec::new(),
            keys: keys.into(),
            dead: BTreeMap::new(),
            limit,
            shows: true,
            step: Step::Finds,
            until: Duration::ZERO,
            held: BTreeSet::new(),
            lines: VecDeque::new(),
            passed: 0,
            failed: 0,
        }
    }

    /// Relays by their names, each of which is to be on for a moment.
    pub fn with_relays(self, relays: Vec<String>) -> Self {
        Self { relays, ..self }
    }

    /// Something that the revision names has been looked for. `keys` are those that hang on it.
    pub fn found(&mut self, what: &str, keys: &[Key], outcome: Result<&str, &str>) {
        match outcome {
            Ok(well) => self.say(Verdict::Pass, format!("{what}: {well}")),
            Err(fault) => {
                self.say(Verdict::Fail, format!("{what}: {fault}"));
                self.dead.extend(keys.iter().map(|key| (*key, what.to_owned())));
            }
        }
    }

    /// Nothing can be shown: digits and lamps are left out.
    pub fn shows_nothing(&mut self) {
        self.shows = false;
    }

    /// How many were right, and how many were not.
    pub fn verdict(&self) -> (usize, usize) {
        (self.passed, self.failed)
    }

    fn go_on(&mut self, now: Duration) {
        let next = match self.step {
            Step::Finds if self.shows => {
                self.say(Verdict::Look, "the digits show 8.8.8.8.".to_owned());
                (self.step, self.until) = (Step::Digits, now + DIGITS_FOR);
                return;
            }
            Step::Digits => 0,
            Step::Lamp(place) => place + 1,
            Step::Finds | Step::Relay(_) | Step::Key(..) | Step::Done => self.orbits.len(),
        };
        if let Some(key) = self.orbits.get(next) {
            self.say(Verdict::Look, format!("the lamp of {key} is lit, and no other"));
            (self.step, self.until) = (Step::Lamp(next), now + EACH_LAMP_FOR);
            return;
        }
        let next = match self.step {
            Step::Finds | Step::Digits | Step::Lamp(_) => 0,
            Step::Relay(place) => place + 1,
            Step::Key(..) | Step::Done => self.relays.len(),
        };
        if let Some(relay) = self.relays.get(next) {
            self.say(Verdict::Look, format!("the relay {relay} is on for a second"));
            (self.step, self.until) = (Step::Relay(next), now + EACH_RELAY_FOR);
            return;
        }
        while let Some(key) = self.keys.pop_front() {
            if let Some(what) = self.dead.get(&key) {
                let dead = format!("key {key}: it hangs on {what}");
                self.say(Verdict::Fail, dead);
                continue;
            }
            self.say(Verdict::Look, in_words(&key.to_string()));
            (self.step, self.until) = (Step::Key(key, None), now + self.limit);
            return;
        }
        self.step = Step::Done;
    }

    fn say(&mut self, verdict: Verdict, text: String) {
        match verdict {
            Verdict::Pass => self.passed += 1,
            Verdict::Fail => self.failed += 1,
            Verdict::Look => {}
        }
        self.lines.push_back(Line { verdict, text });
    }
}

impl Course for BoardCheck {
    fn handle_edge(&mut self, now: Duration, edge: KeyEdge) {
        if !edge.pressed {
            self.held.remove(&edge.key);
            return;
        }
        self.held.insert(edge.key);
        let Step::Key(wanted, instead) = &mut self.step else { return };
        if edge.key == *wanted {
            self.say(Verdict::Pass, format!("key {}", edge.key));
            self.go_on(now);
        } else if *instead != Some(edge.key) {
            *instead = Some(edge.key);
            self.say(Verdict::Look, format!("{} came instead", edge.key));
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        while self.step != Step::Done && now >= self.until {
            if let Step::Key(key, instead) = self.step.clone() {
                let limit = self.limit.as_secs();
                let why = match instead {
                    _ if self.held.contains(&key) => "it is down all the time".to_owned(),
                    Some(other) => format!("it was not pressed within {limit} s, and {other} came instead"),
                    None => format!("it was not pressed within {limit} s"),
                };
                self.say(Verdict::Fail, format!("key {key}: {why}"));
            }
            self.go_on(self.until.max(now));
        }
    }

    fn poll_timeout(&self) -> Option<Duration> {
        (self.step != Step::Done).then_some(self.until)
    }

    fn face(&self) -> Face {
        let digits = match &self.step {
            Step::Digits => "8.8.8.8.".to_owned(),
            Step::Lamp(place) => self.orbits.get(*place).map(|key| on_digits(&key.to_string())).unwrap_or_default(),
            Step::Key(key, _) => on_digits(&key.to_string()),
            Step::Finds | Step::Relay(_) | Step::Done => return Face::default(),
        };
        let lamp = |(place, key): (usize, &Key)| match key {
            Key::Orbit(orbit) => Some((*orbit, if self.step == Step::Lamp(place) { Lamp::On } else { Lamp::Off })),
            _ => None,
        };
        Face { digits, lamps: self.orbits.iter().enumerate().filter_map(lamp).collect(), brightness: BRIGHTNESS }
    }

    fn relay(&self) -> Option<usize> {
        match self.step {
            Step::Relay(place) => Some(place),
            Step::Finds | Step::Digits | Step::Lamp(_) | Step::Key(..) | Step::Done => None,
        }
    }

    fn poll_line(&mut self) -> Option<Line> {
        self.lines.pop_front()
    }
}
