//! Random edges, calls and times: the panel keeps its promises.

mod support;

use orbitbox_panel::{Intent, Key, Lamp};
use orbitbox_park::{CallState, OrbitView};
use std::collections::BTreeMap;
use support::*;

const KEYS: [&str; 4] = ["72", "71", "74", "73"];

/// A seed replays its run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn key(&mut self) -> Key {
        match self.roll(10) {
            0..=3 => Key::Orbit(orbit(KEYS[self.roll(4) as usize])),
            4 => Key::Orbit(orbit("99")),
            5 => Key::Park,
            6 => Key::Retrieve,
            7 => Key::Page,
            8 => Key::Hook,
            _ => Key::Function,
        }
    }

    fn orbits(&mut self, now_ms: u64) -> Vec<OrbitView> {
        let mut orbits = Vec::new();
        for number in KEYS.iter().chain(&["75"]) {
            let state = [CallState::Holding, CallState::RingingBack, CallState::Apologising][self.roll(3) as usize];
            if self.roll(2) == 0 {
                orbits.push(parked(number, ms(now_ms.saturating_sub(self.roll(100_000))), state));
            }
        }
        orbits
    }
}

/// The key that must have been pressed for this intent.
fn asked_with(intent: Intent) -> Key {
    match intent {
        Intent::Retrieve(orbit) => Key::Orbit(orbit),
        Intent::RetrieveLongest => Key::Retrieve,
        Intent::Park => Key::Park,
        Intent::PageAgain | Intent::Talk | Intent::TalkEnds => Key::Page,
        Intent::Lift | Intent::HangUp => Key::Hook,
        Intent::CancelPage | Intent::LampTest => Key::Function,
    }
}

fn run(seed: u64) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut panel = panel();
    let mut now_ms = 0;
    let mut presses: BTreeMap<Key, u32> = BTreeMap::new();
    let mut asked: BTreeMap<Meaning, u32> = BTreeMap::new();
    for _ in 0..200 {
        now_ms += [0, 3, 40, 400, 1_000, 6_000, 31_000][dice.roll(7) as usize];
        match dice.roll(10) {
            0..=4 => {
                let (key, pressed) = (dice.key(), dice.roll(2) == 0);
                *presses.entry(key).or_default() += u32::from(pressed || key == Key::Hook);
                panel.handle_edge(ms(now_ms), edge(key, pressed));
            }
            5..=6 => {
                let orbits = dice.orbits(now_ms);
                let announced = orbits.first().map(|view| view.orbit);
                panel.show(ms(now_ms), &orbits, announced);
            }
            7 => panel.flash(ms(now_ms), "Full", ms(dice.roll(3_000))),
            _ => {
                if let Some(due) = panel.poll_timeout().filter(|due| *due <= ms(now_ms)) {
                    panel.handle_timeout(due);
                }
                panel.handle_timeout(ms(now_ms));
            }
        }
        for intent in intents(&mut panel) {
            let key = asked_with(intent);
            let second = matches!(intent, Intent::LampTest | Intent::TalkEnds | Intent::HangUp);
            let count = asked.entry((key, second)).or_default();
            *count += 1;
            assert!(
                *count <= presses.get(&key).copied().unwrap_or(0),
                "seed {seed}: {intent:?} without a press of {key:?}"
            );
            assert_ne!(key, Key::Orbit(orbit("99")), "seed {seed}: there is no such key");
        }
        assert!(panel.poll_timeout().is_none_or(|due| due > ms(now_ms)), "seed {seed}: a deadline that never passes");
        let face = panel.face(ms(now_ms));
        assert_eq!(face.lamps.iter().map(|(of, _)| *of).collect::<Vec<_>>(), KEYS.map(orbit), "seed {seed}");
        assert!(face.lamps.iter().filter(|(_, lamp)| *lamp == Lamp::DoubleBlink).count() <= 1, "seed {seed}");
        let places = face.digits.chars().filter(|character| *character != '.').count();
        assert!(places <= 4, "seed {seed}: {:?}", face.digits);
        assert!(
            face.digits.chars().all(|shown| matches!(shown, '0'..='9' | 'A'..='Z' | '-' | ' ' | '.')),
            "seed {seed}: {:?}",
            face.digits
        );
    }
    assert!(panel.stuck_keys().count() <= KEYS.len() + 4);
}

/// A key and whether it is the second meaning of it that was asked for.
type Meaning = (Key, bool);

#[test]
fn five_hundred_seeds_keep_every_promise() {
    for seed in 1..=500 {
        run(seed);
    }
}
