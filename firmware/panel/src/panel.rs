//! The panel: edges in, intents and a face out.

use crate::gesture::{Gestures, HELD_AFTER};
use crate::orbit_board::{OrbitBoard, Shown};
use crate::{Face, Gesture, Intent, Key, KeyEdge, Lamp, digits};
use orbitbox_park::{OrbitNumber, OrbitView};
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

/// How long the digits answer a press.
const FEEDBACK_FOR: Duration = Duration::from_secs(1);
/// How long after a held Retrieve an orbit may be chosen.
const CHOOSE_FOR: Duration = Duration::from_secs(10);
/// How long every lamp is lit when asked for.
const LAMP_TEST_FOR: Duration = Duration::from_secs(2);
/// Fault number on the digits: a key has been down for 30 s.
const FAULT_STUCK_KEY: u8 = 1;
/// The same for an amplifier that does not do as it is told, or says that something is wrong.
const FAULT_AMPLIFIER: u8 = 2;
/// On the digits: `E 3`.
const FAULT_SAFE_MODE: u8 = 3;

const BRIGHTNESS: u8 = 15;

#[derive(Debug, Clone)]
struct Flash {
    text: String,
    until: Duration,
}

/// Keys, lamps and digits as one thing.
///
/// After every input, drain [`poll_intent`](Self::poll_intent), publish [`face`](Self::face), and come back with
/// [`handle_timeout`](Self::handle_timeout) at [`poll_timeout`](Self::poll_timeout). Times never run backwards; a `now`
/// before the last one counts as the last one.
#[derive(Debug)]
pub struct Panel {
    keys: Vec<OrbitNumber>,
    now: Duration,
    gestures: Gestures,
    board: OrbitBoard,
    /// Keys whose present hold has done its work: what else the hold would mean is void.
    spent: BTreeSet<Key>,
    choosing_until: Option<Duration>,
    lamp_test_until: Option<Duration>,
    flash: Option<Flash>,
    intents: VecDeque<Intent>,
}

impl Panel {
    /// Intents kept until they are polled. People cannot press so fast; further ones are dropped.
    pub const MAX_INTENTS: usize = 32;

    /// A panel with one orbit key each for `keys`, in the order they are mounted. A lamp blinks slowly once its call
    /// has waited for `waiting_long_after`.
    pub fn new(keys: Vec<OrbitNumber>, waiting_long_after: Duration) -> Self {
        Self {
            keys,
            now: Duration::ZERO,
            gestures: Gestures::default(),
            board: OrbitBoard::new(waiting_long_after),
            spent: BTreeSet::new(),
            choosing_until: None,
            lamp_test_until: None,
            flash: None,
            intents: VecDeque::new(),
        }
    }

    /// Other orbit keys from now on. One that is gone is let go of, whether it is down or not.
    pub fn set_keys(&mut self, now: Duration, keys: Vec<OrbitNumber>, waiting_long_after: Duration) {
        self.handle_timeout(now);
        for orbit in self.keys.iter().filter(|orbit| !keys.contains(orbit)) {
            self.gestures.let_go(Key::Orbit(*orbit));
            self.spent.remove(&Key::Orbit(*orbit));
        }
        self.keys = keys;
        self.board.set_waiting_long_after(waiting_long_after);
    }

    /// A key went down or came up. Edges of orbit keys the panel does not have are ignored.
    pub fn handle_edge(&mut self, now: Duration, edge: KeyEdge) {
        self.handle_timeout(now);
        if let Key::Orbit(orbit) = edge.key
            && !self.keys.contains(&orbit)
        {
            return;
        }
        if edge.key == Key::Hook {
            // A handset may lie beside the unit for hours: that is no key that is stuck.
            self.ask(if edge.pressed { Intent::Lift } else { Intent::HangUp });
        } else if let Some(gesture) = self.gestures.handle_edge(self.now, edge) {
            self.handle_gesture(edge.key, gesture);
        }
        self.report_stuck_keys();
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.now = self.now.max(now);
        while let Some((key, gesture)) = self.gestures.poll(self.now) {
            self.handle_gesture(key, gesture);
        }
        self.choosing_until = self.choosing_until.filter(|until| *until > self.now);
        self.lamp_test_until = self.lamp_test_until.filter(|until| *until > self.now);
        self.flash = self.flash.take().filter(|flash| flash.until > self.now);
        self.report_stuck_keys();
    }

    /// What a person has asked for, oldest first.
    pub fn poll_intent(&mut self) -> Option<Intent> {
        self.intents.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is wanted next: a gesture is complete or the face changes by
    /// itself. Always later than the last `now`. Blinking does not count.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let waited_second = self.waited_shown().map(|since| {
            let seconds = self.now.saturating_sub(since).as_secs() + 1;
            since.saturating_add(Duration::from_secs(seconds))
        });
        [
            self.gestures.poll_timeout(),
            self.board.next_change(self.now),
            self.choosing_until,
            self.lamp_test_until,
            self.flash.as_ref().map(|flash| flash.until),
            waited_second,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// How the orbits are now, and which of them is being spoken. To be called after every change.
    pub fn show(&mut self, now: Duration, orbits: &[OrbitView], announced: Option<OrbitNumber>) {
        self.handle_timeout(now);
        self.board.show(self.now, orbits, announced);
    }

    /// Shows a short word (`FULL`, `NO`, `----`) before anything else on the digits.
    pub fn flash(&mut self, now: Duration, text: &str, lasting: Duration) {
        self.handle_timeout(now);
        self.answer(digits::text(text), lasting);
    }

    /// Whether something is wrong with the amplifier: the digits say `E 2` as long as there is.
    pub fn set_amplifier_fault(&mut self, now: Duration, is_there: bool) {
        self.handle_timeout(now);
        self.board.set_fault(self.now, FAULT_AMPLIFIER, is_there);
    }

    /// The unit runs in safe mode: the digits say `E 3` from now on.
    pub fn set_safe_mode(&mut self, now: Duration) {
        self.handle_timeout(now);
        self.board.set_fault(self.now, FAULT_SAFE_MODE, true);
    }

    /// Keys that have been down for 30 s. The digits say `E 1` as long as there is one.
    pub fn stuck_keys(&self) -> impl Iterator<Item = Key> + '_ {
        self.gestures.stuck()
    }

    /// What lamps and digits should show. Lamps are in the order of the keys.
    pub fn face(&self, now: Duration) -> Face {
        let now = self.now.max(now);
        if self.lamp_test_until.is_some_and(|until| now < until) {
            let lamps = self.keys.iter().map(|orbit| (*orbit, Lamp::On)).collect();
            return Face { digits: "8.8.8.8.".into(), lamps, brightness: BRIGHTNESS };
        }
        let lamps = self.keys.iter().map(|orbit| (*orbit, self.board.lamp(now, *orbit))).collect();
        Face { digits: self.digits(now), lamps, brightness: BRIGHTNESS }
    }

    fn digits(&self, now: Duration) -> String {
        if let Some(flash) = self.flash.as_ref().filter(|flash| now < flash.until) {
            return flash.text.clone();
        }
        if let Some((orbit, pressed_at)) = self.touched() {
            if now.saturating_sub(pressed_at) < HELD_AFTER {
                return digits::orbit(orbit);
            }
            return match self.board.waiting_since(orbit) {
                Some(since) => digits::waited(now.saturating_sub(since)),
                None => "----".into(),
            };
        }
        if self.choosing_until.is_some_and(|until| now < until) {
            return "KEY".into();
        }
        match self.board.shown(now) {
            Some(Shown::Orbit(orbit)) => digits::orbit(orbit),
            Some(Shown::Fault(number)) => digits::text(&format!("E {number}")),
            None => String::new(),
        }
    }

    fn handle_gesture(&mut self, key: Key, gesture: Gesture) {
        if gesture == Gesture::Pressed {
            self.spent.remove(&key);
            self.flash = None;
        }
        if self.spent.contains(&key) {
            return;
        }
        match key {
            Key::Orbit(orbit) => self.handle_orbit_key(orbit, gesture),
            Key::Retrieve => self.handle_retrieve_key(gesture),
            Key::Park => self.handle_park_key(gesture),
            Key::Page => self.handle_page_key(gesture),
            Key::Function => self.handle_function_key(gesture),
            Key::Hook => {}
        }
    }

    /// Down shows the orbit, staying down shows the time waited; a tap retrieves. While an orbit is being chosen, down
    /// is enough.
    fn handle_orbit_key(&mut self, orbit: OrbitNumber, gesture: Gesture) {
        match gesture {
            Gesture::Pressed if self.is_choosing() => {
                self.choosing_until = None;
                self.spent.insert(Key::Retrieve);
                self.spent.insert(Key::Orbit(orbit));
                self.ask(Intent::Retrieve(orbit));
                self.answer(digits::orbit(orbit), FEEDBACK_FOR);
            }
            Gesture::Tapped => {
                self.ask(Intent::Retrieve(orbit));
                self.answer(digits::orbit(orbit), FEEDBACK_FOR);
            }
            Gesture::Pressed | Gesture::Held | Gesture::HeldLong | Gesture::Stuck | Gesture::Released => {}
        }
    }

    fn handle_retrieve_key(&mut self, gesture: Gesture) {
        match gesture {
            Gesture::Pressed if self.choosing_until.is_some() => {
                self.choosing_until = None;
                self.spent.insert(Key::Retrieve);
            }
            Gesture::Pressed => {
                let longest = self.board.longest_waiting().map_or("----".into(), digits::orbit);
                self.answer(longest, FEEDBACK_FOR);
            }
            Gesture::Tapped => self.ask(Intent::RetrieveLongest),
            Gesture::Held => {
                self.flash = None;
                self.choosing_until = Some(self.now.saturating_add(CHOOSE_FOR));
            }
            Gesture::HeldLong | Gesture::Stuck | Gesture::Released => {}
        }
    }

    fn handle_park_key(&mut self, gesture: Gesture) {
        if gesture == Gesture::Pressed {
            self.ask(Intent::Park);
            self.answer("PARK".into(), FEEDBACK_FOR);
        }
    }

    fn handle_page_key(&mut self, gesture: Gesture) {
        match gesture {
            Gesture::Pressed => self.answer("PAGE".into(), FEEDBACK_FOR),
            Gesture::Tapped => self.ask(Intent::PageAgain),
            Gesture::Held => self.ask(Intent::Talk),
            Gesture::Released | Gesture::Stuck => self.ask(Intent::TalkEnds),
            Gesture::HeldLong => {}
        }
    }

    fn handle_function_key(&mut self, gesture: Gesture) {
        match gesture {
            Gesture::Pressed => {
                self.ask(Intent::CancelPage);
                self.answer("STOP".into(), FEEDBACK_FOR);
            }
            Gesture::HeldLong => {
                self.ask(Intent::LampTest);
                self.lamp_test_until = Some(self.now.saturating_add(LAMP_TEST_FOR));
            }
            Gesture::Tapped | Gesture::Held | Gesture::Stuck | Gesture::Released => {}
        }
    }

    fn is_choosing(&self) -> bool {
        let retrieve_is_down = self.gestures.pressed().any(|(key, _)| key == Key::Retrieve);
        self.choosing_until.is_some() || (retrieve_is_down && !self.spent.contains(&Key::Retrieve))
    }

    fn ask(&mut self, intent: Intent) {
        if self.intents.len() < Self::MAX_INTENTS {
            self.intents.push_back(intent);
        }
    }

    fn answer(&mut self, text: String, lasting: Duration) {
        let until = self.now.saturating_add(lasting);
        self.flash = (until > self.now).then_some(Flash { text, until });
    }

    fn report_stuck_keys(&mut self) {
        let stuck = self.gestures.stuck().next().is_some();
        self.board.set_fault(self.now, FAULT_STUCK_KEY, stuck);
    }

    /// The orbit key that is down (the last one to go down), and since when.
    fn touched(&self) -> Option<(OrbitNumber, Duration)> {
        self.gestures
            .pressed()
            .filter(|(key, _)| !self.spent.contains(key))
            .filter_map(|(key, since)| match key {
                Key::Orbit(orbit) => Some((orbit, since)),
                Key::Park | Key::Retrieve | Key::Page | Key::Function | Key::Hook => None,
            })
            .max_by_key(|(_, since)| *since)
    }

    /// Since when the call waits whose time the digits count up.
    fn waited_shown(&self) -> Option<Duration> {
        let (orbit, pressed_at) = self.touched()?;
        if self.now.saturating_sub(pressed_at) < HELD_AFTER {
            return None;
        }
        self.board.waiting_since(orbit)
    }
}
